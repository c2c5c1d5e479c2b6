import {
  ACCEPT_TIMEOUT,
  HEARTBEAT_PROTOCOL_V1,
  HEARTBEAT_PROTOCOL_V2,
  STREAM_CLOSE_TIMEOUT
} from '../constants.ts'
import { systemClock } from '../timing/index.ts'
import {
  type Answer,
  type Beat,
  decodeAnswer,
  encodeBeat,
  encodeV1,
  MessageReader
} from '../wire/index.ts'
import type { Leg, Version, Way } from './route.ts'

/** The part of a libp2p stream that a leg needs. */
export interface HeartbeatStream {
  readonly status: string
  readonly writableNeedsDrain: boolean
  send(data: Uint8Array): boolean
  close(options?: { signal?: AbortSignal }): Promise<void>
  abort(error: Error): void
  addEventListener(type: 'close', listener: () => void): void
  addEventListener(
    type: 'message',
    listener: (event: { data: { subarray(): Uint8Array } }) => void
  ): void
}

/** The part of a libp2p connection that a leg needs. */
export interface HeartbeatConnection {
  readonly status: string
  readonly remoteAddr: { toString(): string }
  readonly remotePeer: { toString(): string }
  close(): Promise<void>
  newStream(
    protocol: string,
    options: { signal: AbortSignal; runOnLimitedConnection: true }
  ): Promise<HeartbeatStream>
}

/** What a leg is made of. */
export interface LegInit {
  readonly connection: HeartbeatConnection
  readonly way: Way
  /** Peers that are known to speak the first version only, by their ids; what is learnt is added. */
  readonly olderPeers: Set<string>
  /** Where protocols are taken for accepted before the answer: resolves when it has come. */
  readonly whenAccepted?: (stream: HeartbeatStream) => Promise<void>
  /** Asks the other end of the connection whether it is there. */
  readonly probe?: (signal: AbortSignal) => Promise<void>
  /** Ends what was opened for this leg alone, its connection say. */
  readonly release?: () => Promise<void>
}

const PROTOCOLS: Record<Version, string> = { 1: HEARTBEAT_PROTOCOL_V1, 2: HEARTBEAT_PROTOCOL_V2 }

/**
 * Opens the heartbeat stream of a connection, in the newest version that its peer is not known to
 * lack. A peer that turns out to be older is spoken to in the first version, on the same connection.
 *
 * @throws when no stream can be opened
 */
export async function openLeg(init: LegInit, signal: AbortSignal): Promise<Leg> {
  const leg = new StreamLeg(init)
  await leg.open(signal)
  return leg
}

class StreamLeg implements Leg {
  readonly probe: LegInit['probe']
  readonly #init: LegInit
  readonly #accepted = Promise.withResolvers<number | undefined>()
  readonly #closed = Promise.withResolvers<void>()
  readonly #reader = new MessageReader()
  /** Absent while another one takes its place. */
  #stream: HeartbeatStream | undefined
  #version: Version
  /** It was closed or given up: nothing is opened for it any more. */
  #isOver = false
  #onAnswer: (answer: Answer) => void = () => {}

  constructor(init: LegInit) {
    this.#init = init
    this.probe = init.probe
    this.#version = init.olderPeers.has(init.connection.remotePeer.toString()) ? 1 : 2
    // A leg that is given up before anybody asks is no unhandled failure.
    this.#accepted.promise.catch(() => {})
  }

  get way(): Way {
    return this.#init.way
  }

  get address(): string {
    return this.#init.connection.remoteAddr.toString()
  }

  get version(): Version {
    return this.#version
  }

  get accepted(): Promise<number | undefined> {
    return this.#accepted.promise
  }

  get closed(): Promise<void> {
    return this.#closed.promise
  }

  async open(signal: AbortSignal): Promise<void> {
    try {
      await this.#openStream(signal)
    } catch (error) {
      if (this.#version === 1 || !isUnspoken(error)) throw error
      await this.#fallBack(error, signal)
    }
    void this.#awaitAnswer()
  }

  listen(onAnswer: (answer: Answer) => void): void {
    this.#onAnswer = onAnswer
  }

  send(beat: Beat): Uint8Array | undefined {
    if (this.#stream === undefined || this.#stream.writableNeedsDrain) return undefined
    const bytes = this.#version === 1 ? encodeV1(beat) : encodeBeat(beat)
    this.#stream.send(bytes)
    return bytes
  }

  async close(): Promise<void> {
    this.#isOver = true
    const stream = this.#stream
    try {
      await stream?.close({ signal: AbortSignal.timeout(STREAM_CLOSE_TIMEOUT) })
    } catch (error) {
      stream?.abort(error instanceof Error ? error : new Error('the stream did not close'))
    }
    await this.#init.release?.()
  }

  abort(): void {
    this.#isOver = true
    this.#stream?.abort(new Error('the leg was given up'))
  }

  async #openStream(signal: AbortSignal): Promise<void> {
    const options = { signal, runOnLimitedConnection: true } as const
    const stream = await this.#init.connection.newStream(PROTOCOLS[this.#version], options)
    if (this.#isOver) {
      const error = new Error('the leg was closed meanwhile')
      stream.abort(error)
      throw error
    }
    this.#stream = stream
    stream.addEventListener('message', ({ data }) => this.#read(stream, data.subarray()))
    const onClose = (): void => {
      // A stream that was refused may have a successor.
      const settled = this.#accepted.promise.catch(() => {})
      void settled.then(() => this.#stream === stream && this.#closed.resolve())
    }
    stream.addEventListener('close', onClose)
    if (stream.status !== 'open') onClose()
  }

  async #awaitAnswer(): Promise<void> {
    const openedAt = systemClock.elapsed()
    const { whenAccepted, connection } = this.#init
    const answered = async (): Promise<void> => {
      if (this.#stream !== undefined) await whenAccepted?.(this.#stream)
    }
    try {
      try {
        await answered()
      } catch (error) {
        if (this.#version === 1 || this.#isOver || connection.status !== 'open') throw error
        await this.#fallBack(error, AbortSignal.timeout(ACCEPT_TIMEOUT))
        await answered()
      }
      this.#accepted.resolve(whenAccepted && systemClock.elapsed() - openedAt)
    } catch (error) {
      this.#accepted.reject(error)
      this.#closed.resolve()
    }
  }

  // A stream that was reset unanswered may be an older server's no as well, but is no proof.
  async #fallBack(error: unknown, signal: AbortSignal): Promise<void> {
    const { olderPeers, connection } = this.#init
    if (isUnspoken(error)) olderPeers.add(connection.remotePeer.toString())
    this.#stream = undefined
    this.#version = 1
    await this.#openStream(signal)
  }

  #read(stream: HeartbeatStream, chunk: Uint8Array): void {
    // Version 1 has no answers, so whatever comes means nothing.
    if (this.#version === 1) return
    for (const result of this.#reader.push(chunk)) {
      if ('message' in result) this.#tell(result.message)
      else if (result.error.reason === 'framing') stream.abort(result.error)
    }
  }

  #tell(message: Uint8Array): void {
    let answer: Answer | undefined
    try {
      answer = decodeAnswer(message)
    } catch {
      // What cannot be read acknowledges nothing.
      return
    }
    if (answer !== undefined) this.#onAnswer(answer)
  }
}

/** Whether the other side said that it does not speak the protocol. */
function isUnspoken(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error.name === 'NegotiationError') return 'spoken' in error && error.spoken === false
  return error.name === 'UnsupportedProtocolError'
}
