/** Peers that are refused for a while. Bounded: a new one drives out the one refused longest ago. */
export class Refusals {
  readonly #period: number
  readonly #max: number
  /** Peer to the moment when it may come back. All wait equally long, so the first is the oldest. */
  readonly #until = new Map<string, number>()

  /** @param period how long a peer is refused, in ms */
  constructor(period: number, max: number) {
    this.#period = period
    this.#max = max
  }

  get size(): number {
    return this.#until.size
  }

  add(peer: string, now: number): void {
    this.#until.delete(peer)
    this.#until.set(peer, now + this.#period)
    const [oldest] = this.#until.keys()
    if (this.#until.size > this.#max && oldest !== undefined) this.#until.delete(oldest)
  }

  has(peer: string, now: number): boolean {
    const until = this.#until.get(peer)
    if (until === undefined) return false
    if (now < until) return true
    this.#until.delete(peer)
    return false
  }
}
