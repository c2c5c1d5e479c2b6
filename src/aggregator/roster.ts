import type { Beat, RejectReason } from '../wire/index.ts'
import { Departures } from './departures.ts'
import type { Limits } from './limits.ts'
import { livenessOf, type Patience, presenceAfter, watchedLivenessOf } from './liveness.ts'
import { type Member, memberExpected } from './member.ts'
import {
  countsOf,
  factsOf,
  factsUnknown,
  isAnnounced,
  type Moment,
  type NodeRow,
  promiseOf,
  type Received,
  rowUnheard
} from './row.ts'
import { Sequence, type Standing } from './sequence.ts'

/** The bounds of a roster. */
export type RosterLimits = Pick<
  Limits,
  'maxRows' | 'goneRowPeriod' | 'livenessGrace' | 'overdueSlack' | 'duplicatePeriod'
>

/** What a roster is told besides its bounds. */
export interface RosterInit {
  /** Is told whenever a row comes, changes or goes. */
  readonly onChange?: (peer: string) => void
  /** The period that clients are asked to keep, in ms. */
  readonly pace?: number | undefined
  /** Peers that have a row whether they were heard or not, and are `down` when they are not there. */
  readonly watched?: readonly string[]
  /** When the roster begins, in ms that never jump: nobody can have been heard before. */
  readonly now?: number
}

/**
 * Who is there: one row a peer, however many streams it has. A visitor has no row before its first
 * beat, and the row of one that left is kept for a while. Pure: owns no timer.
 *
 * When all rows are taken, the visitor that left first makes room; if none has left, the one whose
 * streams ended first. One that has a stream never does, nor does a watched node.
 */
export class Roster {
  readonly #limits: RosterLimits
  readonly #patience: Patience
  readonly #onChange: (peer: string) => void
  readonly #watched: ReadonlySet<string>
  readonly #members = new Map<string, Member>()
  readonly #rows = new Map<string, NodeRow>()
  readonly #departures = new Departures()

  constructor(limits: RosterLimits, init: RosterInit = {}) {
    const { onChange = () => {}, pace, watched = [], now = 0 } = init
    this.#limits = limits
    this.#patience = { grace: limits.livenessGrace, overdueSlack: limits.overdueSlack, pace }
    this.#watched = new Set(watched)
    // How it begins is no change.
    this.#onChange = () => {}
    for (const peer of watched) this.#enlist(rowUnheard(peer), now)
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

  /**
   * Goes on with the rows of watched nodes as they were before a restart. Nobody could be heard
   * meanwhile, so each has as much time from `now` (ms that never jump) on as it had announced.
   */
  restore(rows: readonly NodeRow[], now: number): void {
    for (const row of rows) {
      const isFresh = (this.#members.get(row.peer)?.streams ?? 0) === 0
      if (this.#watched.has(row.peer) && isFresh && row.beats > 0) this.#enlist(row, now)
    }
  }

  /** A stream of the peer was opened; `now` is in ms that never jump. */
  open(peer: string, now: number): void {
    const member = this.#members.get(peer) ?? { streams: 0, malformed: 0, dropped: 0 }
    this.#members.set(peer, member)
    member.streams += 1
    this.#departures.delete(peer)
    if (member.presence?.closedAt !== undefined && !member.isUnheard) {
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
    this.#put({ ...this.#received(peer, received), ...factsOf(received, before), beats })
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
    const known = before ?? factsUnknown(received.beat, received.maxNickname)
    const { page: _, agreement: __, behindNetwork: ___, ...rest } = known
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
      if (!this.#watched.has(peer)) this.#departures.add(peer, now)
      if (member.presence) member.presence = { ...member.presence, closedAt: now }
    }
    this.#refresh(peer, now)
  }

  /**
   * Brings the rows up to what the time alone has changed, and drops those of visitors that left
   * long ago; `now` is in ms that never jump.
   */
  sweep(now: number): void {
    for (const peer of this.#departures.leftUntil(now - this.#limits.goneRowPeriod))
      this.#drop(peer)
    for (const [peer, row] of this.#rows) {
      const member = this.#members.get(peer)
      const { duplicateAt } = member ?? {}
      const status = this.#status(peer, member, now)
      if (duplicateAt !== undefined && now - duplicateAt >= this.#limits.duplicatePeriod) {
        delete member?.duplicateAt
        const { duplicateIdentity: _, ...rest } = row
        this.#put({ ...rest, status })
      } else if (status !== row.status) this.#put({ ...row, status })
    }
  }

  /** All of a row but what its peer says of the chain, after a beat that shows that it is there. */
  #received(peer: string, received: Received) {
    const { beat, origin, at } = received
    const before = this.#rows.get(peer)
    const member = this.#members.get(peer)
    const announcement = isAnnounced(beat) ? beat : {}
    const presence = presenceAfter(member?.presence, announcement, at.elapsed)
    if (member !== undefined) {
      member.presence = presence
      delete member.isUnheard
    }
    const { streams = 0, malformed = 0, dropped = 0 } = member ?? {}
    return {
      peer,
      ...(this.#watched.has(peer) && { watched: true as const }),
      ...origin,
      ...promiseOf(received),
      ...countsOf(before, at),
      status: livenessOf(presence, at.elapsed, this.#patience),
      streams,
      connected: streams > 0,
      malformed,
      dropped
    }
  }

  #status(peer: string, member: Member | undefined, now: number): NodeRow['status'] {
    if (member?.presence === undefined) return 'left'
    const judge = this.#watched.has(peer) ? watchedLivenessOf : livenessOf
    return judge(member.presence, now, this.#patience)
  }

  /** Has a watched node in the roster that is not there yet. */
  #enlist(row: NodeRow, now: number): void {
    const { peer } = row
    const member = memberExpected(row, now)
    this.#members.set(peer, member)
    const status = this.#status(peer, member, now)
    this.#put({ ...row, watched: true, streams: 0, connected: false, status })
  }

  #makeRoom(): boolean {
    if (this.#rows.size < this.#limits.maxRows) return true
    const { first } = this.#departures
    if (first === undefined) return false
    this.#drop(first)
    return true
  }

  #drop(peer: string): void {
    this.#departures.delete(peer)
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
    this.#put({ ...row, streams, connected: streams > 0, status: this.#status(peer, member, now) })
  }

  #put(row: NodeRow): void {
    this.#rows.set(row.peer, Object.freeze(row))
    this.#departures.mark(row.peer, row.status === 'left')
    this.#onChange(row.peer)
  }
}
