/**
 * Visitors that have a row and no stream, in the order in which they make room for others: those that
 * have left come before those that may still come back. Moments are in ms that never jump.
 */
export class Departures {
  /** To when the last stream ended; earliest first. */
  readonly #gone = new Map<string, number>()
  /** Those of them that have left; earliest first. */
  readonly #left = new Set<string>()

  /** Who makes room first; `undefined` while nobody can. */
  get first(): string | undefined {
    const [first] = this.#left.size > 0 ? this.#left : this.#gone.keys()
    return first
  }

  /** The last stream of a visitor has ended. */
  add(peer: string, now: number): void {
    this.#gone.set(peer, now)
  }

  /** Somebody has a stream again, or its row was dropped. */
  delete(peer: string): void {
    this.#gone.delete(peer)
    this.#left.delete(peer)
  }

  /** Somebody has left, or has not after all; it counts for those alone that have no stream. */
  mark(peer: string, hasLeft: boolean): void {
    if (hasLeft && this.#gone.has(peer)) this.#left.add(peer)
    else this.#left.delete(peer)
  }

  /** Those that have left, and whose last stream ended at `until` or before. */
  leftUntil(until: number): string[] {
    const found: string[] = []
    for (const [peer, closedAt] of this.#gone) {
      if (closedAt > until) break
      if (this.#left.has(peer)) found.push(peer)
    }
    return found
  }
}
