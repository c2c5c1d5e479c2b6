import { MAX_MESSAGE_BYTES, MAX_SKIPPED_BYTES } from '../constants.ts'
import { MalformedError } from '../errors.ts'

/** What came in one frame: a message without its length, or the reason why there is none. */
export type MessageResult = { readonly message: Uint8Array } | { readonly error: MalformedError }

/** Bits of a length that are in one byte; the eighth says that another follows. */
const BITS = 7
const MORE = 0x80

/** Puts a message's length before it, as an unsigned varint. */
export function frame(message: Uint8Array): Uint8Array {
  const length: number[] = []
  let rest = message.length
  for (; rest >= MORE; rest >>>= BITS) length.push((rest % MORE) | MORE)
  const framed = new Uint8Array(length.length + 1 + message.length)
  framed.set([...length, rest])
  framed.set(message, length.length + 1)
  return framed
}

/**
 * Reads the messages of one `/fil/heartbeat/2.0.0` stream from chunks of any size, in either
 * direction. Holds at most one message.
 *
 * An error with the reason `framing` is the last result: nobody can tell where the next message
 * begins, and the stream must be reset.
 */
export class MessageReader {
  readonly #max: number
  #state: State = { at: 'length', value: 0, size: 0 }

  /** @param max bytes of the longest message, at most `MAX_MESSAGE_BYTES` */
  constructor(max = MAX_MESSAGE_BYTES) {
    this.#max = max
  }

  /** Whether a message has begun and not ended: a session waits only so long for its last byte. */
  get pending(): boolean {
    const state = this.#state
    return state.at === 'length' ? state.size > 0 : state.at !== 'broken'
  }

  /**
   * Yields a result for each message that ends in the chunk, and at once for one whose length is
   * too large. Lazy: take every result before the next push, or drop the reader.
   */
  *push(chunk: Uint8Array): Generator<MessageResult, void, undefined> {
    let at = 0
    while (at < chunk.length && this.#state.at !== 'broken') {
      const [taken, result] = this.#step(this.#state, chunk.subarray(at))
      at += taken
      if (result !== undefined) yield result
    }
  }

  /** Takes some bytes; gives how many, and what became of them. */
  #step(state: Exclude<State, { at: 'broken' }>, chunk: Uint8Array): Step {
    switch (state.at) {
      case 'length':
        return [1, this.#readLength(state, chunk[0] ?? 0)]
      case 'message':
        return this.#fill(state, chunk)
      case 'skipped': {
        const taken = Math.min(state.left, chunk.length)
        state.left -= taken
        if (state.left === 0) this.#begin()
        return [taken, undefined]
      }
    }
  }

  #begin(): void {
    this.#state = { at: 'length', value: 0, size: 0 }
  }

  #readLength(state: LengthState, byte: number): MessageResult | undefined {
    const value = state.value + (byte % MORE) * MORE ** state.size
    const size = state.size + 1
    if (value > MAX_SKIPPED_BYTES) return this.#break('a length beyond all measure')
    if (byte >= MORE) {
      if (MORE ** size > MAX_SKIPPED_BYTES) return this.#break('a length without end')
      this.#state = { at: 'length', value, size }
      return undefined
    }
    if (byte === 0 && size > 1) return this.#break('a length that is not in its shortest form')
    if (value === 0) {
      this.#begin()
      return { error: new MalformedError('cbor', 'is empty') }
    }
    if (value > this.#max) {
      this.#state = { at: 'skipped', left: value }
      return { error: new MalformedError('too-long', `is longer than ${this.#max} bytes`) }
    }
    this.#state = { at: 'message', message: new Uint8Array(value), filled: 0 }
    return undefined
  }

  #fill(state: MessageState, chunk: Uint8Array): Step {
    const { message, filled } = state
    const part = chunk.subarray(0, message.length - filled)
    // A copy, since a chunk that is kept would keep its whole buffer.
    message.set(part, filled)
    state.filled += part.length
    if (state.filled < message.length) return [part.length, undefined]
    this.#begin()
    return [part.length, { message }]
  }

  #break(problem: string): MessageResult {
    this.#state = { at: 'broken' }
    return { error: new MalformedError('framing', `has ${problem}`) }
  }
}

type Step = readonly [taken: number, result: MessageResult | undefined]
type LengthState = { readonly at: 'length'; readonly value: number; readonly size: number }
type MessageState = { readonly at: 'message'; readonly message: Uint8Array; filled: number }
type State =
  | LengthState
  | MessageState
  | { readonly at: 'skipped'; left: number }
  | { readonly at: 'broken' }
