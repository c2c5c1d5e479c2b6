import type { Liveness, NodeRow } from '../../../src/aggregator/index.ts'
import { beginOf, HOUR, heightAt, letters, noise } from './numbers.ts'

/** Time between two beats of a watched node, in ms. */
export const WATCHED_PERIOD = 3_000
const VISITOR_PERIOD = 30_000

const HALLS = ['amsterdam', 'bergen', 'calgary', 'dresden', 'espoo', 'fribourg']
const HEAD_BLOCKS = 3

/** What is wrong with watched nodes while there is trouble, by their number. */
export const TROUBLED = { stalled: 1, differs: 2, down: 4, behind: 7, overdue: 9 } as const

/** Who there is. */
export interface MadeUpNodesInit {
  readonly watched?: number
  readonly visitors?: number
  /** Nodes are down, lag and differ. */
  readonly trouble?: boolean
}

/** The nodes by their number, watched ones first. A row is made when it is asked for. */
export class MadeUpNodes {
  readonly watched: number
  readonly #visitors: number
  readonly #trouble: boolean
  readonly #peers: readonly string[]
  readonly #heads = new Map<number, readonly string[]>()
  /** Rows that a test put in the place of made-up ones, by peer id. */
  readonly given = new Map<string, NodeRow>()

  constructor({ watched = 0, visitors = 0, trouble = false }: MadeUpNodesInit) {
    this.watched = watched
    this.#visitors = visitors
    this.#trouble = trouble
    this.#peers = Array.from({ length: watched + visitors }, (_, at) => peerOf(at))
  }

  get count(): number {
    return this.#peers.length
  }

  get beatsPerSecond(): number {
    return 1_000 * (this.watched / WATCHED_PERIOD + this.#visitors / VISITOR_PERIOD)
  }

  /** The number of a peer; -1 where there is none. */
  find(peer: string | undefined): number {
    return peer === undefined ? -1 : this.#peers.indexOf(peer)
  }

  all(now: number): NodeRow[] {
    return this.#peers.map((_, at) => this.row(at, now))
  }

  allWatched(now: number): NodeRow[] {
    return this.#peers.slice(0, this.watched).map((_, at) => this.row(at, now))
  }

  row(at: number, now: number): NodeRow {
    const peer = this.#peers[at] ?? peerOf(at)
    const given = this.given.get(peer)
    if (given !== undefined) return given
    const isWatched = at < this.watched
    const status = this.#status(at)
    const behind = this.#behind(at, now)
    const height = heightAt(now) - behind
    const period = isWatched ? WATCHED_PERIOD : VISITOR_PERIOD
    const lastBeatAt = now - silence(status, (now + at * 977) % period)
    return {
      peer,
      ...(isWatched && { watched: true as const }),
      nickname: this.name(at),
      minerAddress: isWatched ? `f0${1_000 + at * 37}` : '',
      head: this.#head(height),
      height: `${height}`,
      headAt: beginOf(height),
      agreement: this.#agreement(at),
      behindNetwork: behind,
      rtt: 18 + Math.round(noise(at) * 140 + noise(at + Math.floor(now / 3_000)) * 12),
      route: isWatched ? 'websocket' : at % 3 === 0 ? 'relayed' : 'webrtc',
      protocol: '/fil/heartbeat/2.0.0',
      streams: status === 'down' ? 0 : 1,
      connected: status !== 'down',
      status,
      nextBy: lastBeatAt + period,
      beats: 400 + ((at * 7_919) % 90_000),
      doubles: 0,
      malformed: 0,
      dropped: 0,
      firstBeatAt: now - HOUR * (1 + (at % 72)),
      lastBeatAt
    }
  }

  /** The nickname of a node. */
  name(at: number): string {
    if (at < this.watched) return `${HALLS[at % HALLS.length]}-${1 + Math.floor(at / HALLS.length)}`
    if (at % 50 === 20) return '<img src=x onerror=alert(1)> & "friends"'
    return at % 4 === 0 ? '' : `wallet ${at.toString(36)}`
  }

  #status(at: number): Liveness {
    if (at < this.watched) {
      if (this.#trouble && at === TROUBLED.down) return 'down'
      return this.#trouble && at === TROUBLED.overdue ? 'overdue' : 'beating'
    }
    const share = noise(at * 13)
    return share < 0.9 ? 'beating' : share < 0.95 ? 'asleep' : share < 0.96 ? 'overdue' : 'left'
  }

  #behind(at: number, now: number): number {
    const isWatched = at < this.watched
    if (isWatched && this.#trouble && at === TROUBLED.behind) return 23
    if (isWatched && this.#trouble && at === TROUBLED.down) return 25
    const share = noise(at * 31 + heightAt(now))
    const [, behind = 0] = LAGS.find(([below]) => share < below) ?? []
    return isWatched ? Math.min(1, behind) : behind
  }

  #agreement(at: number): NonNullable<NodeRow['agreement']> {
    if (at < this.watched) return this.#trouble && at === TROUBLED.differs ? 'differs' : 'same'
    const share = noise(at * 57)
    return share < 0.93 ? 'same' : share < 0.932 ? 'differs' : 'unknown'
  }

  // Kept: to make them anew for ten thousand nodes would take longer than the page that is tested.
  #head(height: number): readonly string[] {
    const known = this.#heads.get(height)
    if (known !== undefined) return known
    const head = Array.from(
      { length: HEAD_BLOCKS },
      (_, block) => `bafy2bzace${letters(`${height} ${block}`, 52).toLowerCase()}`
    )
    this.#heads.set(height, head)
    return head
  }
}

/** Which share of all nodes, from those that lead on, is how many epochs behind. */
const LAGS: readonly (readonly [number, number])[] = [
  [0.82, 0],
  [0.95, 1],
  [0.98, 2],
  [0.994, 4],
  [0.998, 7],
  [0.9995, 34],
  [1, 140]
]

function silence(status: Liveness, usual: number): number {
  if (status === 'down') return 754_000
  return status === 'left' ? 300_000 : usual
}

/** Peer id of the node with this number. */
export function peerOf(at: number): string {
  return `12D3KooW${letters(`peer ${at}`, 44)}`
}
