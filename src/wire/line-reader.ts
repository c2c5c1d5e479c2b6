import { MAX_LINE_BYTES } from '../constants.ts'
import { MalformedError } from '../errors.ts'
import { decodeV1, tooLong } from './decode-v1.ts'
import type { Heartbeat } from './heartbeat.ts'

/** What one line was: a beat, or the reason why it is none. */
export type LineResult = { readonly beat: Heartbeat } | { readonly error: MalformedError }

const NEWLINE = 0x0a
const BLANKS: readonly number[] = [0x09, 0x0d, 0x20]

/**
 * Reads the beats of one `fil/heartbeat/1.0.0` stream from chunks of any size. Holds at most
 * `MAX_LINE_BYTES`, and nothing at all between two lines.
 */
export class LineReader {
  /** The unfinished line; absent while there is none, and while one that is too long is skipped. */
  #held: Uint8Array | undefined
  /** Bytes of the unfinished line; above `MAX_LINE_BYTES` its rest is skipped. */
  #length = 0

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
    if (this.#length === 0) return readLine(part)
    const result = this.#grow(part)
    const line = this.#held?.subarray(0, this.#length)
    this.#held = undefined
    this.#length = 0
    return line === undefined ? result : readLine(line)
  }

  #grow(part: Uint8Array): LineResult | undefined {
    const offset = this.#length
    if (part.length === 0 || offset > MAX_LINE_BYTES) return undefined
    this.#length += part.length
    if (this.#length > MAX_LINE_BYTES) {
      this.#held = undefined
      return { error: tooLong() }
    }
    // A copy, since a chunk that is kept would keep its whole buffer.
    this.#held ??= new Uint8Array(MAX_LINE_BYTES)
    this.#held.set(part, offset)
    return undefined
  }
}

function readLine(line: Uint8Array): LineResult | undefined {
  if (line.length <= MAX_LINE_BYTES && line.every((byte) => BLANKS.includes(byte))) return undefined
  try {
    return { beat: decodeV1(line) }
  } catch (error) {
    if (error instanceof MalformedError) return { error }
    throw error
  }
}
