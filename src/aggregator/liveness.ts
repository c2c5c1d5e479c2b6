import {
  ASLEEP_FACTOR,
  CADENCE_TOLERANCE,
  DEFAULT_BEAT_PERIOD,
  MAX_NEXT_PERIOD,
  MAX_RECONNECT_DELAY,
  UNANNOUNCED_FACTOR
} from '../constants.ts'
import type { Beat } from '../wire/index.ts'
import { isSameSession } from './sequence.ts'

/**
 * Whether a peer is there: it beats as often as when it is awake, seen or not; it beats more seldom,
 * as it said that it might; its beat is late, or its streams are gone, and there is still time; it
 * left. A watched one that is not there is `down`, unless it said that it leaves.
 */
export type Liveness = 'beating' | 'asleep' | 'overdue' | 'left' | 'down'

/** What tells whether a peer is there. Moments are in ms that never jump, periods in ms. */
export interface Presence {
  readonly beatAt: number
  /** The session of the last beat; absent in version 1. */
  readonly session?: Uint8Array
  /** Within what time the next beat is due, as the last one announced; absent in version 1. */
  readonly next?: number
  readonly page?: Beat['page']
  /** The least that its session announced while it was not hidden: how often it beats when awake. */
  readonly wakingNext?: number
  /** The last two intervals between beats, of one session in version 2; fewer before the third. */
  readonly intervals: readonly number[]
  /** When the last stream was closed; absent while there is one. */
  readonly closedAt?: number
}

/** How patient the verdict is, in ms. */
export interface Patience {
  /** How long a beat is waited for after it was due. */
  readonly grace: number
  /** How late it may be before that is said. */
  readonly overdueSlack: number
  /** The period that clients are asked to keep: who keeps it is not asleep. */
  readonly pace?: number | undefined
}

/** What a beat tells of when the next is due: all of it, or in version 1 nothing. */
export type Announcement = Partial<Pick<Beat, 'session' | 'next' | 'page'>>

/** A peer's presence after one more beat, which came at `now`. */
export function presenceAfter(
  before: Presence | undefined,
  { session, next, page }: Announcement,
  now: number
): Presence {
  // Not told by the first number: who starts a new session may go on counting.
  const past = isSameSession(before?.session, session) ? before : undefined
  const intervals = past === undefined ? [] : [...past.intervals, now - past.beatAt].slice(-2)
  if (next === undefined) return { beatAt: now, intervals }
  const known = past?.wakingNext
  const wakingNext = isAwake(page) ? Math.min(next, known ?? next) : known
  return {
    beatAt: now,
    // A copy, since a part of a message would keep the whole of it.
    ...(session !== undefined && { session: past?.session ?? session.slice() }),
    next,
    ...(page !== undefined && { page }),
    ...(wakingNext !== undefined && { wakingNext }),
    intervals
  }
}

/** What was known of a peer when the observer began, at `now`. */
export interface Known {
  readonly status: Liveness
  readonly page?: Beat['page']
  /** Moments of its last beat and of the next that it announced; absent where there was none. */
  readonly lastBeatAt?: number
  readonly nextBy?: number
}

/**
 * A peer's presence before it was heard: it has as long as if its last beat came at `now`, and
 * never less than a client waits between two tries, since it may have tried while nobody listened.
 */
export function presenceExpected({ status, page, lastBeatAt = 0, nextBy }: Known, now: number) {
  return {
    beatAt: status === 'down' ? Number.NEGATIVE_INFINITY : now,
    next: Math.max(MAX_RECONNECT_DELAY, nextBy === undefined ? 0 : nextBy - lastBeatAt),
    ...(page !== undefined && { page }),
    intervals: [],
    closedAt: now
  } satisfies Presence
}

/**
 * Says whether a peer is there at `now`, in ms that never jump.
 *
 * Version 2 announces when its next beat is due: until then the peer is there, and after a grace
 * it has left, whatever its streams do. A hidden page announces much, in case that its browser slows
 * it down; as long as it keeps the cadence that it has when awake, it beats like any other.
 *
 * Version 1 announces nothing. Its next beat is expected within twice the longer of its last two
 * intervals; an open stream is then evidence enough for as long as any peer may be silent, and a
 * closed one for the grace alone.
 */
export function livenessOf(presence: Presence, now: number, patience: Patience): Liveness {
  const { beatAt, page, closedAt } = presence
  const { grace, overdueSlack, pace = 0 } = patience
  if (page === 'leaving') return 'left'
  if (now >= leavesAt(presence, grace)) return 'left'
  const isOnTime = now <= beatAt + expectedWithin(presence, pace) + overdueSlack
  if (isOnTime && closedAt === undefined) return isSlowed(presence, pace) ? 'asleep' : 'beating'
  return maySleep(presence, pace) ? 'asleep' : 'overdue'
}

/**
 * The same of a node that the operator has watched: once it is not there it is `down`, and one that
 * said that it leaves is so when it is not back within the time that any other would have had.
 */
export function watchedLivenessOf(presence: Presence, now: number, patience: Patience): Liveness {
  const liveness = livenessOf(presence, now, patience)
  if (liveness !== 'left') return liveness
  return now >= leavesAt(presence, patience.grace) ? 'down' : 'left'
}

/** Whether a node is there, be it late. */
export function isThere(liveness: Liveness): boolean {
  return liveness === 'beating' || liveness === 'asleep' || liveness === 'overdue'
}

function isAwake(page: Presence['page']): boolean {
  return page === undefined || page === 'visible'
}

function leavesAt({ beatAt, next, closedAt }: Presence, grace: number): number {
  if (next !== undefined) return beatAt + next + grace
  return closedAt === undefined ? beatAt + MAX_NEXT_PERIOD + grace : closedAt + grace
}

/** Within what time the next beat comes if the peer is awake, in ms. */
function expectedWithin(presence: Presence, pace: number): number {
  const { next, intervals } = presence
  if (next !== undefined) {
    return maySleep(presence, pace) ? Math.min(next, baseCadence(presence, next, pace)) : next
  }
  if (intervals.length === 0) return MAX_NEXT_PERIOD
  const longest = Math.max(DEFAULT_BEAT_PERIOD, ...intervals)
  return Math.min(MAX_NEXT_PERIOD, UNANNOUNCED_FACTOR * longest)
}

/** Whether its last two beats came as seldom as those of a page whose browser slows it down. */
function isSlowed(presence: Presence, pace: number): boolean {
  const { next, intervals } = presence
  if (next === undefined || intervals.length < 2 || !maySleep(presence, pace)) return false
  const slow = CADENCE_TOLERANCE * baseCadence(presence, next, pace)
  return intervals.every((each) => each > slow)
}

function maySleep(presence: Presence, pace: number): boolean {
  const { next, page } = presence
  if (next === undefined) return false
  return page === 'hidden' || next > ASLEEP_FACTOR * baseCadence(presence, next, pace)
}

/** How often a peer beats when it is awake; of one that never was, how often it does beat. In ms. */
function baseCadence({ wakingNext, intervals }: Presence, next: number, pace: number): number {
  const measured = intervals.length === 0 ? next : Math.max(...intervals)
  return Math.max(pace, wakingNext ?? Math.min(next, measured))
}
