import { MIN_TRY_PERIOD, OFFLINE_RETRY_PERIOD } from '../constants.ts'
import { type FailingLayer, RouteError } from '../errors.ts'
import { retryDelay } from '../timing/index.ts'

/** The layers of the way, nearest first. */
const LAYERS: readonly FailingLayer[] = ['discovery', 'relay', 'aggregator', 'aggregator-silent']

/** What a back-off is made of. */
export interface BackOffInit {
  /** First window, in ms; it may change. */
  readonly reconnectPeriod: number
  readonly random: () => number
}

/** Decides when the next leg may be opened. Pure: times are ms that never jump. */
export class BackOff {
  /** What the browser says of the network. It can be wrong, so tries go on, seldom. */
  isOnline: boolean
  readonly #init: BackOffInit
  #attempts = 0
  /** How far any try has come since beats last arrived, as an index of `LAYERS`. */
  #furthest = 0
  #retryAt = 0
  /** Before then nothing opens a leg: the last try is too near, or the aggregator refused this peer. */
  #closedUntil = 0

  constructor(init: BackOffInit, isOnline: boolean) {
    this.#init = init
    this.isOnline = isOnline
  }

  /** Tries that failed, one after another. */
  get attempts(): number {
    return this.#attempts
  }

  /** When the next leg may be opened; `Infinity`: never. */
  get retryAt(): number {
    return Math.max(this.#retryAt, this.#closedUntil)
  }

  /** Takes note that a leg is being opened. */
  tried(now: number): void {
    this.refuse(now + MIN_TRY_PERIOD)
  }

  /** Takes note of a try that failed. */
  failed(error: Error, now: number): void {
    const { reconnectPeriod, random } = this.#init
    // A try that came further than all before it: something came back, so the next is worth making
    // soon. Layers that fail by turns are no such news.
    const reached = error instanceof RouteError ? LAYERS.indexOf(error.layer) : 0
    if (reached > this.#furthest) this.#attempts = 0
    this.#furthest = Math.max(this.#furthest, reached)
    const delay = retryDelay(this.#attempts++, reconnectPeriod, random)
    this.#retryAt = now + Math.max(delay, this.isOnline ? 0 : OFFLINE_RETRY_PERIOD)
  }

  /** Takes note that beats arrive. */
  worked(): void {
    this.#attempts = 0
    this.#furthest = 0
  }

  /** The next leg may be opened at a time drawn evenly from the `window` that begins now, in ms. */
  comeBack(now: number, window = 0): void {
    this.#retryAt = now + this.#init.random() * window
  }

  /** No leg may be opened before `until`, whatever happens. */
  refuse(until: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, until)
  }
}
