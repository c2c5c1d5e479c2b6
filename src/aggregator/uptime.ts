import type { Clock } from '../timing/index.ts'

/**
 * Time that stands still while the process does: what it could not hear then is nobody's fault.
 * Whoever uses it looks at least once a period; a longer gap between two looks was a halt.
 */
export class Uptime {
  readonly #clock: Clock
  readonly #period: number
  readonly #maxLag: number
  #lookedAt: number
  #lost = 0

  /** @param period how often it is looked at @param maxLag how late that may be; both in ms */
  constructor(clock: Clock, period: number, maxLag: number) {
    this.#clock = clock
    this.#period = period
    this.#maxLag = maxLag
    this.#lookedAt = clock.elapsed()
  }

  /** Ms in which the process stood still. */
  get lost(): number {
    return this.#lost
  }

  /** Ms that never jump, halts left out. */
  elapsed(): number {
    const now = this.#clock.elapsed()
    const lag = now - this.#lookedAt - this.#period
    if (lag > this.#maxLag) this.#lost += lag
    this.#lookedAt = now
    return now - this.#lost
  }
}
