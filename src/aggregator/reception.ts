import { MAX_NEXT_PERIOD, TOO_OFTEN_PACE_FACTOR } from '../constants.ts'
import type { Clock } from '../timing/index.ts'
import type { Ack, Beat, Heartbeat, Opinion, RejectReason } from '../wire/index.ts'
import type { Limits } from './limits.ts'
import type { IntakeObserver } from './metrics/index.ts'
import type { Roster } from './roster.ts'
import { type BeatOrigin, isAnnounced, type Moment, type Received } from './row.ts'
import type { Uptime } from './uptime.ts'

/** What a beat is judged by besides the beats of its own peer. */
export interface SecondOpinion {
  /** CID of the genesis of the network that is watched, as far as it is known. */
  readonly genesis: string | undefined
  /** What the references say to a beat of `peer`. */
  opinion(peer: string, beat: Pick<Beat, 'settled'>): Opinion
  /** The beat was taken: if its peer is a reference, it is one more word of it. */
  heard(peer: string, beat: Beat): void
}

/** What has become of beats since the aggregator started, over all peers. */
export interface ReceptionCounts {
  /** Beats taken. */
  readonly beats: number
  /** Beats taken after a newer one of their session. */
  readonly late: number
  /** Beats that came once more, by another stream. */
  readonly doubles: number
  /** Beats that were answered by a rejection, by its reason. */
  readonly rejected: Readonly<Partial<Record<RejectReason, number>>>
}

/** What a reception works with. */
export interface ReceptionInit {
  readonly roster: Roster
  readonly second: SecondOpinion
  readonly limits: Pick<Limits, 'lines' | 'maxNickname'>
  readonly clock: Clock
  readonly uptime: Uptime
  /** The period that clients are asked to keep, in ms. */
  readonly pace?: number | undefined
  readonly observer?: Pick<IntakeObserver, 'beat'>
  /** A beat of the peer is in the roster. */
  readonly onTaken?: (peer: string) => void
}

/** Decides what becomes of each beat: puts it into the roster, and says how it is answered. */
export class Reception {
  readonly #init: ReceptionInit
  readonly #counts = { beats: 0, late: 0, doubles: 0 }
  readonly #rejected: Partial<Record<RejectReason, number>> = {}

  constructor(init: ReceptionInit) {
    this.#init = init
  }

  get counts(): ReceptionCounts {
    return { ...this.#counts, rejected: { ...this.#rejected } }
  }

  /** Takes a beat of a peer. @returns its answer, or `'full'` when there is no room for its peer */
  take(peer: string, beat: Heartbeat | Beat, origin: BeatOrigin): Ack | 'taken' | 'full' {
    const { roster, second } = this.#init
    const at = this.#moment()
    if (isAnnounced(beat)) return this.#judge(peer, beat, origin, at)
    const before = roster.get(peer)?.lastBeatAt
    const opinion = second.opinion(peer, {})
    if (!roster.beat(peer, { ...this.#received(beat, origin, at), opinion })) return 'full'
    this.#taken(peer, beat, at, before)
    return 'taken'
  }

  /** Turns away what a peer sent. */
  reject(peer: string, seq: number, reason: RejectReason, at = this.#moment()): Ack {
    this.#count(reason)
    this.#init.roster.reject(peer, reason, at)
    return { type: 'ack', seq, reason, ...this.#pace(reason) }
  }

  #judge(peer: string, beat: Beat, origin: BeatOrigin, at: Moment): Ack | 'full' {
    const { roster, second } = this.#init
    const { seq, genesis } = beat
    const standing = roster.standing(peer, beat)
    if (standing === 'superseded') return this.reject(peer, seq, 'duplicate-identity', at)
    if (standing === 'replayed') return this.reject(peer, seq, 'replayed', at)
    if (genesis !== undefined && second.genesis !== undefined && genesis !== second.genesis) {
      return this.#turnAway(peer, beat, origin, at)
    }
    const opinion = second.opinion(peer, beat)
    const ack: Ack = { type: 'ack', seq, ...opinion, ...this.#pace() }
    switch (standing) {
      case 'double':
        this.#counts.doubles += 1
        roster.double(peer)
        return ack
      case 'late':
        this.#counts.beats += 1
        this.#counts.late += 1
        roster.late(peer)
        return ack
      case 'new': {
        const before = roster.get(peer)?.lastBeatAt
        if (!roster.beat(peer, { ...this.#received(beat, origin, at), opinion }))
          return this.#full()
        this.#taken(peer, beat, at, before)
        second.heard(peer, beat)
        return ack
      }
    }
  }

  #received(beat: Heartbeat | Beat, origin: BeatOrigin, at: Moment): Received {
    return { beat, origin, at, maxNickname: this.#init.limits.maxNickname }
  }

  /** @param before when the last beat of its peer came, in ms since 1970 */
  #taken(peer: string, beat: Heartbeat | Beat, { now }: Moment, before: number | undefined): void {
    const { observer, onTaken } = this.#init
    this.#counts.beats += 1
    const age = before === undefined ? undefined : now - before
    observer?.beat(age, isAnnounced(beat) ? beat.rtt : undefined)
    onTaken?.(peer)
  }

  #turnAway(peer: string, beat: Beat, origin: BeatOrigin, at: Moment): Ack | 'full' {
    const { roster } = this.#init
    if (!roster.foreign(peer, this.#received(beat, origin, at))) return this.#full()
    this.#count('wrong-network')
    return { type: 'ack', seq: beat.seq, reason: 'wrong-network', ...this.#pace() }
  }

  #full(): 'full' {
    this.#count('refused')
    return 'full'
  }

  #count(reason: RejectReason): void {
    this.#rejected[reason] = (this.#rejected[reason] ?? 0) + 1
  }

  #moment(): Moment {
    const { clock, uptime } = this.#init
    return { now: clock.now(), elapsed: uptime.elapsed() }
  }

  #pace(reason?: RejectReason): { pace?: number } {
    const { pace, limits } = this.#init
    if (reason !== 'too-often') return pace === undefined ? {} : { pace }
    const allowed = Math.ceil((TOO_OFTEN_PACE_FACTOR * 1_000) / limits.lines.perSecond)
    return { pace: Math.min(MAX_NEXT_PERIOD, Math.max(pace ?? 0, allowed)) }
  }
}
