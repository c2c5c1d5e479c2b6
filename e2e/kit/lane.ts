import type { Socket } from 'node:net'

/** What may be done to bytes under way; may change at any time. */
export interface LaneRules {
  /** In ms. */
  latency: number
  /** Nothing moves. */
  held: boolean
  bytesPerSecond: number
}

interface Item {
  readonly due: number
  readonly what: Uint8Array | 'end' | 'reset'
}

/** How often a slow drip drips, in ms. */
const DRIP_PERIOD = 20

/**
 * One direction of a connection: hands on what is pushed, in order, each a latency after it came.
 * When something is due is fixed by its arrival, so that a busy machine adds no delay to delay.
 */
export class Lane {
  readonly #to: Socket
  readonly #rules: LaneRules
  readonly #opensAt: number
  #queue: Item[] = []
  #timer: NodeJS.Timeout | undefined
  #ended = false

  /** @param opensAt what comes earlier counts as come then */
  constructor(to: Socket, rules: LaneRules, opensAt: number) {
    this.#to = to
    this.#rules = rules
    this.#opensAt = opensAt
  }

  push(what: Item['what']): void {
    if (this.#ended) return
    const before = this.#queue.at(-1)?.due ?? 0
    const due = Math.max(performance.now(), this.#opensAt) + this.#rules.latency
    this.#queue.push({ what, due: Math.max(before, due) })
    this.move()
  }

  /** Hands on what is due; called as well when the rules have changed. */
  move(): void {
    if (this.#timer !== undefined || this.#ended) return
    while (!this.#rules.held) {
      const [item] = this.#queue
      if (item === undefined) return
      const wait = item.due - performance.now()
      if (wait > 0) return this.#later(wait)
      if (
        typeof item.what === 'string' ||
        this.#rules.bytesPerSecond === Number.POSITIVE_INFINITY
      ) {
        this.#queue.shift()
        this.#deliver(item.what)
      } else {
        this.#drip(item.what, item.due)
        return this.#later(DRIP_PERIOD)
      }
    }
  }

  /** Nothing more is handed on. */
  end(): void {
    this.#ended = true
    this.#queue = []
    clearTimeout(this.#timer)
  }

  #later(wait: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.move()
    }, wait)
    this.#timer.unref()
  }

  #drip(chunk: Uint8Array, due: number): void {
    const length = Math.max(1, Math.floor((this.#rules.bytesPerSecond * DRIP_PERIOD) / 1_000))
    this.#deliver(chunk.subarray(0, length))
    if (length < chunk.length) this.#queue[0] = { due, what: chunk.subarray(length) }
    else this.#queue.shift()
  }

  #deliver(what: Item['what']): void {
    if (this.#to.destroyed) return
    if (what === 'end') this.#to.end()
    else if (what === 'reset') this.#to.resetAndDestroy()
    else if (this.#to.writable) this.#to.write(what)
  }
}
