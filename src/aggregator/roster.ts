import type { Beat, RejectReason } from '../wire/index.ts'
import type { Limits } from './limits.ts'
import { livenessOf, type Patience, type Presence, presenceAfter } from './liveness.ts'
import {
  factsOf,
  factsUnknown,
  isAnnounced,
  type Moment,
  type NodeRow,
  promiseOf,
  type Received
} from './row.ts'
import { Sequence, type Standing } from './sequence.ts'

/** The bounds of a roster. */
export type RosterLimits = Pick<
  Limits,
  'maxRows' | 'goneRowPeriod' | 'livenessGrace' | 'overdueSlack' | 'duplicatePeriod'
>

/** What is known of a peer while it has a stream or a row. */
interface Member {
  streams: number
  malformed: number
  dropped: number
  sequence?: Sequence
  presence?: Presence
  /** When another program last used the same key, in ms that never jump. */
  duplicateAt?: number
}

/**
 * Who is there: one row a peer, however many streams it has. A peer has no row before its first
 * beat; the row of one that left is kept for a while. Pure: owns no timer. When all rows are taken,
 * the peer whose streams ended earliest makes room; one that has a stream never does.
 */
export class Roster {
  readonly #limits: RosterLimits
  readonly #patience: Patience
  readonly #members = new Map<string, Member>()
  readonly #rows = new Map<string, NodeRow>()
  /** Peers with a row and no stream, to when that ended, in ms that never jump; earliest first. */
  readonly #gone = new Map<string, number>()
  readonly #onChange: (peer: string) => void

  /**
   * @param onChange is told whenever a row comes, changes or goes
   * @param pace the period that clients are asked to keep, in ms
   */
  constructor(limits: RosterLimits, onChange: (peer: string) => void = () => {}, pace?: number) {
    this.#limits = limits
    this.#patience = { grace: limits.livenessGrace, overdueSlack: limits.overdueSlack, pace }
    this.#onChange = onChange
  }

  /** All rows, by first beat. */
  rows(): NodeRow[] {
    return [...this.#rows.values()]
  }

  /** Who has a row, by first beat. */
  peers(): string[] {
    return [...this.#rows.keys()]
  }

  get(peer: string): NodeRow | undefined {
    return this.#rows.get(peer)
  }

  /** A stream of the peer was opened; `now` is in ms that never jump. */
  open(peer: string, now: number): void {
    const member = this.#members.get(peer) ?? { streams: 0, malformed: 0, dropped: 0 }
    this.#members.set(peer, member)
    member.streams += 1
    this.#gone.delete(peer)
    if (member.presence?.closedAt !== undefined) {
      const { closedAt: _, ...presence } = member.presence
      member.presence = presence
    }
    this.#refresh(peer, now)
  }

  /** Says what a beat is among those of its peer, which has a stream, and remembers it. */
  standing(peer: string, { session, seq }: Beat): Standing {
    const member = this.#members.get(peer)
    if (member === undefined) return 'new'
    member.sequence ??= new Sequence()
    return member.sequence.take(session, seq)
  }

  /**
   * A stream of the peer, opened before, has brought a beat that is newer than all before it.
   *
   * @returns whether there was room for it
   */
  beat(peer: string, received: Received): boolean {
    const before = this.#rows.get(peer)
    if (before === undefined && !this.#makeRoom()) return false
    const beats = (before?.beats ?? 0) + 1
    this.#put({ ...this.#received(peer, received), ...factsOf(received), beats })
    return true
  }

  /** A beat of the peer came that others had overtaken: it is counted, and changes nothing else. */
  late(peer: string): void {
    const row = this.#rows.get(peer)
    if (row !== undefined) this.#put({ ...row, beats: row.beats + 1 })
  }

  /** A beat of the peer came once more. */
  double(peer: string): void {
    const row = this.#rows.get(peer)
    if (row !== undefined) this.#put({ ...row, doubles: row.doubles + 1 })
  }

  /** A beat of the peer was not taken. */
  reject(peer: string, rejected: RejectReason, at: Moment): void {
    const row = this.#rows.get(peer)
    if (row === undefined) return
    if (rejected !== 'duplicate-identity') return this.#put({ ...row, rejected })
    const member = this.#members.get(peer)
    if (member !== undefined) member.duplicateAt = at.elapsed
    const since = row.duplicateIdentity?.since ?? at.now
    this.#put({ ...row, rejected, duplicateIdentity: { since, at: at.now } })
  }

  /**
   * A stream of the peer, opened before, has brought a beat of another network: the peer is there,
   * and what it says of its chain is left out.
   *
   * @returns whether there was room for it
   */
  foreign(peer: string, received: Received): boolean {
    const before = this.#rows.get(peer)
    if (before === undefined && !this.#makeRoom()) return false
    const { page: _, agreement: __, behindNetwork: ___, ...rest } = before ?? factsUnknown(received)
    this.#put({ ...rest, ...this.#received(peer, received), rejected: 'wrong-network' })
    return true
  }

  /** A line or message of the peer was no beat. */
  malformed(peer: string): void {
    this.#count(peer, 'malformed')
  }

  /** A beat of the peer was one too many. */
  dropped(peer: string): void {
    this.#count(peer, 'dropped')
  }

  /** A stream of the peer, opened before, is closed; `now` is in ms that never jump. */
  close(peer: string, now: number): void {
    const member = this.#members.get(peer)
    if (member === undefined || member.streams === 0) return
    member.streams -= 1
    if (member.streams === 0) {
      if (!this.#rows.has(peer)) return void this.#members.delete(peer)
      this.#gone.set(peer, now)
      if (member.presence) member.presence = { ...member.presence, closedAt: now }
    }
    this.#refresh(peer, now)
  }

  /**
   * Brings the rows up to what the time alone has changed, and drops those of peers that left long
   * ago; `now` is in ms that never jump.
   */
  sweep(now: number): void {
    for (const [peer, left] of this.#gone) {
      if (now - left < this.#limits.goneRowPeriod) break
      this.#drop(peer)
    }
    for (const [peer, row] of this.#rows) {
      const member = this.#members.get(peer)
      const { duplicateAt } = member ?? {}
      if (duplicateAt !== undefined && now - duplicateAt >= this.#limits.duplicatePeriod) {
        delete member?.duplicateAt
        const { duplicateIdentity: _, ...rest } = row
        this.#put({ ...rest, status: this.#status(member, now) })
      } else {
        const status = this.#status(member, now)
        if (status !== row.status) this.#put({ ...row, status })
      }
    }
  }

  /** All of a row but what its peer says of the chain, after a beat that shows that it is there. */
  #received(peer: string, received: Received) {
    const { beat, origin, at } = received
    const before = this.#rows.get(peer)
    const member = this.#members.get(peer)
    const announcement = isAnnounced(beat) ? beat : {}
    const presence = presenceAfter(member?.presence, announcement, at.elapsed)
    if (member !== undefined) member.presence = presence
    const duplicate = before?.duplicateIdentity
    return {
      peer,
      ...origin,
      ...promiseOf(received),
      status: livenessOf(presence, at.elapsed, this.#patience),
      streams: member?.streams ?? 0,
      connected: (member?.streams ?? 0) > 0,
      ...(duplicate !== undefined && { duplicateIdentity: duplicate }),
      beats: before?.beats ?? 0,
      doubles: before?.doubles ?? 0,
      malformed: member?.malformed ?? 0,
      dropped: member?.dropped ?? 0,
      firstBeatAt: before?.firstBeatAt ?? at.now,
      lastBeatAt: at.now
    }
  }

  #status(member: Member | undefined, now: number): NodeRow['status'] {
    return member?.presence ? livenessOf(member.presence, now, this.#patience) : 'left'
  }

  #makeRoom(): boolean {
    if (this.#rows.size < this.#limits.maxRows) return true
    const [earliest] = this.#gone.keys()
    if (earliest === undefined) return false
    this.#drop(earliest)
    return true
  }

  #drop(peer: string): void {
    this.#gone.delete(peer)
    this.#rows.delete(peer)
    this.#members.delete(peer)
    this.#onChange(peer)
  }

  #count(peer: string, what: 'malformed' | 'dropped'): void {
    const member = this.#members.get(peer)
    if (member === undefined) return
    member[what] += 1
    const row = this.#rows.get(peer)
    if (row !== undefined) this.#put({ ...row, [what]: member[what] })
  }

  #refresh(peer: string, now: number): void {
    const row = this.#rows.get(peer)
    if (row === undefined) return
    const member = this.#members.get(peer)
    const streams = member?.streams ?? 0
    this.#put({ ...row, streams, connected: streams > 0, status: this.#status(member, now) })
  }

  #put(row: NodeRow): void {
    this.#rows.set(row.peer, Object.freeze(row))
    this.#onChange(row.peer)
  }
}
