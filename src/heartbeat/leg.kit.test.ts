// What the tests of a leg share: a connection whose other end is the test. No tests of its own.

import { HEARTBEAT_PROTOCOL_V2 } from '../constants.ts'
import { NegotiationError } from '../errors.ts'
import type { Answer, Beat } from '../wire/index.ts'
import type { HeartbeatConnection, HeartbeatStream, LegInit } from './leg.ts'
import { openLeg } from './leg.ts'

const signal = new AbortController().signal
export const PEER = '12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5'
export const UNSPOKEN = new NegotiationError(HEARTBEAT_PROTOCOL_V2, 'not spoken', { spoken: false })
const RESET = new NegotiationError(HEARTBEAT_PROTOCOL_V2, 'closed unanswered')

export const beat: Beat = {
  seq: 1,
  session: new Uint8Array(8),
  head: [],
  height: 7n,
  nickname: '',
  minerAddress: '',
  next: 3_000
}

interface Message {
  readonly data: { subarray(): Uint8Array }
}

/** A stream whose other end is the test. */
export class HandStream implements HeartbeatStream {
  readonly protocol: string
  readonly #listeners: { type: string; listener: (event: Message) => void }[] = []
  readonly sent: Uint8Array[] = []
  readonly answered = Promise.withResolvers<void>()
  status = 'open'
  writableNeedsDrain = false
  aborted: Error | undefined

  constructor(protocol: string) {
    this.protocol = protocol
    this.answered.promise.catch(() => {})
  }

  addEventListener(type: string, listener: (event: Message) => void): void {
    this.#listeners.push({ type, listener })
  }

  send(data: Uint8Array): boolean {
    if (this.status !== 'open') throw new Error('closed')
    this.sent.push(data)
    return true
  }

  async close(): Promise<void> {
    this.end()
  }

  abort(error: Error): void {
    this.aborted = error
    this.end()
  }

  /** As the other side sees to it. */
  end(): void {
    if (this.status !== 'open') return
    this.status = 'closed'
    this.answered.reject(RESET)
    this.#tell('close', new Uint8Array())
  }

  say(bytes: Uint8Array): void {
    this.#tell('message', bytes)
  }

  #tell(type: string, bytes: Uint8Array): void {
    for (const each of this.#listeners) {
      if (each.type === type) each.listener({ data: { subarray: () => bytes } })
    }
  }
}

export class HandConnection implements HeartbeatConnection {
  readonly status = 'open'
  readonly remoteAddr = '/ip4/127.0.0.1/tcp/1/ws'
  readonly remotePeer = PEER
  readonly streams: HandStream[] = []
  /** What opening the stream of that index throws. */
  readonly refusals: (Error | undefined)[] = []

  async newStream(protocol: string): Promise<HandStream> {
    const stream = new HandStream(protocol)
    const refusal = this.refusals[this.streams.push(stream) - 1]
    if (refusal !== undefined) throw refusal
    return stream
  }

  get protocols(): string[] {
    return this.streams.map(({ protocol }) => protocol)
  }

  async close(): Promise<void> {}
}

/** @param rest `whenAccepted: undefined` for a connection that negotiates before it gives a stream */
export function setUp(rest: Partial<LegInit> = {}) {
  const connection = new HandConnection()
  const olderPeers = new Set<string>()
  const whenAccepted = (stream: HeartbeatStream) => (stream as HandStream).answered.promise
  const init: LegInit = { connection, way: 'websocket', olderPeers, whenAccepted, ...rest }
  return { connection, olderPeers, open: () => openLeg(init, signal) }
}

export const ack: Answer = { type: 'ack', seq: 1, agreement: 'same', networkHeight: 9n }
export const bye: Answer = { type: 'bye', retry: 5_000 }
