import type { Clock } from '../../timing/index.ts'
import type { Limits } from '../limits.ts'
import type { Roster } from '../roster.ts'
import { FeedText } from './feed-text.ts'
import { TextReader } from './text-reader.ts'

/** What the feed works with. */
export interface FeedInit {
  readonly roster: Pick<Roster, 'peers' | 'get'>
  readonly limits: Limits
  readonly clock: Clock
}

/** Tells every reader who is there, then what changes, gathered for a moment. */
export class Feed {
  readonly #init: FeedInit
  readonly #readers = new Map<TextReader, FeedText>()
  readonly #changed = new Set<string>()
  #cancelFlush: (() => void) | undefined
  #cancelKeepAlive: (() => void) | undefined
  #stopped = false

  constructor(init: FeedInit) {
    this.#init = init
  }

  /** Readers now. */
  get size(): number {
    return this.#readers.size
  }

  /** The row of this peer came, changed or went. */
  change(peer: string): void {
    if (this.#readers.size === 0) return
    this.#changed.add(peer)
    const { clock, limits } = this.#init
    this.#cancelFlush ??= clock.after(limits.flushDelay, this.#flush)
  }

  /**
   * A stream of server-sent events for one more reader; `undefined` when there are too many.
   *
   * @param cut ends the connection of a reader that takes nothing for too long
   */
  open(cut: () => void): ReadableStream<Uint8Array<ArrayBuffer>> | undefined {
    const { roster, limits, clock } = this.#init
    if (this.#stopped || this.#readers.size >= limits.maxReaders) return undefined
    const text = new FeedText(roster.peers(), (peer) => roster.get(peer))
    const onClose = (): void => this.#forget(reader)
    const reader = new TextReader({ text, limits, clock, cut, onClose })
    this.#readers.set(reader, text)
    this.#cancelKeepAlive ??= clock.after(limits.keepAlivePeriod, this.#keepAlive)
    return reader.stream
  }

  /** Ends every reader's stream; there are no others from now on. */
  stop(): void {
    this.#stopped = true
    for (const reader of this.#readers.keys()) reader.end()
  }

  readonly #flush = (): void => {
    this.#cancelFlush = undefined
    for (const [reader, text] of this.#readers) {
      text.change(this.#changed)
      reader.wake()
    }
    this.#changed.clear()
  }

  readonly #keepAlive = (): void => {
    const { clock, limits } = this.#init
    this.#cancelKeepAlive = clock.after(limits.keepAlivePeriod, this.#keepAlive)
    for (const [reader, text] of this.#readers) {
      text.keepAlive()
      reader.wake()
    }
  }

  #forget(reader: TextReader): void {
    this.#readers.delete(reader)
    if (this.#readers.size > 0) return
    this.#cancelFlush?.()
    this.#cancelKeepAlive?.()
    this.#cancelFlush = undefined
    this.#cancelKeepAlive = undefined
    this.#changed.clear()
  }
}
