import { STORE_QUEUE_CUT_RECORDS } from '../../constants.ts'
import type { NodeRow } from '../row.ts'
import type { StoreRecord } from './index.ts'

/** In the order of what gives way first. Rows are as few as watched nodes, and never give way. */
const RANKS = ['beat', 'network', 'status', 'alert'] as const

type Ranked = Exclude<StoreRecord, { kind: 'row' }>

/** Records that wait to be written: bounded, the least important and oldest giving way. */
export class Queue {
  readonly #max: number
  readonly #lines = RANKS.map(() => new Line<Ranked>())
  readonly #rows = new Map<string, NodeRow>()
  #lost = 0

  /** @param max records, besides one row of each watched node */
  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#waiting + this.#rows.size
  }

  /** Records that gave way. */
  get lost(): number {
    return this.#lost
  }

  /** Takes a record; of one node only the last row is kept. */
  push(record: StoreRecord): void {
    if (record.kind === 'row') {
      this.#rows.set(record.row.peer, record.row)
      return
    }
    const rank = RANKS.indexOf(record.kind)
    if (this.#waiting >= this.#max) {
      this.#lost++
      const least = this.#lines.findIndex(({ size }) => size > 0)
      if (least > rank || least === -1) return
      this.#lines[least]?.shift()
    }
    this.#lines[rank]?.push(record)
  }

  /** Takes out up to `max` records, rows and the most important first, each kind in order of time. */
  take(max: number): StoreRecord[] {
    const taken: StoreRecord[] = []
    for (const [peer, row] of this.#rows) {
      if (taken.length >= max) break
      this.#rows.delete(peer)
      taken.push({ kind: 'row', row })
    }
    for (const line of this.#lines.toReversed()) {
      while (taken.length < max && line.size > 0) taken.push(line.shift() as Ranked)
    }
    return taken
  }

  get #waiting(): number {
    return this.#lines.reduce((sum, { size }) => sum + size, 0)
  }
}

/** First in, first out, at the same small cost however long it is. */
class Line<T> {
  #items: (T | undefined)[] = []
  #head = 0

  get size(): number {
    return this.#items.length - this.#head
  }

  push(item: T): void {
    this.#items.push(item)
  }

  shift(): T | undefined {
    const item = this.#items[this.#head]
    // What left is not kept from the garbage collector until the line is cut.
    this.#items[this.#head++] = undefined
    if (this.#head >= STORE_QUEUE_CUT_RECORDS && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }
}
