import type { Clock } from '../../timing/index.ts'
import type { Limits } from '../limits.ts'

/** Text that is made piece by piece. */
export interface TextSource {
  /** Whether there will never be more. */
  readonly isEnded: boolean
  /** About `size` characters; `undefined` when there is nothing to say now. */
  take(size: number): string | undefined
}

/** What a reader of text needs. */
export interface TextReaderInit {
  readonly text: TextSource
  readonly limits: Pick<Limits, 'chunkBytes' | 'drainTimeout'>
  readonly clock: Clock
  /** Ends the connection of a reader that takes nothing. */
  readonly cut: () => unknown
  /** The reader is gone. Called once. */
  readonly onClose?: () => void
}

/** One reader over HTTP: a stream that makes text only when it is asked for, and waits only so long. */
export class TextReader {
  readonly #init: TextReaderInit
  readonly #encoder = new TextEncoder()
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined
  /** Set while the stream has been asked and has nothing to say. */
  #waiting: (() => void) | undefined
  #cancelDeadline: (() => void) | undefined
  #open = true

  constructor(init: TextReaderInit) {
    this.#init = init
    this.#setDeadline()
    this.stream = new ReadableStream(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => this.#pull(),
        cancel: () => this.#close()
      },
      { highWaterMark: 0 }
    )
  }

  /** There may be more text now. */
  wake(): void {
    this.#waiting?.()
  }

  /** Ends the stream in order. */
  end(): void {
    if (!this.#open) return
    this.#controller?.close()
    this.#close()
  }

  async #pull(): Promise<void> {
    this.#cancelDeadline?.()
    const { text, limits } = this.#init
    let next: string | undefined
    while (this.#open) {
      next = text.take(limits.chunkBytes)
      if (next !== undefined) break
      if (text.isEnded) return this.end()
      await new Promise<void>((resolve) => {
        this.#waiting = resolve
      })
      this.#waiting = undefined
    }
    if (next === undefined) return
    this.#controller?.enqueue(this.#encoder.encode(next))
    this.#setDeadline()
  }

  // Whoever reads asks for more as soon as it has passed on what it got.
  #setDeadline(): void {
    const { limits, clock, cut } = this.#init
    this.#cancelDeadline = clock.after(limits.drainTimeout, () => {
      this.#close()
      cut()
    })
  }

  #close(): void {
    if (!this.#open) return
    this.#open = false
    this.#cancelDeadline?.()
    this.#waiting?.()
    this.#init.onClose?.()
  }
}
