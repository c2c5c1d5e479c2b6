// What tests of verdicts share: generated hours of a network, played to the roster and its monitor
// in fake time. Nodes send as ours do; what the network does to their beats is drawn from a seed.

import { MINUTE, RECONNECT_SHARE } from '../constants.ts'
import { Cadence, type PageVisibility } from '../heartbeat/cadence.ts'
import { FakeClock } from '../timing/fake-clock.ts'
import { retryDelay } from '../timing/index.ts'
import { seededRandom } from '../timing/seeded-random.ts'
import { HaltingClock } from './halting-clock.kit.test.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { Monitor } from './monitor.ts'
import { Roster } from './roster.ts'
import { beatOf, sessionOf } from './test-kit.ts'
import { Uptime } from './uptime.ts'

/** An hour of a network, and what happens in it. Shares are of all nodes; times are in ms. */
export interface Trace {
  readonly name: string
  /** How often nodes beat. */
  readonly period: number
  /** Share of packets that are lost, and sent again by TCP after 200 ms, 400 ms and so on. */
  readonly loss?: number
  /** Longest delay of a packet beyond the usual. */
  readonly jitter?: number
  /** Pages that are hidden from the fifth minute on: their timers run once a minute. */
  readonly hidden?: number
  /** Pages that are frozen now and then for nine minutes, and say so before. */
  readonly frozen?: number
  /** Laptops of visitors that are closed without a word, for ten minutes. */
  readonly sleeping?: number
  /** Every so often the relay is down for a while, and everybody behind it must come back. */
  readonly relay?: { readonly every: number; readonly downFor: number; readonly share: number }
  /** Every so often the aggregator's process stands still. */
  readonly halts?: { readonly every: number; readonly length: number }
  /** Watched nodes that end without a word, at moments drawn at random. */
  readonly deaths?: number
}

/** What was said of it. */
export interface Outcome {
  readonly beats: number
  /** How often a watched node that ran was said to be down. */
  readonly falseDowns: number
  readonly deaths: number
  /** Deaths that were found. */
  readonly found: number
  /** The longest time from a dead node's last beat until it was said to be down, less what it had announced, in ms. */
  readonly slowest: number
  /** How often the observer found itself unwell. */
  readonly unwell: number
  /** Alerts that were raised about nodes that ran. */
  readonly falseAlerts: number
}

const NODES = 100
const HOUR = 60 * MINUTE
const DELAY = 50
const RETRANSMISSION = 200
const FIRST_BEAT = 500

/** Plays a trace. */
export function play(trace: Trace, seed = 1): Outcome {
  return new Play(trace, seed).run()
}

/** A node, as its own machine knows it. */
interface Node {
  readonly peer: string
  readonly isWatched: boolean
  readonly isRelayed: boolean
  readonly cadence: Cadence
  page: PageVisibility
  state: 'running' | 'silent' | 'dead'
  isConnected: boolean
  seq: number
  arrivesAfter: number
  /** When its last beat was heard, and what it had announced. */
  heardAt: number
  next: number
  foundAt?: number
}

class Play {
  readonly #trace: Trace
  readonly #random: () => number
  readonly #clock = new FakeClock(1_700_000_000_000)
  readonly #machine = new HaltingClock(this.#clock)
  readonly #nodes: Node[]
  readonly #roster: Roster
  readonly #uptime: Uptime
  readonly #monitor: Monitor
  #relayIsUp = true
  #beats = 0
  #falseDowns = 0
  #unwell = 0
  #falseAlerts = 0

  constructor(trace: Trace, seed: number) {
    this.#trace = trace
    this.#random = seededRandom(seed)
    this.#nodes = Array.from({ length: NODES }, (_, index) => this.#node(index))
    const watched = this.#nodes.filter(({ isWatched }) => isWatched).map(({ peer }) => peer)
    const { sweepPeriod, maxSweepLag } = DEFAULT_LIMITS
    this.#uptime = new Uptime(this.#machine, sweepPeriod, maxSweepLag)
    this.#roster = new Roster(DEFAULT_LIMITS, { onChange: (peer) => this.#changed(peer), watched })
    this.#monitor = new Monitor({
      roster: this.#roster,
      uptime: this.#uptime,
      references: { state: { ok: 0, all: 0 } },
      watched,
      epochPeriod: 30_000,
      beats: () => this.#beats,
      peerId: 'aggregator',
      period: sweepPeriod,
      clock: this.#machine,
      onNetwork: () => {},
      onAlert: ({ kind, subject, until }) => {
        if (until !== undefined) return
        if (kind === 'observer-unwell') this.#unwell += 1
        if (this.#nodes.some(({ peer, state }) => peer === subject && state === 'running')) {
          this.#falseAlerts += 1
        }
      }
    })
  }

  run(): Outcome {
    for (const node of this.#nodes) {
      this.#clock.after(this.#random() * this.#trace.period, () => this.#connect(node))
    }
    this.#clock.after(this.#trace.period, () => this.#monitor.start())
    this.#schedule()
    this.#clock.advance(HOUR)
    const dead = this.#nodes.filter(({ state }) => state === 'dead')
    const found = dead.filter(({ foundAt }) => foundAt !== undefined)
    const delays = found.map(({ foundAt = 0, heardAt, next }) => foundAt - heardAt - next)
    return {
      beats: this.#beats,
      falseDowns: this.#falseDowns,
      deaths: dead.length,
      found: found.length,
      slowest: Math.max(0, ...delays),
      unwell: this.#unwell,
      falseAlerts: this.#falseAlerts
    }
  }

  #node(index: number): Node {
    return {
      peer: `peer${index}`,
      isWatched: index % 2 === 0,
      isRelayed: index < NODES * (this.#trace.relay?.share ?? 0),
      cadence: new Cadence(),
      page: 'visible',
      state: 'running',
      isConnected: false,
      seq: 0,
      arrivesAfter: 0,
      heardAt: 0,
      next: 0
    }
  }

  // What befalls the nodes, apart from their network.
  #schedule(): void {
    const { hidden = 0, frozen = 0, sleeping = 0, relay, halts, deaths = 0 } = this.#trace
    this.#nodes.slice(0, NODES * hidden).forEach((node) => {
      this.#clock.after(5 * MINUTE, () => {
        node.page = 'hidden'
      })
    })
    this.#nodes.slice(0, NODES * frozen).forEach((node) => {
      const freeze = (): void => this.#silence(node, 9 * MINUTE, () => this.#send(node, 'frozen'))
      for (let at = 10 * MINUTE; at < HOUR; at += 20 * MINUTE) {
        this.#clock.after(at + this.#random() * 5 * MINUTE, freeze)
      }
    })
    const visitors = this.#nodes.filter(({ isWatched }) => !isWatched)
    for (const node of visitors.slice(0, NODES * sleeping)) {
      this.#clock.after(this.#random() * 45 * MINUTE, () => this.#silence(node, 10 * MINUTE))
    }
    const watched = this.#nodes.filter(({ isWatched }) => isWatched)
    // Of every way, so that no way is left empty.
    const every = Math.floor(watched.length / Math.max(1, deaths))
    for (const node of watched.filter((_, index) => index % every === 1).slice(0, deaths)) {
      this.#clock.after(5 * MINUTE + this.#random() * 40 * MINUTE, () => {
        node.state = 'dead'
      })
    }
    if (relay) this.#every(relay.every, () => this.#breakRelay(relay.downFor))
    if (halts) this.#every(halts.every, () => this.#halt(halts.length))
  }

  #every(period: number, run: () => void): void {
    for (let at = period; at < HOUR; at += period) this.#clock.after(at, run)
  }

  #silence(node: Node, period: number, lastWord = (): void => {}): void {
    if (node.state !== 'running') return
    lastWord()
    node.state = 'silent'
    this.#clock.after(period, () => {
      if (node.state !== 'silent') return
      node.state = 'running'
      node.cadence.reset()
      // Who wakes beats, or reconnects, at once.
      if (node.isConnected) this.#send(node)
      else this.#retry(node, 0)
    })
  }

  #breakRelay(downFor: number): void {
    this.#relayIsUp = false
    for (const node of this.#nodes.filter(({ isRelayed }) => isRelayed)) {
      if (!node.isConnected) continue
      node.isConnected = false
      this.#machine.whenAwake(() => this.#roster.close(node.peer, this.#uptime.elapsed()))
      const first = this.#random() * RECONNECT_SHARE * this.#trace.period
      this.#clock.after(first, () => this.#retry(node, 0))
    }
    this.#clock.after(downFor, () => {
      this.#relayIsUp = true
    })
  }

  #retry(node: Node, failures: number): void {
    if (node.isConnected) return
    if (this.#relayIsUp && node.state === 'running') return this.#connect(node)
    const delay = retryDelay(failures, 10_000, this.#random)
    this.#clock.after(delay, () => this.#retry(node, failures + 1))
  }

  #halt(length: number): void {
    this.#machine.isHalted = true
    this.#clock.after(length, () => this.#machine.resume())
  }

  #connect(node: Node): void {
    node.isConnected = true
    node.arrivesAfter = this.#clock.elapsed() + FIRST_BEAT
    const open = (): void => this.#roster.open(node.peer, this.#uptime.elapsed())
    this.#clock.after(FIRST_BEAT, () => this.#machine.whenAwake(open))
    const isNew = node.seq === 0
    this.#send(node)
    if (isNew) this.#beatOn(node)
  }

  #beatOn(node: Node): void {
    const { period } = this.#trace
    const now = this.#clock.elapsed()
    const late = node.page === 'hidden' ? MINUTE - ((now + period) % MINUTE) : 0
    this.#clock.after(period + late, () => {
      if (node.state === 'dead') return
      if (node.state === 'running' && node.isConnected) this.#send(node)
      this.#beatOn(node)
    })
  }

  #send(node: Node, page = node.page): void {
    const { period } = this.#trace
    const next = node.cadence.next(period, page)
    node.cadence.record(this.#clock.elapsed(), next, period)
    const beat = beatOf(++node.seq, {
      session: sessionOf(1),
      next,
      page: page === 'visible' ? 'visible' : 'hidden'
    })
    const earliest = this.#clock.elapsed() + this.#delay()
    node.arrivesAfter = Math.max(node.arrivesAfter, earliest)
    const origin = { route: node.isRelayed ? 'relayed' : 'websocket', protocol: 'p' } as const
    this.#clock.after(node.arrivesAfter - this.#clock.elapsed(), () =>
      this.#machine.whenAwake(() => {
        if (!node.isConnected) return
        const at = { now: this.#clock.now(), elapsed: this.#uptime.elapsed() }
        if (this.#roster.standing(node.peer, beat) !== 'new') return
        node.heardAt = this.#clock.elapsed()
        node.next = next
        this.#beats += 1
        this.#roster.beat(node.peer, { beat, origin, at })
      })
    )
  }

  #delay(): number {
    const { loss = 0, jitter = 0 } = this.#trace
    let delay = DELAY + this.#random() * jitter
    for (let wait = RETRANSMISSION; this.#random() < loss; wait *= 2) delay += wait
    return delay
  }

  #changed(peer: string): void {
    this.#monitor.note(peer)
    if (this.#roster.get(peer)?.status !== 'down') return
    const node = this.#nodes.find((each) => each.peer === peer)
    if (node === undefined || node.foundAt !== undefined) return
    if (node.state === 'dead') node.foundAt = this.#clock.elapsed()
    else this.#falseDowns += 1
  }
}
