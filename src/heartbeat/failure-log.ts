import { FAILURE_REPEAT_PERIOD } from '../constants.ts'

/** How loudly a failure is said: go-filecoin's warning first, then quiet, an error every 10 minutes. */
export type FailureLevel = 'warning' | 'debug' | 'error'

/** Decides how loudly each failure in a row is said. Times are in ms. */
export class FailureLog {
  #since: number | undefined
  #saidAt = 0

  /** When the failures in a row began; `undefined` while all is well. */
  get since(): number | undefined {
    return this.#since
  }

  /** Takes note of a failure at `now`. */
  failed(now: number): FailureLevel {
    if (this.#since === undefined) {
      this.#since = now
      this.#saidAt = now
      return 'warning'
    }
    if (now - this.#saidAt < FAILURE_REPEAT_PERIOD) return 'debug'
    this.#saidAt = now
    return 'error'
  }

  /** Takes note that all is well again. */
  recovered(): void {
    this.#since = undefined
  }
}
