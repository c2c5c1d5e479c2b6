import {
  ASLEEP_FACTOR,
  DEFAULT_BEAT_PERIOD,
  MAX_NEXT_PERIOD,
  UNANNOUNCED_FACTOR
} from '../constants.ts'
import type { Beat } from '../wire/index.ts'

/**
 * Whether a peer is there: it beats as it said; it said that it would beat slowly, since nobody
 * looks at its page; its beat is late, or its streams are gone, and there is still time; it left.
 */
export type Liveness = 'beating' | 'asleep' | 'overdue' | 'left'

/** What tells whether a peer is there. Moments are in ms that never jump, periods in ms. */
export interface Presence {
  readonly beatAt: number
  /** Within what time the next beat is due, as the last one announced; absent in version 1. */
  readonly next?: number
  readonly page?: Beat['page']
  /** The least that its session announced: how often it beats while it is awake. */
  readonly wakingNext?: number
  /** The last two intervals between beats that announce nothing; fewer before the third. */
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
export type Announcement = Partial<Pick<Beat, 'seq' | 'next' | 'page'>>

/** A peer's presence after one more beat, which came at `now`. */
export function presenceAfter(
  before: Presence | undefined,
  { seq, next, page }: Announcement,
  now: number
): Presence {
  if (next === undefined) {
    const intervals = before === undefined ? [] : [...before.intervals, now - before.beatAt]
    return { beatAt: now, intervals: intervals.slice(-2) }
  }
  const waking = seq === 1 ? undefined : before?.wakingNext
  return {
    beatAt: now,
    next,
    ...(page !== undefined && { page }),
    wakingNext: Math.min(next, waking ?? next),
    intervals: []
  }
}

/**
 * Says whether a peer is there at `now`, in ms that never jump.
 *
 * Version 2 announces when its next beat is due: until then the peer is there, and after a grace
 * it has left, whatever its streams do. Version 1 announces nothing. Its next beat is expected
 * within twice the longer of its last two intervals; an open stream is then evidence enough for
 * as long as any peer may be silent, and a closed one for the grace alone.
 */
export function livenessOf(presence: Presence, now: number, patience: Patience): Liveness {
  const { beatAt, next, page, closedAt } = presence
  const { grace, overdueSlack } = patience
  if (page === 'leaving') return 'left'
  if (now >= leavesAt(presence, grace)) return 'left'
  if (isAsleep(presence, patience)) return 'asleep'
  if (closedAt !== undefined) return 'overdue'
  const due = beatAt + (next ?? expectedWithin(presence))
  return now > due + overdueSlack ? 'overdue' : 'beating'
}

function leavesAt({ beatAt, next, closedAt }: Presence, grace: number): number {
  if (next !== undefined) return beatAt + next + grace
  return closedAt === undefined ? beatAt + MAX_NEXT_PERIOD + grace : closedAt + grace
}

function isAsleep({ next, page, wakingNext }: Presence, { pace = 0 }: Patience): boolean {
  if (next === undefined || wakingNext === undefined) return false
  return page === 'hidden' || next > ASLEEP_FACTOR * Math.max(wakingNext, pace)
}

function expectedWithin({ intervals }: Presence): number {
  if (intervals.length === 0) return MAX_NEXT_PERIOD
  const longest = Math.max(DEFAULT_BEAT_PERIOD, ...intervals)
  return Math.min(MAX_NEXT_PERIOD, UNANNOUNCED_FACTOR * longest)
}
