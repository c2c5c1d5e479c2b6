// A network that is made up, the same in each run but for the time of day: nodes, their history and
// what is wrong with them, in the shapes of the aggregator's answers.

import { createHash } from 'node:crypto'
import type {
  AggregatorInfo,
  Alert,
  AlertsPage,
  FeedEvents,
  Liveness,
  LivenessCounts,
  NetworkHistory,
  NetworkPoint,
  NetworkState,
  NodeHistory,
  NodeRow,
  NodesPage,
  Range,
  Readiness
} from '../../src/aggregator/index.ts'

const GENESIS = 1_598_306_400_000
const EPOCH = 30_000
const HALLS = ['amsterdam', 'bergen', 'calgary', 'dresden', 'espoo', 'fribourg']
const SPREAD = [0, 1, 2, 3, 5, 10]
const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

/** What is made up. */
export interface MadeUpNetworkInit {
  readonly watched?: number
  readonly visitors?: number
  /** Nodes are down, lag and differ, and the observer is unwell. */
  readonly trouble?: boolean
}

/** The network. Its rows are made when they are asked for, from their number and the time. */
export class MadeUpNetwork {
  readonly #watched: number
  readonly #visitors: number
  readonly #trouble: boolean
  readonly #alerts: readonly Alert[]
  /** Rows that a test put in the place of made-up ones. */
  readonly rows = new Map<string, NodeRow>()
  frozen: string | undefined

  constructor({ watched = 0, visitors = 0, trouble = false }: MadeUpNetworkInit) {
    this.#watched = watched
    this.#visitors = visitors
    this.#trouble = trouble
    this.#alerts = trouble ? this.#troubles(Date.now()) : []
    if (trouble) this.frozen = 'the aggregator stood still for 4 s'
  }

  /** All rows, watched ones first. */
  all(now = Date.now()): NodeRow[] {
    return Array.from({ length: this.#watched + this.#visitors }, (_, at) => this.row(at, now))
  }

  /** The rows of watched nodes whose turn it is to beat. */
  beat(now = Date.now()): NodeRow[] {
    const turn = Math.floor(now / 1_000) % 3
    return this.#watchedRows(now).filter(({ status }, at) => at % 3 === turn && status !== 'down')
  }

  snapshot(now = Date.now()): FeedEvents['snapshot'] {
    return { nodes: this.#watchedRows(now), network: this.state(now), alerts: this.#standing() }
  }

  state(now = Date.now()): NetworkState {
    const all = this.all(now)
    const there = all.filter(({ status }) => status !== 'down' && status !== 'left')
    const top = heightAt(now)
    const agree = (what: string): number =>
      there.filter((row) => (row.agreement ?? 'unknown') === what).length
    return {
      at: now,
      nodes: countStatuses(all),
      watched: countStatuses(all.slice(0, this.#watched)),
      agreement: { same: agree('same'), differs: agree('differs'), unknown: agree('unknown') },
      consensus: { inConsensus: agree('same'), inDispute: agree('differs') },
      ...(all.length > 0 && {
        networkHeight: `${top}`,
        topHeight: `${top}`,
        topSince: GENESIS + top * EPOCH
      }),
      spread: spreadOf(there),
      beatsPerSecond: this.#watched / 3 + this.#visitors / 30 + noise(Math.floor(now / 1_000)),
      ...(there.length > 0 && { rtt: { p50: 48, p95: 210 } }),
      references: this.#trouble ? { ok: 2, all: 3 } : { ok: 3, all: 3 },
      alerts: this.#standing().length,
      ...(this.frozen !== undefined && { frozen: this.frozen })
    }
  }

  /** What is answered to a question; `undefined` where nothing is known. */
  answer(path: string, query: URLSearchParams, now = Date.now()): unknown {
    const [, peer, history] = /^\/api\/nodes\/([^/]+)(\/history)?$/.exec(path) ?? []
    if (path === '/api/nodes') return this.#page(query, now)
    if (path === '/api/network') return this.state(now)
    if (path === '/api/network/history') return this.#networkHistory(rangeOf(query, now), now)
    if (path === '/api/alerts') return this.#alertsPage()
    if (path === '/api/aggregator') return this.#about(now)
    if (path === '/readyz') return this.#readiness()
    const at = this.all(now).findIndex((row) => row.peer === peer)
    if (at < 0) return undefined
    return history === undefined
      ? this.row(at, now)
      : this.#nodeHistory(at, rangeOf(query, now), now)
  }

  row(at: number, now = Date.now()): NodeRow {
    const peer = peerOf(at)
    const given = this.rows.get(peer)
    if (given !== undefined) return given
    const watched = at < this.#watched
    const status = this.#status(at, watched)
    const behind = this.#behind(at, now, watched)
    const period = watched ? 3_000 : 30_000
    const silent =
      status === 'down' ? 754_000 : status === 'left' ? 300_000 : (now + at * 977) % period
    return {
      peer,
      ...(watched && { watched: true as const }),
      nickname: watched
        ? `${HALLS[at % HALLS.length]}-${1 + Math.floor(at / HALLS.length)}`
        : visitorName(at),
      minerAddress: watched ? `f0${1_000 + at * 37}` : '',
      head: [0, 1, 2].map(
        (block) => `bafy2bzace${hash(`${at} ${heightAt(now)} ${block}`, 52).toLowerCase()}`
      ),
      height: `${heightAt(now) - behind}`,
      headAt: GENESIS + (heightAt(now) - behind) * EPOCH,
      agreement: this.#agreement(at, watched),
      behindNetwork: behind,
      rtt: 18 + Math.round(noise(at) * 140 + noise(at + Math.floor(now / 3_000)) * 12),
      route: watched ? 'websocket' : at % 3 === 0 ? 'relayed' : 'webrtc',
      protocol: '/fil/heartbeat/2.0.0',
      streams: status === 'down' ? 0 : 1,
      connected: status !== 'down',
      status,
      nextBy: now - silent + period,
      beats: 400 + ((at * 7_919) % 90_000),
      doubles: 0,
      malformed: 0,
      dropped: 0,
      firstBeatAt: now - 3_600_000 * (1 + (at % 72)),
      lastBeatAt: now - silent
    }
  }

  #watchedRows(now: number): NodeRow[] {
    return Array.from({ length: this.#watched }, (_, at) => this.row(at, now))
  }

  #status(at: number, watched: boolean): Liveness {
    if (watched)
      return this.#trouble && at === 4 ? 'down' : this.#trouble && at === 9 ? 'overdue' : 'beating'
    const share = noise(at * 13)
    return share < 0.9 ? 'beating' : share < 0.95 ? 'asleep' : share < 0.96 ? 'overdue' : 'left'
  }

  #behind(at: number, now: number, watched: boolean): number {
    if (watched && this.#trouble && at === 7) return 23
    if (watched && this.#trouble && at === 4) return 25
    const share = noise(at * 31 + heightAt(now))
    if (share < 0.82) return 0
    return share < 0.95
      ? 1
      : watched
        ? 1
        : share < 0.98
          ? 2
          : share < 0.994
            ? 4
            : share < 0.998
              ? 7
              : 34
  }

  #agreement(at: number, watched: boolean): NonNullable<NodeRow['agreement']> {
    if (watched) return this.#trouble && at === 2 ? 'differs' : 'same'
    const share = noise(at * 57)
    return share < 0.93 ? 'same' : share < 0.932 ? 'differs' : 'unknown'
  }

  #standing(): readonly Alert[] {
    return this.#alerts.filter(({ until }) => until === undefined)
  }

  #troubles(now: number): Alert[] {
    const about = (at: number) => ({ subject: peerOf(at), nickname: this.row(at, now).nickname })
    return [
      {
        id: 'a1',
        kind: 'node-down',
        ...about(4),
        since: now - 739_000,
        evidence: 'silent for 12 min; its streams are closed'
      },
      {
        id: 'a2',
        kind: 'node-on-other-chain',
        ...about(2),
        since: now - 2_220_000,
        evidence: 'At epoch 5,371,180 its tipset is another than that of 2 references.'
      },
      {
        id: 'a3',
        kind: 'node-behind',
        ...about(7),
        since: now - 5_400_000,
        evidence: 'It is 23 epochs behind the references, and moves.'
      },
      {
        id: 'a0',
        kind: 'references-lost',
        subject: '',
        since: now - 90_000_000,
        until: now - 89_100_000,
        evidence: 'None of 3 references answered; the last one was lotus-2.'
      },
      {
        id: 'a9',
        kind: 'node-stalled',
        ...about(1),
        since: now - 40_000_000,
        until: now - 38_900_000,
        evidence: "Its head stood at epoch 5,369,411 while the network's moved by 36."
      }
    ]
  }

  #alertsPage(): AlertsPage {
    return {
      standing: this.#standing(),
      past: this.#alerts.filter(({ until }) => until !== undefined)
    }
  }

  #page(query: URLSearchParams, now: number): NodesPage {
    const search = (query.get('search') ?? '').toLowerCase()
    const status = query.get('status')
    const offset = Number(query.get('offset') ?? 0)
    const rows = this.all(now).filter(
      (row) =>
        (row.watched === true) === (query.get('group') === 'watched') &&
        (status === null || row.status === status) &&
        `${row.nickname} ${row.peer}`.toLowerCase().includes(search)
    )
    const sorted = sortRows(rows, query.get('sort') ?? 'height', query.get('order'))
    const limit = Number(query.get('limit') ?? 50)
    return { total: rows.length, offset, nodes: sorted.slice(offset, offset + limit) }
  }

  #networkHistory(range: Range, now: number): NetworkHistory {
    const points =
      this.#watched + this.#visitors === 0
        ? []
        : pointsOf(range, now, (at) => this.#point(at, range.step))
    return { ...range, points, alerts: this.#alerts }
  }

  #point(at: number, step: number): NetworkPoint {
    const all = this.#watched + this.#visitors
    const wave = 1 - 0.04 * (1 + Math.sin(at / 2_400_000)) - 0.01 * noise(at / step)
    const nodes = Math.round(all * wave)
    const differs = Math.round(all * 0.002) + (this.#trouble ? 1 : 0)
    const unknown = Math.round(nodes * 0.07)
    const late = Math.round(nodes * (0.006 + 0.01 * noise(at / step + 9)))
    return {
      at,
      nodes,
      down: this.#trouble ? 1 : 0,
      same: nodes - differs - unknown,
      differs,
      unknown,
      inConsensus: nodes - differs,
      inDispute: differs,
      beats: Math.round(((this.#watched / 3 + this.#visitors / 30) * wave * step) / 1_000),
      networkHeight: `${heightAt(at + step - 1)}`,
      rttP50: 44 + 10 * noise(at / step),
      rttP95: 170 + 90 * noise(at / step + 5),
      spread: [
        { from: 0, nodes: Math.round(nodes * 0.82) },
        { from: 1, nodes: Math.round(nodes * 0.13) },
        { from: 2, nodes: Math.round(nodes * 0.03) },
        { from: 3, nodes: 0 },
        { from: 5, nodes: late },
        { from: 10, nodes: this.#trouble ? 2 : 0 }
      ]
    }
  }

  #nodeHistory(at: number, range: Range, now: number): NodeHistory {
    const row = this.row(at, now)
    const [silentFrom, silentTo] = [now - 2_300_000, now - 1_900_000]
    const lastAt = row.lastBeatAt ?? now
    const heard = (moment: number): boolean =>
      moment <= lastAt && (moment < silentFrom || moment >= silentTo)
    const points = pointsOf(range, now, (moment) => {
      if (!heard(moment)) return undefined
      const lag = Math.round(
        (row.behindNetwork ?? 0) * Math.min(1, Math.max(0, (moment - now + 2_800_000) / 2_000_000))
      )
      const behind = lag + (noise(moment) > 0.8 ? 1 : 0)
      return {
        at: moment,
        beats: range.step / 3_000,
        height: `${heightAt(moment + range.step - 1) - behind}`,
        behind,
        rtt: 30 + 20 * noise(moment / range.step) + (moment > now - 900_000 ? 30 : 0)
      }
    })
    return {
      ...range,
      peer: row.peer,
      points,
      statuses: [
        { at: now - 86_400_000 * 40, status: 'beating' as const },
        { at: silentFrom, status: 'overdue' as const },
        { at: silentFrom + 60_000, status: 'down' as const },
        { at: silentTo, status: 'beating' as const },
        ...(row.status === 'beating' ? [] : [{ at: lastAt + 18_000, status: row.status }])
      ],
      alerts: this.#alerts.filter(({ subject }) => subject === row.peer),
      network: pointsOf(range, now, (moment) => ({
        at: moment,
        height: `${heightAt(moment + range.step - 1)}`
      }))
    }
  }

  #about(now: number): AggregatorInfo {
    const height = `${heightAt(now)}`
    return {
      peerId: peerOf(-1),
      addresses: [
        `/dns4/heartbeat.example/tcp/443/wss/p2p/${peerOf(-1)}`,
        `/dns4/relay.example/tcp/443/wss/p2p/${peerOf(-2)}/p2p-circuit/p2p/${peerOf(-1)}`
      ],
      relays: [{ address: `/dns4/relay.example/tcp/443/wss/p2p/${peerOf(-2)}`, reserved: true }],
      counts: {
        beats: 1_284_113,
        late: 0,
        doubles: 41,
        rejected: {},
        malformed: {},
        dropped: 12,
        resets: 1,
        refused: 3
      },
      store: { state: 'open', since: now - 86_400_000, queued: 0, lost: 0, bytes: 48_211_968 },
      references: ['lotus-1.example', 'lotus-2.example', 'lotus-3.example'].map((name, at) =>
        this.#trouble && at === 2
          ? {
              name,
              kind: 'rpc' as const,
              ok: false,
              problem: 'connection refused',
              since: now - 300_000
            }
          : { name, kind: 'rpc' as const, ok: true, height, since: now - 86_400_000 }
      )
    }
  }

  #readiness(): Readiness {
    return this.#trouble
      ? { ready: true, problems: ['One of 3 references does not answer.'] }
      : { ready: true, problems: [] }
  }
}

/** Peer id of the row with this number. */
export function peerOf(at: number): string {
  return `12D3KooW${hash(`peer ${at}`, 44)}`
}

function visitorName(at: number): string {
  if (at % 50 === 20) return '<img src=x onerror=alert(1)> & "friends"'
  return at % 4 === 0 ? '' : `wallet ${at.toString(36)}`
}

function hash(text: string, length: number): string {
  const bytes = createHash('sha512').update(text).digest()
  return Array.from(bytes.subarray(0, length), (byte) => ALPHABET[byte % ALPHABET.length]).join('')
}

/** A number from 0 to 1 that belongs to a number. */
function noise(seed: number): number {
  const value = Math.sin(Math.floor(seed) * 12.9898 + 78.233) * 43_758.5453
  return value - Math.floor(value)
}

function heightAt(now: number): number {
  return Math.floor((now - GENESIS) / EPOCH)
}

function countStatuses(rows: readonly NodeRow[]): LivenessCounts {
  const counts = { beating: 0, asleep: 0, overdue: 0, left: 0, down: 0 }
  for (const { status } of rows) counts[status] += 1
  return counts
}

function spreadOf(rows: readonly NodeRow[]): NetworkState['spread'] {
  if (rows.length === 0) return []
  return SPREAD.map((from, at) => {
    const to = SPREAD[at + 1] ?? Number.POSITIVE_INFINITY
    const inside = rows.filter(
      ({ behindNetwork = 0 }) => behindNetwork >= from && behindNetwork < to
    )
    return { from, nodes: inside.length }
  })
}

function rangeOf(query: URLSearchParams, now: number): Range {
  const number = (name: string, usual: number): number => Number(query.get(name) ?? usual)
  return {
    from: number('from', now - 3_600_000),
    to: number('to', now),
    step: number('step', 60_000)
  }
}

function pointsOf<Point>(
  { from, to, step }: Range,
  now: number,
  make: (at: number) => Point | undefined
): Point[] {
  const points: Point[] = []
  for (let at = from; at < Math.min(to, now); at += step) {
    const point = make(at)
    if (point !== undefined) points.push(point)
  }
  return points
}

function sortRows(rows: NodeRow[], sort: string, order: string | null): NodeRow[] {
  const key = (row: NodeRow): number | string => {
    if (sort === 'nickname') return row.nickname
    if (sort === 'delay') return row.behindNetwork ?? 0
    if (sort === 'rtt') return row.rtt ?? 0
    if (sort === 'beats') return row.beats
    if (sort === 'first-beat') return row.firstBeatAt ?? 0
    return sort === 'status' ? row.status : Number(row.height)
  }
  const keys = new Map(rows.map((row) => [row, key(row)]))
  const way = (order ?? (sort === 'nickname' ? 'ascending' : 'descending')) === 'ascending' ? 1 : -1
  return rows.sort((a, b) => {
    const [one = 0, other = 0] = [keys.get(a), keys.get(b)]
    return way * (one < other ? -1 : one > other ? 1 : 0)
  })
}
