import { MINUTE, SILENT_WINDOW } from '../constants.ts'
import { type Clock, formatDuration } from '../timing/index.ts'
import type { Alert } from './alert.ts'
import { AlertBook } from './alert-book.ts'
import { Chronicle } from './chronicle.ts'
import { conditionsOf } from './conditions.ts'
import { Minutes } from './minutes.ts'
import { NetworkSampler } from './network-sampler.ts'
import type { NetworkState } from './network-state.ts'
import { Observer } from './observer.ts'
import type { References } from './references.ts'
import type { Roster } from './roster.ts'
import type { Remembered, Store } from './store/index.ts'
import type { Uptime } from './uptime.ts'
import type { Webhook } from './webhook.ts'

/** What a monitor looks at, and whom it tells. */
export interface MonitorInit {
  readonly roster: Roster
  readonly uptime: Uptime
  readonly references: Pick<References, 'state'>
  /** Peer ids of watched nodes. */
  readonly watched: readonly string[]
  /** Length of an epoch, in ms. */
  readonly epochPeriod: number
  /** Beats taken since the aggregator started. */
  readonly beats: () => number
  readonly store?: Store | undefined
  readonly webhook?: Pick<Webhook, 'tell'> | undefined
  /** Peer id of this aggregator. */
  readonly peerId: string
  /** How often it looks, in ms. */
  readonly period: number
  readonly clock: Clock
  readonly onNetwork: (state: NetworkState) => void
  readonly onAlert: (alert: Alert) => void
}

/**
 * Looks at everything once a second: brings the roster up to the time, judges the observer itself
 * before its nodes, sums the network up, raises and clears alerts, and has all of it remembered.
 */
export class Monitor {
  readonly #init: MonitorInit
  readonly #observer = new Observer()
  readonly #sampler = new NetworkSampler()
  readonly #book = new AlertBook()
  readonly #minutes: Minutes
  readonly #watched: ReadonlySet<string>
  readonly #chronicle: Chronicle | undefined
  #network: NetworkState
  #cancel: (() => void) | undefined
  /** When the last beat of anybody was seen, in ms since 1970, and how many there were by then. */
  #heard: { readonly at: number; readonly listened: number; readonly beats: number }
  /** Ms for which the process had stood still, at looks within the last minute; the eldest first. */
  readonly #halts: { readonly at: number; readonly halted: number }[] = []

  constructor(init: MonitorInit) {
    const { store, clock, beats, watched } = init
    this.#init = init
    this.#watched = new Set(watched)
    this.#minutes = new Minutes(beats())
    this.#heard = { at: clock.now(), listened: this.#listened, beats: beats() }
    this.#chronicle = store && new Chronicle(store)
    this.#network = this.#sample()
  }

  /** The network as it was last looked at. */
  get network(): NetworkState {
    return this.#network
  }

  /** Alerts that stand, the eldest first. */
  get alerts(): Alert[] {
    return this.#book.standing
  }

  /** Goes on from what a store remembers. */
  remember({ rows, alerts }: Remembered): void {
    const { roster, uptime, clock } = this.#init
    this.#chronicle?.remember(rows)
    roster.restore(rows, uptime.elapsed())
    this.#book.restore(alerts, clock.elapsed())
  }

  /** The row of a peer came, changed or went. */
  note(peer: string): void {
    const { roster, clock } = this.#init
    const row = roster.get(peer)
    this.#observer.note(peer, row, clock.elapsed())
    if (row !== undefined && this.#watched.has(peer)) this.#chronicle?.changed(row, clock.now())
  }

  /** A beat of a peer was taken. */
  heard(peer: string): void {
    if (!this.#watched.has(peer)) return
    const row = this.#init.roster.get(peer)
    if (row !== undefined) this.#chronicle?.heard(row)
  }

  start(): void {
    this.#look()
  }

  /** Looks no more, and has the minute that is under way remembered. */
  stop(): void {
    this.#cancel?.()
    const point = this.#minutes.unfinished
    if (point !== undefined) this.#init.store?.write({ kind: 'network', point })
  }

  readonly #look = (): void => {
    const { roster, uptime, clock, period, beats, store, onNetwork } = this.#init
    this.#cancel = clock.after(period, this.#look)
    this.#judgeItself()
    roster.sweep(uptime.elapsed())
    if (beats() > this.#heard.beats) {
      this.#heard = { at: clock.now(), listened: this.#listened, beats: beats() }
    }
    this.#judge()
    this.#network = this.#sample()
    const point = this.#minutes.add(this.#network, beats())
    if (point !== undefined) store?.write({ kind: 'network', point })
    onNetwork(this.#network)
  }

  // Before anything else: a node must not be down a moment before its silence is found to be ours.
  #judgeItself(): void {
    const { uptime, clock } = this.#init
    this.#observer.look(clock.elapsed())
    uptime.held = this.#observer.frozenSince !== undefined
    const now = clock.elapsed()
    this.#halts.push({ at: now, halted: uptime.halted })
    while (now - (this.#halts[0]?.at ?? now) > MINUTE) this.#halts.shift()
  }

  #judge(): void {
    const { roster, references, epochPeriod, clock } = this.#init
    const now = clock.now()
    const frozen = this.#frozen
    const conditions = conditionsOf({
      watched: [...this.#watched].flatMap((peer) => roster.get(peer) ?? []),
      references: references.state,
      epochPeriod,
      lastBeatAt: this.#heard.at,
      silentFor: this.#listened - this.#heard.listened,
      frozen,
      halted: this.#halted
    })
    const { ok, all } = references.state
    const blindness = { isFrozen: frozen !== undefined, isAlone: all > 0 && ok === 0 }
    const { raised, cleared } = this.#book.look(conditions, now, clock.elapsed(), blindness)
    for (const alert of raised) this.#tell('raised', alert)
    for (const alert of cleared) this.#tell('cleared', alert)
  }

  #tell(event: 'raised' | 'cleared', alert: Alert): void {
    const { store, webhook, peerId, onAlert } = this.#init
    store?.write({ kind: 'alert', alert })
    webhook?.tell({ event, alert, aggregator: peerId })
    onAlert(alert)
  }

  #sample(): NetworkState {
    const { roster, references, beats, clock } = this.#init
    return this.#sampler.sample({
      rows: roster.rows(),
      references: references.state,
      beats: beats(),
      alerts: this.#book.standing.length,
      frozen: this.#frozen,
      now: clock.now(),
      elapsed: clock.elapsed()
    })
  }

  /** Why verdicts stand still, in words. */
  get #frozen(): string | undefined {
    const { frozenSince, lost } = this.#observer
    if (frozenSince === undefined) return undefined
    const within = formatDuration(SILENT_WINDOW)
    return `${lost} nodes fell silent within ${within}: the fault is more likely here, or on the way here, than with all of them`
  }

  /** For how long it has listened: ms that never jump, without those in which the process stood still. */
  get #listened(): number {
    const { clock, uptime } = this.#init
    return clock.elapsed() - uptime.halted
  }

  /** For how long the process stood still within the last minute, in ms. */
  get #halted(): number {
    return this.#init.uptime.halted - (this.#halts[0]?.halted ?? 0)
  }
}
