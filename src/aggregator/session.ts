import type { Stream } from '@libp2p/interface'
import { STREAM_CLOSE_TIMEOUT } from '../constants.ts'
import type { MalformedReason } from '../errors.ts'
import type { Clock } from '../timing/index.ts'
import type { Ack, Answer, Beat, Heartbeat } from '../wire/index.ts'
import type { Admittance } from './admission.ts'
import type { BeatReader } from './beat-reader.ts'
import { type EndedStream, endInOrder, say } from './ending.ts'
import type { Limits } from './limits.ts'
import { isAnnounced } from './row.ts'

/** The part of a libp2p stream that is read, and answered where its version answers. */
export type BeatStream = EndedStream & Pick<Stream, 'removeEventListener' | 'readableEnded'>

/** Whom a session tells. What it answers is said, where the version has answers. */
export interface SessionPort {
  /** More bytes have come. */
  admitBytes(length: number): Admittance
  /** One more beat has come, whatever is in it. */
  admitLine(): Admittance
  /** A beat was read. @returns `'full'` when there is no room for its peer */
  beat(beat: Heartbeat | Beat): Ack | 'taken' | 'full'
  /** Something came that is no beat. @param seq of the last one that was */
  malformed(reason: MalformedReason, seq: number): Ack | undefined
  /** A beat is left out. */
  dropped(beat: Heartbeat | Beat): Ack | undefined
  /** The peer sent so much that it is refused from now on. */
  refused(): void
  /** The session resets its stream. */
  reset(why: string): void
  /** What came at once was read, judged and answered in so many ms. */
  ingested?(duration: number): void
  /** The stream is closed, by whomever. Called once, last. */
  closed(): void
}

/** The least number of a beat. What is answered before the first good one is the attempt at it. */
export const FIRST_SEQ = 1

/** Reads the beats of one stream, and resets it when its sender does not keep to the rules. */
export class Session {
  readonly #stream: BeatStream
  readonly #reader: BeatReader
  readonly #port: SessionPort
  readonly #limits: Limits
  readonly #clock: Clock
  /** When the last malformed beats came, in ms that never jump. */
  #malformedAt: number[] = []
  #seq = FIRST_SEQ
  #cancelDeadline: (() => void) | undefined
  #state: 'reading' | 'ending' | 'closed' = 'reading'

  constructor(
    stream: BeatStream,
    reader: BeatReader,
    port: SessionPort,
    limits: Limits,
    clock: Clock
  ) {
    this.#stream = stream
    this.#reader = reader
    this.#port = port
    this.#limits = limits
    this.#clock = clock
  }

  /** Number of the last beat that was read. */
  get seq(): number {
    return this.#seq
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

  /**
   * Reads no more, says a last word and closes the stream in order. A version without answers has
   * no last word: its stream is reset.
   */
  async end(why: string, lastWord: () => Answer): Promise<void> {
    if (this.#state !== 'reading') return
    if (!this.#reader.answers) return this.abort(why)
    this.#state = 'ending'
    this.#cancelDeadline?.()
    await endInOrder(this.#stream, lastWord(), this.#clock)
  }

  readonly #onMessage = ({ data }: { data: { subarray(): Uint8Array } }): void => {
    // The rest of a stream that is ending is taken and left out.
    if (this.#state !== 'reading') return
    const begin = this.#clock.elapsed()
    // An error that leaves a listener ends the process.
    try {
      this.#read(data.subarray())
    } catch (error) {
      this.#reset(`a fault of ours: ${error}`)
    }
    this.#port.ingested?.(this.#clock.elapsed() - begin)
  }

  readonly #onEnd = (): void => {
    if (this.#state !== 'reading') return
    const signal = AbortSignal.timeout(STREAM_CLOSE_TIMEOUT)
    this.#stream.close({ signal }).catch((error) => this.#stream.abort(error))
  }

  readonly #onClose = (): void => {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#cancelDeadline?.()
    this.#stream.removeEventListener('message', this.#onMessage)
    this.#stream.removeEventListener('close', this.#onClose)
    this.#stream.removeEventListener('end', this.#onEnd)
    this.#port.closed()
  }

  #read(chunk: Uint8Array): void {
    if (this.#port.admitBytes(chunk.length) === 'refused') return this.#port.refused()
    for (const reading of this.#reader.push(chunk)) {
      const admittance = this.#port.admitLine()
      if (admittance === 'refused') return this.#port.refused()
      if ('error' in reading) this.#strike(reading.error.reason)
      else if (admittance === 'dropped') this.#answer(this.#port.dropped(reading.beat))
      else this.#take(reading.beat)
      if (this.#state !== 'reading') return
    }
    this.#setDeadline()
  }

  #take(beat: Heartbeat | Beat): void {
    if (isAnnounced(beat)) this.#seq = beat.seq
    const answer = this.#port.beat(beat)
    if (answer !== 'full') return this.#answer(answer === 'taken' ? undefined : answer)
    const why = 'the roster is full'
    if (!this.#reader.answers) return this.#reset(why)
    void this.end(why, () => ({ type: 'ack', seq: this.#seq, reason: 'refused' }))
  }

  #answer(answer: Ack | undefined): void {
    if (this.#reader.answers && answer !== undefined) say(this.#stream, answer)
  }

  #strike(reason: MalformedReason): void {
    this.#answer(this.#port.malformed(reason, this.#seq))
    const now = this.#clock.elapsed()
    const { maxMalformed, malformedPeriod } = this.#limits
    this.#malformedAt = this.#malformedAt.filter((at) => now - at < malformedPeriod)
    this.#malformedAt.push(now)
    if (reason === 'framing') return this.#reset('nobody can tell where its next message begins')
    if (this.#malformedAt.length < maxMalformed) return
    this.#reset(`${maxMalformed} malformed beats, the last of them: ${reason}`)
  }

  // A beat has until then to end from its first byte on, so that single bytes do not put it off.
  #setDeadline(): void {
    if (this.#reader.ended) {
      this.#cancelDeadline?.()
      this.#cancelDeadline = undefined
    }
    if (!this.#reader.pending) return
    this.#cancelDeadline ??= this.#clock.after(this.#limits.unfinishedTimeout, () =>
      this.#reset('a beat was begun and not ended')
    )
  }

  #reset(why: string): void {
    this.#port.reset(why)
    this.abort(why)
  }
}
