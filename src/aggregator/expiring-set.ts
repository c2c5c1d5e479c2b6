/**
 * Names that count for a while. Bounded: a new one drives out the one added longest ago. Pure: all
 * moments are in ms that never jump.
 */
export class ExpiringSet {
  readonly #period: number
  readonly #max: number
  /** Name to the moment when it ends. All last equally long, so the first is the eldest. */
  readonly #until = new Map<string, number>()

  /** @param period how long a name counts, in ms @param max names at once */
  constructor(period: number, max: number) {
    this.#period = period
    this.#max = max
  }

  get size(): number {
    return this.#until.size
  }

  /** Adds a name, or has it count from `now` on. */
  add(name: string, now: number): void {
    this.#until.delete(name)
    this.#until.set(name, now + this.#period)
    const [eldest] = this.#until.keys()
    if (this.#until.size > this.#max && eldest !== undefined) this.#until.delete(eldest)
  }

  /** Whether a name counts at `now`. */
  has(name: string, now: number): boolean {
    const until = this.#until.get(name)
    if (until === undefined) return false
    if (now < until) return true
    this.#until.delete(name)
    return false
  }

  delete(name: string): void {
    this.#until.delete(name)
  }
}
