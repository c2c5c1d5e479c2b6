import {
  FREEZE_RECOVERY_PER_SECOND,
  MAX_FREEZE_PERIOD,
  MAX_RECONNECT_DELAY,
  MIN_SILENT_NODES,
  RETURNING_SHARE,
  SILENT_SHARE,
  SILENT_WINDOW
} from '../constants.ts'
import { isThere } from './liveness.ts'
import type { BeatRoute } from './route.ts'
import type { NodeRow } from './row.ts'
import { TokenBucket } from './token-bucket.ts'

/** Where an observer's verdicts stand: they are given, or stand still since `since` (ms that never jump). */
type Health =
  | { readonly state: 'well' }
  | {
      readonly state: 'frozen'
      readonly since: number
      readonly lost: ReadonlySet<string>
      /** Since when so many are back that the way must be open again. */
      returningSince?: number
    }

/** A node that is there, as far as it tells of the observer. */
interface Sign {
  readonly route: BeatRoute
  readonly isWatched: boolean
  /** When it fell silent; absent while it is heard. */
  readonly silentAt?: number
}

/**
 * Tells whether nodes fall silent, or rather whoever listens: when a large share of those that come
 * by one way falls silent within a moment, the fault is most likely on this side, or on that way.
 * Where watched nodes come by a way they alone are counted: keys are free, so that a crowd which
 * vanishes proves nothing. Pure: owns no timer. All moments are in ms that never jump.
 */
export class Observer {
  readonly #signs = new Map<string, Sign>()
  #health: Health = { state: 'well' }
  /** Ms for which verdicts may yet stand still; each time costs some at once. */
  readonly #budget = new TokenBucket(
    { capacity: MAX_FREEZE_PERIOD, perSecond: FREEZE_RECOVERY_PER_SECOND },
    0
  )
  #lookedAt = 0

  /** Since when verdicts stand still; `undefined` while they do not. */
  get frozenSince(): number | undefined {
    return this.#health.state === 'frozen' ? this.#health.since : undefined
  }

  /** How many nodes fell silent when verdicts were frozen; 0 while they are not. */
  get lost(): number {
    return this.#health.state === 'frozen' ? this.#health.lost.size : 0
  }

  /** The row of a node came, changed or went (`undefined`). */
  note(peer: string, row: NodeRow | undefined, now: number): void {
    const before = this.#signs.get(peer)
    if (row?.route === undefined || !isThere(row.status)) {
      this.#signs.delete(peer)
    } else if (isHeard(row)) {
      if (before?.route !== row.route || before.silentAt !== undefined) {
        this.#signs.set(peer, { route: row.route, isWatched: row.watched === true })
      }
    } else if (before !== undefined && before.silentAt === undefined) {
      // Only who was heard can fall silent.
      this.#signs.set(peer, { ...before, silentAt: now })
    }
  }

  /** Judges itself. */
  look(now: number): void {
    const passed = now - this.#lookedAt
    this.#lookedAt = now
    if (this.#health.state === 'frozen') return this.#maybeThaw(this.#health, now, passed)
    const lost = ROUTES.flatMap((route) => this.#lostBy(route, now))
    if (lost.length > 0 && this.#budget.take(now, SILENT_WINDOW))
      this.#health = { state: 'frozen', since: now, lost: new Set(lost) }
  }

  /**
   * Well again once all of them are back, or so many that the rest has had time for one more try;
   * and after a long time, or many short ones, they must be gone.
   */
  #maybeThaw(health: Health & { state: 'frozen' }, now: number, passed: number): void {
    const { since, lost } = health
    const missing = [...lost].filter((peer) => this.#isSilent(peer)).length
    if (missing <= RETURNING_SHARE * lost.size) health.returningSince ??= now
    const { returningSince = Number.POSITIVE_INFINITY } = health
    const isSpent = !this.#budget.take(now, passed) || now - since >= MAX_FREEZE_PERIOD
    const isOver = now - returningSince >= MAX_RECONNECT_DELAY || isSpent
    if (missing > 0 && !isOver) return
    this.#health = { state: 'well' }
    // Who is still silent is judged as a node again, and not held against this side once more.
    for (const peer of lost) if (this.#isSilent(peer)) this.#signs.delete(peer)
  }

  /** Who fell silent at once of those that come by this way; nobody unless it is a large share. */
  #lostBy(route: BeatRoute, now: number): string[] {
    const all = [...this.#signs].filter(([, sign]) => sign.route === route)
    const watched = all.filter(([, { isWatched }]) => isWatched)
    // One alone is no share of anything.
    const judged = watched.length > 1 ? watched : all
    const lost = judged.filter(
      ([, { silentAt }]) => silentAt !== undefined && now - silentAt < SILENT_WINDOW
    )
    return isMassive(lost.length, judged.length) ? lost.map(([peer]) => peer) : []
  }

  #isSilent(peer: string): boolean {
    return this.#signs.get(peer)?.silentAt !== undefined
  }
}

const ROUTES = ['websocket', 'relayed', 'webrtc'] as const

function isHeard({ status, connected }: NodeRow): boolean {
  return status === 'beating' || (status === 'asleep' && connected)
}

/** Of few nodes all must fall silent, two at least: one alone may well have gone. */
function isMassive(lost: number, there: number): boolean {
  if (lost === there) return lost >= 2
  return lost >= MIN_SILENT_NODES && lost >= SILENT_SHARE * there
}
