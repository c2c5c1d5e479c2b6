import type { NodeRow } from '../row.ts'
import { rowText } from './row-text.ts'
import { RowsText } from './rows-text.ts'
import type { TextSource } from './text-reader.ts'

/**
 * What one reader of the feed is still to be told, as server-sent events: first a snapshot, then
 * the rows that changed. Both wait as peer ids, so that a slow reader gets the last state of a
 * peer once, and costs no more than its share of the roster.
 */
export class FeedText implements TextSource {
  /** There may always be more. */
  readonly isEnded = false
  readonly #find: (peer: string) => NodeRow | undefined
  readonly #snapshot: RowsText
  readonly #changed = new Set<string>()
  #id = 0
  #keepAlive = false

  /** @param peers who is in the snapshot @param find the present row of a peer */
  constructor(peers: readonly string[], find: (peer: string) => NodeRow | undefined) {
    this.#find = find
    // What the snapshot tells is no change any more.
    this.#snapshot = new RowsText({ peers, find, onRow: (peer) => this.#changed.delete(peer) })
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
    const text = this.#takeSnapshot(size) ?? this.#takeChanges(size)
    const comment = this.#keepAlive ? ':\n\n' : undefined
    this.#keepAlive = false
    return text === '' ? comment : text
  }

  #takeSnapshot(size: number): string | undefined {
    const rows = this.#snapshot.take(size)
    if (rows === undefined) return undefined
    const start = this.#id === 0 ? `id: ${++this.#id}\nevent: snapshot\ndata: ` : ''
    return `${start}${rows}${this.#snapshot.isEnded ? '\n\n' : ''}`
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
