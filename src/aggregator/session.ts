import type { Stream } from '@libp2p/interface'
import { STREAM_CLOSE_TIMEOUT } from '../constants.ts'
import type { MalformedReason } from '../errors.ts'
import type { Clock } from '../timing/index.ts'
import { type Heartbeat, LineReader } from '../wire/index.ts'
import type { Admittance } from './admission.ts'
import type { Limits } from './limits.ts'

/** The part of a libp2p stream that is read. Nothing is ever written to it. */
export type BeatStream = Pick<
  Stream,
  'addEventListener' | 'removeEventListener' | 'readableEnded' | 'close' | 'abort'
>

/** Whom a session tells. */
export interface SessionPort {
  /** More bytes have come. */
  admitBytes(length: number): Admittance
  /** One more line has come. */
  admitLine(): Admittance
  /** A beat was read. @returns whether there was room for it */
  beat(beat: Heartbeat): boolean
  malformed(reason: MalformedReason): void
  dropped(): void
  /** The peer sent so much that it is refused from now on. */
  refused(): void
  /** The session resets its stream. */
  reset(why: string): void
  /** The stream is closed, by whomever. Called once, last. */
  closed(): void
}

const NEWLINE = 0x0a

/** Reads the beats of one stream, and resets it when its sender does not keep to the rules. */
export class Session {
  readonly #stream: BeatStream
  readonly #port: SessionPort
  readonly #limits: Limits
  readonly #clock: Clock
  readonly #reader = new LineReader()
  /** When the last malformed lines came, in ms that never jump. */
  #malformedAt: number[] = []
  #cancelDeadline: (() => void) | undefined
  #open = true

  constructor(stream: BeatStream, port: SessionPort, limits: Limits, clock: Clock) {
    this.#stream = stream
    this.#port = port
    this.#limits = limits
    this.#clock = clock
  }

  /** Begins to read: bytes that came before are read at once. */
  start(): void {
    this.#stream.addEventListener('close', this.#onClose)
    this.#stream.addEventListener('end', this.#onEnd)
    this.#stream.addEventListener('message', this.#onMessage)
    if (this.#stream.readableEnded) this.#onEnd()
  }

  /** Resets the stream. */
  abort(why: string): void {
    this.#stream.abort(new Error(why))
    this.#onClose()
  }

  readonly #onMessage = ({ data }: { data: { subarray(): Uint8Array } }): void => {
    // An error that leaves a listener ends the process.
    try {
      this.#read(data.subarray())
    } catch (error) {
      this.#reset(`a fault of ours: ${error}`)
    }
  }

  readonly #onEnd = (): void => {
    const signal = AbortSignal.timeout(STREAM_CLOSE_TIMEOUT)
    this.#stream.close({ signal }).catch((error) => this.#stream.abort(error))
  }

  readonly #onClose = (): void => {
    if (!this.#open) return
    this.#open = false
    this.#cancelDeadline?.()
    this.#stream.removeEventListener('message', this.#onMessage)
    this.#stream.removeEventListener('close', this.#onClose)
    this.#stream.removeEventListener('end', this.#onEnd)
    this.#port.closed()
  }

  #read(chunk: Uint8Array): void {
    if (this.#port.admitBytes(chunk.length) === 'refused') return this.#port.refused()
    for (const result of this.#reader.push(chunk)) {
      const admittance = this.#port.admitLine()
      if (admittance === 'refused') return this.#port.refused()
      if ('error' in result) this.#strike(result.error.reason)
      else if (admittance === 'dropped') this.#port.dropped()
      else if (!this.#port.beat(result.beat)) this.#reset('the roster is full')
      if (!this.#open) return
    }
    this.#setDeadline(chunk.includes(NEWLINE))
  }

  #strike(reason: MalformedReason): void {
    this.#port.malformed(reason)
    const now = this.#clock.elapsed()
    const { maxMalformed, malformedPeriod } = this.#limits
    this.#malformedAt = this.#malformedAt.filter((at) => now - at < malformedPeriod)
    this.#malformedAt.push(now)
    if (this.#malformedAt.length < maxMalformed) return
    this.#reset(`${maxMalformed} malformed lines, the last of them: ${reason}`)
  }

  // A line has until then to end from its first byte on, so that single bytes do not put it off.
  #setDeadline(lineEnded: boolean): void {
    if (lineEnded) {
      this.#cancelDeadline?.()
      this.#cancelDeadline = undefined
    }
    if (!this.#reader.pending) return
    this.#cancelDeadline ??= this.#clock.after(this.#limits.unfinishedTimeout, () =>
      this.#reset('a line was begun and not ended')
    )
  }

  #reset(why: string): void {
    this.#port.reset(why)
    this.abort(why)
  }
}
