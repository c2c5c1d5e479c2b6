import type { NodeRow } from '../row.ts'
import { rowText } from './row-text.ts'
import type { TextSource } from './text-reader.ts'

/** What the text of a roster is made of. */
export interface RowsTextInit {
  /** Whose rows, in this order. */
  readonly peers: readonly string[]
  /** The present row of a peer. */
  readonly find: (peer: string) => NodeRow | undefined
  /** A row of this peer has been told. */
  readonly onRow?: (peer: string) => void
}

/**
 * A roster as one JSON object, piece by piece. It holds peer ids alone and takes each row when its
 * turn comes, so that a slow reader keeps no old rows alive; who is gone by then is left out.
 */
export class RowsText implements TextSource {
  readonly #init: RowsTextInit
  #next = 0
  #hasRows = false
  #isEnded = false

  constructor(init: RowsTextInit) {
    this.#init = init
  }

  /** Whether all has been taken. */
  get isEnded(): boolean {
    return this.#isEnded
  }

  /** About `size` characters, at most a row more; `undefined` when all has been taken. */
  take(size: number): string | undefined {
    if (this.#isEnded) return undefined
    const { peers, find, onRow } = this.#init
    let text = this.#next === 0 ? '{"nodes":[' : ''
    for (;;) {
      const peer = peers[this.#next]
      if (peer === undefined) break
      this.#next += 1
      const row = find(peer)
      if (row === undefined) continue
      text += `${this.#hasRows ? ',' : ''}${rowText(row)}`
      this.#hasRows = true
      onRow?.(peer)
      if (text.length >= size) return text
    }
    this.#isEnded = true
    return `${text}]}`
  }
}
