import type { Clock } from '../timing/index.ts'

/**
 * Time that stands still while the process does, and while it is held: what it could not hear then is
 * nobody's fault. Whoever uses it looks at least once a period; a longer gap between two looks was a halt.
 */
export class Uptime {
  readonly #clock: Clock
  readonly #period: number
  readonly #maxLag: number
  #lookedAt: number
  #halted = 0
  #heldFor = 0
  /** Whether time is held. */
  held = false

  /** @param period how often it is looked at @param maxLag how late that may be; both in ms */
  constructor(clock: Clock, period: number, maxLag: number) {
    this.#clock = clock
    this.#period = period
    this.#maxLag = maxLag
    this.#lookedAt = clock.elapsed()
  }

  /** Ms in which the process stood still. */
  get halted(): number {
    return this.#halted
  }

  /** Ms that never jump, halts left out, and the time that it was held. */
  elapsed(): number {
    const now = this.#clock.elapsed()
    const passed = now - this.#lookedAt
    const lag = passed - this.#period
    const isHalt = lag > this.#maxLag
    if (isHalt) this.#halted += lag
    if (this.held) this.#heldFor += isHalt ? this.#period : passed
    this.#lookedAt = now
    return now - this.#halted - this.#heldFor
  }
}
