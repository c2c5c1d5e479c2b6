import { HEARTBEAT_PROTOCOL_V2 } from '../constants.ts'
import { MalformedError } from '../errors.ts'
import { type Beat, decodeBeat, type Heartbeat, LineReader, MessageReader } from '../wire/index.ts'

/** What one line or message was: a beat, or the reason why it is none. */
export type Reading = { readonly beat: Heartbeat | Beat } | { readonly error: MalformedError }

/** Reads the beats of one stream from chunks of any size, in one version of the protocol. */
export interface BeatReader {
  /** Whether its version answers beats. */
  readonly answers: boolean
  /** Whether a beat has begun and not ended. */
  readonly pending: boolean
  /** Lazy: take every result before the next push, or drop the reader. */
  push(chunk: Uint8Array): Iterable<Reading>
  /** Whether some line or message, be it empty, ended in the chunk that was pushed last. */
  readonly ended: boolean
}

/** The reader of a stream's protocol, which takes beats of so many bytes at most. */
export function beatReader(protocol: string, max?: number): BeatReader {
  return protocol === HEARTBEAT_PROTOCOL_V2 ? new MessageBeats(max) : new LineBeats(max)
}

const NEWLINE = 0x0a

class LineBeats implements BeatReader {
  readonly answers = false
  readonly #reader: LineReader
  ended = false

  constructor(max?: number) {
    this.#reader = new LineReader(max)
  }

  get pending(): boolean {
    return this.#reader.pending
  }

  push(chunk: Uint8Array): Iterable<Reading> {
    this.ended = chunk.includes(NEWLINE)
    return this.#reader.push(chunk)
  }
}

class MessageBeats implements BeatReader {
  readonly answers = true
  readonly #reader: MessageReader
  ended = false

  constructor(max?: number) {
    this.#reader = new MessageReader(max)
  }

  get pending(): boolean {
    return this.#reader.pending
  }

  *push(chunk: Uint8Array): Generator<Reading, void, undefined> {
    this.ended = false
    for (const result of this.#reader.push(chunk)) {
      this.ended = true
      yield 'error' in result ? result : decode(result.message)
    }
  }
}

function decode(message: Uint8Array): Reading {
  try {
    return { beat: decodeBeat(message) }
  } catch (error) {
    if (error instanceof MalformedError) return { error }
    throw error
  }
}
