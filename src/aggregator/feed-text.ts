import type { NodeRow } from './roster.ts'
import { rowText } from './row-text.ts'

/**
 * What one reader of the feed is still to be told, as server-sent events: first a snapshot, then
 * the rows that changed. Changes wait as peer ids, so that a slow reader gets the last state of a
 * peer once, and costs no more than its share of the roster.
 */
export class FeedText {
  readonly #find: (peer: string) => NodeRow | undefined
  readonly #snapshot: NodeRow[]
  readonly #changed = new Set<string>()
  #id = 0
  #isWithinSnapshot = true
  #keepAlive = false

  /** @param rows the snapshot @param find the present row of a peer */
  constructor(rows: readonly NodeRow[], find: (peer: string) => NodeRow | undefined) {
    this.#snapshot = rows.toReversed()
    this.#find = find
  }

  /** The rows of these peers came, changed or went. */
  change(peers: Iterable<string>): void {
    for (const peer of peers) this.#changed.add(peer)
  }

  /** A comment is due, unless there is more to say. */
  keepAlive(): void {
    this.#keepAlive = true
  }

  /** About `size` characters, at most a row more; `undefined` when there is nothing to say. */
  take(size: number): string | undefined {
    const text = this.#isWithinSnapshot ? this.#takeSnapshot(size) : this.#takeChanges(size)
    const comment = this.#keepAlive ? ':\n\n' : undefined
    this.#keepAlive = false
    return text === '' ? comment : text
  }

  #takeSnapshot(size: number): string {
    let text = this.#id === 0 ? `id: ${++this.#id}\nevent: snapshot\ndata: {"nodes":[` : ''
    for (;;) {
      const row = this.#snapshot.pop()
      if (row !== undefined) text += rowText(row)
      if (this.#snapshot.length === 0) break
      text += ','
      if (text.length >= size) return text
    }
    this.#isWithinSnapshot = false
    return `${text}]}\n\n`
  }

  #takeChanges(size: number): string {
    let text = ''
    for (const peer of this.#changed) {
      this.#changed.delete(peer)
      const row = this.#find(peer)
      const event = row === undefined ? 'gone' : 'node'
      const data = row === undefined ? JSON.stringify({ peer }) : rowText(row)
      text += `id: ${++this.#id}\nevent: ${event}\ndata: ${data}\n\n`
      if (text.length >= size) break
    }
    return text
  }
}
