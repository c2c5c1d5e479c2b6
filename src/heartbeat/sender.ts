import type { Clock } from '../timing/index.ts'
import type { BeatSource } from './beat-source.ts'
import type { PageVisibility } from './cadence.ts'
import type { Route } from './route.ts'
import { Run } from './run.ts'
import type { SenderEvent } from './sender-event.ts'

/** What may be changed while a sender runs, in ms. */
export interface Periods {
  /** How often to beat, unless the aggregator asks for another pace. */
  readonly beatPeriod: number
  /** First back-off window. */
  readonly reconnectPeriod: number
}

/** What a sender is made of. */
export interface SenderInit extends Periods {
  readonly route: Route
  readonly source: BeatSource
  readonly clock: Clock
  readonly random: () => number
  readonly onEvent: (event: SenderEvent) => void
}

/**
 * Beats to one target, strictly one beat after another, and comes back whenever the way is lost,
 * for as long as it runs. Two loops do it: one beats over the legs that there are, the other looks
 * for a leg while there is none to be trusted. A leg in doubt is kept until another one answers.
 */
export class Sender {
  /** One for all parts of a run, so that periods that change are changed for each of them. */
  readonly #init: SenderInit
  #run: Run | undefined
  /** Resolves when all runs but the present one have ended. */
  #ended: Promise<void> = Promise.resolve()
  #page: PageVisibility = 'visible'
  #isOnline = true

  constructor(init: SenderInit) {
    this.#init = { ...init }
  }

  /** Begins to beat, in a new session. Does nothing when it beats already. */
  start(): void {
    if (this.#run !== undefined) return
    this.#run = new Run(this.#init, this.#page, this.#isOnline)
    this.#run.start()
  }

  /** Stops beating; resolves when every leg is closed. May be called twice. */
  async stop(): Promise<void> {
    const before = this.#ended
    if (this.#run !== undefined) this.#ended = this.#run.stop().then(() => before)
    this.#run = undefined
    await this.#ended
  }

  /** Says farewell and ends every leg within this call: the page is going away. Then `stop`. */
  leave(): void {
    this.#run?.leave()
  }

  /**
   * Tries again at once if it waits for the next try: the device came back, say. If so much time has
   * passed that this machine must have slept, the leg is doubted as well.
   */
  wake(): void {
    this.#run?.wake()
  }

  /** The way may have died unnoticed: beats at once, and opens another way at the same time. */
  doubt(): void {
    this.#run?.beater.doubt()
  }

  /** Takes note of what the browser says of the network. It can be wrong, so tries go on, seldom. */
  setOnline(isOnline: boolean): void {
    const cameBack = isOnline && !this.#isOnline
    this.#isOnline = isOnline
    this.#run?.setOnline(isOnline)
    if (!cameBack) return
    this.wake()
    this.doubt()
  }

  /** Takes note of how the page is seen. A page that is about to be frozen says so in a last beat. */
  setPage(page: PageVisibility): void {
    if (page === this.#page) return
    const wasFrozen = this.#page === 'frozen'
    this.#page = page
    this.#run?.beater.setPage(page)
    if (page === 'visible' || wasFrozen) this.wake()
    if (wasFrozen) this.doubt()
  }

  /**
   * Goes on with other periods. A shorter one holds for the wait under way, a longer one only after
   * it: the last beat has announced the next.
   */
  setPeriods(periods: Periods): void {
    const isSooner = periods.reconnectPeriod < this.#init.reconnectPeriod
    Object.assign(this.#init, periods)
    this.#run?.beater.hurry()
    if (isSooner) this.#run?.seekNow(periods.reconnectPeriod)
  }

  /** Beats at once if the last beat found no head: there is one now. */
  headArrived(): void {
    this.#run?.beater.headArrived()
  }
}
