import { CADENCE_TOLERANCE, HIDDEN_TIMER_PERIOD, MAX_NEXT_PERIOD } from '../constants.ts'

/** How a page is seen: browsers slow down the timers of a hidden one, and stop those of a frozen one. */
export type PageVisibility = 'visible' | 'hidden' | 'frozen'

/** How often beats really leave, whatever was asked for. Pure: times are ms that never jump. */
export class Cadence {
  #lastAt: number | undefined
  #intervals: readonly number[] = []
  #announced = 0
  #isSlowed = false
  #period: number | undefined

  /**
   * Takes note of a beat that left when its time had come, having announced `next` ms.
   *
   * @param period what was asked for, in ms
   */
  record(at: number, next: number, period: number): void {
    // What was measured against another period says nothing of this one.
    if (period !== this.#period) this.reset()
    this.#period = period
    if (this.#lastAt !== undefined) {
      this.#intervals = [...this.#intervals.slice(-1), at - this.#lastAt]
    }
    this.#lastAt = at
    this.#announced = next
    const [before, last] = this.#intervals.map((each) => each > period * CADENCE_TOLERANCE)
    if (last !== undefined && before === last) this.#isSlowed = last
  }

  /** Forgets the past: the page was brought back, or beats begin anew. */
  reset(): void {
    this.#lastAt = undefined
    this.#intervals = []
    this.#isSlowed = false
  }

  /**
   * Whether beats leave more seldom than asked. Two intervals of one kind in a row decide: where
   * timers run once a second, a beat now and then comes in time.
   */
  get isSlowed(): boolean {
    return this.#isSlowed
  }

  /** Whether so much time has passed since the last beat that this machine, or page, must have slept. */
  hasSlept(now: number, tolerance: number): boolean {
    return this.#lastAt !== undefined && now - this.#lastAt > this.#announced + tolerance
  }

  /** What to announce as the time until the next beat, in ms. */
  next(period: number, page: PageVisibility): number {
    if (page === 'frozen') return MAX_NEXT_PERIOD
    const measured = this.#isSlowed ? Math.max(...this.#intervals) * CADENCE_TOLERANCE : 0
    const hidden = page === 'hidden' ? period + HIDDEN_TIMER_PERIOD : 0
    return Math.min(MAX_NEXT_PERIOD, Math.ceil(Math.max(period, measured, hidden)))
  }
}
