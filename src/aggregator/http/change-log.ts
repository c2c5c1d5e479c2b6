import { FEED_CHANGES_SLACK } from '../../constants.ts'

/** One change: what, and its place in the order of all changes. */
export interface Change<T> {
  readonly sequence: number
  readonly key: string
  readonly what: T
}

/**
 * The latest change of each key, in order, so that a reader need remember no more than how far it
 * is. Bounded: beyond `max` keys the one that changed longest ago is forgotten.
 */
export class ChangeLog<T> {
  readonly #max: number
  /** Key to its latest sequence. */
  readonly #latest = new Map<string, number>()
  /** In order of sequence; those that a later one of the same key has overtaken are skipped. */
  #changes: Change<T>[] = []
  #forgotten = 0

  constructor(max: number) {
    this.#max = max
  }

  /** Keys that are remembered. */
  get size(): number {
    return this.#latest.size
  }

  /** Takes a change whose sequence is higher than all before. */
  add(change: Change<T>): void {
    this.#latest.set(change.key, change.sequence)
    this.#changes.push(change)
    const enough = 2 * Math.min(this.#latest.size, this.#max) + FEED_CHANGES_SLACK
    if (this.#changes.length > enough) this.#compact()
  }

  /** Whether everything after `sequence` is still known. */
  knowsSince(sequence: number): boolean {
    return sequence >= this.#forgotten
  }

  /** The first change that is still the latest of its key, after one sequence and up to another. */
  next(after: number, upTo: number): Change<T> | undefined {
    for (let index = this.#indexAfter(after); index < this.#changes.length; index++) {
      const change = this.#changes[index]
      if (change === undefined || change.sequence > upTo) return undefined
      if (this.#latest.get(change.key) === change.sequence) return change
    }
    return undefined
  }

  #indexAfter(sequence: number): number {
    let [low, high] = [0, this.#changes.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#changes[middle]?.sequence ?? 0) > sequence) high = middle
      else low = middle + 1
    }
    return low
  }

  #compact(): void {
    const current = this.#changes.filter(({ key, sequence }) => this.#latest.get(key) === sequence)
    const tooMany = current.splice(0, Math.max(0, current.length - this.#max))
    for (const { key, sequence } of tooMany) {
      this.#latest.delete(key)
      this.#forgotten = sequence
    }
    this.#changes = current
  }
}
