/** How much is allowed at once, and how much more each second. */
export interface Allowance {
  readonly capacity: number
  readonly perSecond: number
}

/** An allowance that is used up and comes back with time. Owns no timer: `now` is ms that never jump. */
export class TokenBucket {
  readonly #allowance: Allowance
  #tokens: number
  #at: number

  constructor(allowance: Allowance, now: number) {
    this.#allowance = allowance
    this.#tokens = allowance.capacity
    this.#at = now
  }

  /** Takes `amount` if that much is left; otherwise takes nothing and says `false`. */
  take(now: number, amount = 1): boolean {
    const { capacity, perSecond } = this.#allowance
    const earned = (Math.max(0, now - this.#at) / 1_000) * perSecond
    this.#tokens = Math.min(capacity, this.#tokens + earned)
    this.#at = now
    if (this.#tokens < amount) return false
    this.#tokens -= amount
    return true
  }
}
