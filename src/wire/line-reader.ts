import { MAX_LINE_BYTES } from '../constants.ts'
import { MalformedError } from '../errors.ts'
import { decodeV1, tooLong } from './decode-v1.ts'
import type { Heartbeat } from './heartbeat.ts'

/** What one line was: a beat, or the reason why it is none. */
export type LineResult = { readonly beat: Heartbeat } | { readonly error: MalformedError }

const NEWLINE = 0x0a
const BLANKS: readonly number[] = [0x09, 0x0d, 0x20]

/**
 * Reads the beats of one `fil/heartbeat/1.0.0` stream from chunks of any size. Holds one line at
 * most, and nothing at all between two lines.
 */
export class LineReader {
  readonly #max: number
  /** The unfinished line; absent while there is none, and while one that is too long is skipped. */
  #held: Uint8Array | undefined
  /** Bytes of the unfinished line; above the most its rest is skipped. */
  #length = 0

  /** @param max bytes of the longest line, at most `MAX_LINE_BYTES` */
  constructor(max = MAX_LINE_BYTES) {
    this.#max = max
  }

  /** Whether a line has begun and not ended: a session waits only so long for its newline. */
  get pending(): boolean {
    return this.#length > 0
  }

  /**
   * Yields a result for each line that ends in the chunk, and at once for one that grows too
   * long; a blank line yields none. Lazy: take every result before the next push, or drop the
   * reader.
   */
  *push(chunk: Uint8Array): Generator<LineResult, void, undefined> {
    let start = 0
    let newline = chunk.indexOf(NEWLINE)
    while (newline !== -1) {
      const result = this.#end(chunk.subarray(start, newline))
      if (result !== undefined) yield result
      start = newline + 1
      newline = chunk.indexOf(NEWLINE, start)
    }
    const result = this.#grow(chunk.subarray(start))
    if (result !== undefined) yield result
  }

  #end(part: Uint8Array): LineResult | undefined {
    if (this.#length === 0) return readLine(part, this.#max)
    const result = this.#grow(part)
    const line = this.#held?.subarray(0, this.#length)
    this.#held = undefined
    this.#length = 0
    return line === undefined ? result : readLine(line, this.#max)
  }

  #grow(part: Uint8Array): LineResult | undefined {
    const offset = this.#length
    if (part.length === 0 || offset > this.#max) return undefined
    this.#length += part.length
    if (this.#length > this.#max) {
      this.#held = undefined
      return { error: tooLong(this.#max) }
    }
    // A copy, since a chunk that is kept would keep its whole buffer.
    this.#held ??= new Uint8Array(this.#max)
    this.#held.set(part, offset)
    return undefined
  }
}

function readLine(line: Uint8Array, max: number): LineResult | undefined {
  if (line.length > max) return { error: tooLong(max) }
  if (line.every((byte) => BLANKS.includes(byte))) return undefined
  try {
    return { beat: decodeV1(line) }
  } catch (error) {
    if (error instanceof MalformedError) return { error }
    throw error
  }
}
