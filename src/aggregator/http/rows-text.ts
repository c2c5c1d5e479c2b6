import type { NodeRow } from '../row.ts'
import { rowText } from './row-text.ts'
import type { TextSource } from './text-reader.ts'

/** What the text of many rows is made of. */
export interface RowsTextInit {
  /** Whose rows, in this order. */
  readonly peers: readonly string[]
  /** The present row of a peer. */
  readonly find: (peer: string) => NodeRow | undefined
  /** What stands before, between and after the rows, which are JSON on one line each. */
  readonly begin: string
  readonly between: string
  readonly end: string
}

/**
 * Rows as one text, piece by piece. It holds peer ids alone and takes each row when its turn
 * comes, so that a slow reader keeps no old rows alive; who is gone by then is left out.
 */
export class RowsText implements TextSource {
  readonly #init: RowsTextInit
  #next = 0
  #hasRows = false
  #state: 'begin' | 'rows' | 'ended' = 'begin'

  constructor(init: RowsTextInit) {
    this.#init = init
  }

  /** Whether all has been taken. */
  get isEnded(): boolean {
    return this.#state === 'ended'
  }

  /** About `size` characters, at most a row more; `undefined` when all has been taken. */
  take(size: number): string | undefined {
    if (this.#state === 'ended') return undefined
    const { peers, find, begin, between, end } = this.#init
    let text = this.#state === 'begin' ? begin : ''
    this.#state = 'rows'
    for (;;) {
      const peer = peers[this.#next]
      if (peer === undefined) break
      this.#next += 1
      const row = find(peer)
      if (row === undefined) continue
      text += `${this.#hasRows ? between : ''}${rowText(row)}`
      this.#hasRows = true
      if (text.length >= size) return text
    }
    this.#state = 'ended'
    return `${text}${end}`
  }
}
