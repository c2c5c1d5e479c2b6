import { displayNickname, displayText, type Heartbeat } from '../wire/index.ts'
import type { BeatRoute } from './route.ts'

/** What is known of one peer, fit for JSON. A row never changes: a new one takes its place. */
export interface NodeRow {
  /** Peer id, proven by the handshake. */
  readonly peer: string
  /** Fit for display, but may hold `<` and `&`. */
  readonly nickname: string
  /** As the peer wrote it, without what no eye can see; `''` for none. */
  readonly minerAddress: string
  /** CIDs of the head's blocks; empty at genesis. */
  readonly head: readonly string[]
  /** Epoch of the head, in decimal digits: it may exceed what a number holds. */
  readonly height: string
  /** CID of the genesis block, where the last beat named it. */
  readonly genesis?: string
  /** The way that the last beat came. */
  readonly route: BeatRoute
  /** Protocol of the last beat. */
  readonly protocol: string
  /** Heartbeat streams open now, over all connections. */
  readonly streams: number
  /** Whether any is. */
  readonly connected: boolean
  /** Beats read. */
  readonly beats: number
  /** Lines that were none. */
  readonly malformed: number
  /** Beats left out because there were too many. */
  readonly dropped: number
  /** Milliseconds since 1970. */
  readonly firstBeatAt: number
  /** Milliseconds since 1970. */
  readonly lastBeatAt: number
}

/** By which stream a beat came. */
export interface BeatOrigin {
  readonly route: BeatRoute
  readonly protocol: string
}

/** What is counted of a peer while it has a stream, before and after its first beat. */
interface Tally {
  streams: number
  malformed: number
  dropped: number
}

/**
 * Who is there: one row a peer, however many streams it has. A peer has no row before its first
 * beat; the row of one that left is kept for a while. Pure: owns no timer. When all rows are taken,
 * the peer that left earliest makes room; one that is there never does.
 */
export class Roster {
  readonly #max: number
  readonly #goneRowPeriod: number
  readonly #rows = new Map<string, NodeRow>()
  readonly #tallies = new Map<string, Tally>()
  /** Peers with a row and no stream, to when they left, in ms that never jump; earliest first. */
  readonly #gone = new Map<string, number>()
  readonly #onChange: (peer: string) => void

  /** @param onChange is told whenever a row comes, changes or goes */
  constructor(
    limits: { readonly maxRows: number; readonly goneRowPeriod: number },
    onChange: (peer: string) => void = () => {}
  ) {
    this.#max = limits.maxRows
    this.#goneRowPeriod = limits.goneRowPeriod
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

  /** A stream of the peer was opened. */
  open(peer: string): void {
    const tally = this.#tallies.get(peer) ?? { streams: 0, malformed: 0, dropped: 0 }
    this.#tallies.set(peer, tally)
    tally.streams += 1
    this.#gone.delete(peer)
    this.#refresh(peer)
  }

  /**
   * A stream of the peer, opened before, has brought a beat; `now` is in ms since 1970.
   *
   * @returns whether there was room for it
   */
  beat(peer: string, beat: Heartbeat, origin: BeatOrigin, now: number): boolean {
    const before = this.#rows.get(peer)
    if (before === undefined && !this.#makeRoom()) return false
    const tally = this.#tallies.get(peer)
    this.#put({
      peer,
      nickname: displayNickname(beat.nickname),
      minerAddress: displayText(beat.minerAddress),
      head: beat.head,
      height: beat.height.toString(),
      ...(beat.genesis !== undefined && { genesis: beat.genesis }),
      ...origin,
      streams: tally?.streams ?? 0,
      connected: tally !== undefined,
      beats: (before?.beats ?? 0) + 1,
      malformed: before?.malformed ?? tally?.malformed ?? 0,
      dropped: before?.dropped ?? tally?.dropped ?? 0,
      firstBeatAt: before?.firstBeatAt ?? now,
      lastBeatAt: now
    })
    return true
  }

  /** A line of the peer was no beat. */
  malformed(peer: string): void {
    this.#count(peer, 'malformed')
  }

  /** A beat of the peer was one too many. */
  dropped(peer: string): void {
    this.#count(peer, 'dropped')
  }

  /** A stream of the peer, opened before, is closed; `now` is in ms that never jump. */
  close(peer: string, now: number): void {
    const tally = this.#tallies.get(peer)
    if (tally === undefined) return
    tally.streams -= 1
    if (tally.streams === 0) {
      this.#tallies.delete(peer)
      if (this.#rows.has(peer)) this.#gone.set(peer, now)
    }
    this.#refresh(peer)
  }

  /** Drops the rows of peers that left long ago; `now` is in ms that never jump. */
  sweep(now: number): void {
    for (const [peer, left] of this.#gone) {
      if (now - left < this.#goneRowPeriod) return
      this.#drop(peer)
    }
  }

  #makeRoom(): boolean {
    if (this.#rows.size < this.#max) return true
    const [earliest] = this.#gone.keys()
    if (earliest === undefined) return false
    this.#drop(earliest)
    return true
  }

  #drop(peer: string): void {
    this.#gone.delete(peer)
    this.#rows.delete(peer)
    this.#onChange(peer)
  }

  #count(peer: string, what: 'malformed' | 'dropped'): void {
    const row = this.#rows.get(peer)
    if (row !== undefined) return this.#put({ ...row, [what]: row[what] + 1 })
    const tally = this.#tallies.get(peer)
    if (tally !== undefined) tally[what] += 1
  }

  #refresh(peer: string): void {
    const row = this.#rows.get(peer)
    if (row === undefined) return
    const streams = this.#tallies.get(peer)?.streams ?? 0
    this.#put({ ...row, streams, connected: streams > 0 })
  }

  #put(row: NodeRow): void {
    this.#rows.set(row.peer, Object.freeze(row))
    this.#onChange(row.peer)
  }
}
