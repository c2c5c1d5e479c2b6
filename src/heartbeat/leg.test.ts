import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HEARTBEAT_PROTOCOL_V1, HEARTBEAT_PROTOCOL_V2 } from '../constants.ts'
import { NegotiationError } from '../errors.ts'
import {
  type Answer,
  type Beat,
  decodeBeat,
  decodeV1,
  encodeAnswer,
  MessageReader
} from '../wire/index.ts'
import type { HeartbeatConnection, HeartbeatStream, LegInit } from './leg.ts'
import { openLeg } from './leg.ts'

const signal = new AbortController().signal
const PEER = '12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5'
const UNSPOKEN = new NegotiationError(HEARTBEAT_PROTOCOL_V2, 'not spoken', { spoken: false })
const RESET = new NegotiationError(HEARTBEAT_PROTOCOL_V2, 'closed unanswered')

const beat: Beat = {
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
class HandStream implements HeartbeatStream {
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

class HandConnection implements HeartbeatConnection {
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
function setUp(rest: Partial<LegInit> = {}) {
  const connection = new HandConnection()
  const olderPeers = new Set<string>()
  const whenAccepted = (stream: HeartbeatStream) => (stream as HandStream).answered.promise
  const init: LegInit = { connection, way: 'websocket', olderPeers, whenAccepted, ...rest }
  return { connection, olderPeers, open: () => openLeg(init, signal) }
}

const ack: Answer = { type: 'ack', seq: 1, agreement: 'same', networkHeight: 9n }
const bye: Answer = { type: 'bye', retry: 5_000 }

for (const size of [1, 3, 1_000]) {
  test(`reads answers in chunks of ${size} bytes`, async () => {
    const { connection, open } = setUp()
    const leg = await open()
    const answers: Answer[] = []
    leg.listen((answer) => answers.push(answer))
    const bytes = Buffer.concat([encodeAnswer(ack), encodeAnswer(bye), encodeAnswer(ack)])
    for (let at = 0; at < bytes.length; at += size) {
      connection.streams[0]?.say(bytes.subarray(at, at + size))
    }
    assert.deepEqual(answers, [ack, bye, ack])
  })
}

test('ignores a message that is no answer, and reads the next', async () => {
  const { connection, open } = setUp()
  const leg = await open()
  const answers: Answer[] = []
  leg.listen((answer) => answers.push(answer))
  connection.streams[0]?.say(Uint8Array.of(3, 0xff, 0xff, 0xff))
  connection.streams[0]?.say(encodeAnswer(ack))
  assert.deepEqual(answers, [ack])
  assert.equal(connection.streams[0]?.status, 'open')
})

test('resets a stream that can be read no further', async () => {
  const { connection, open } = setUp()
  const leg = await open()
  connection.streams[0]?.answered.resolve()
  await leg.accepted
  connection.streams[0]?.say(new Uint8Array(12).fill(0xff))
  assert.equal(connection.streams[0]?.aborted?.name, 'MalformedError')
  await leg.closed
})

test('sends a beat with the first flight, as a message of version 2', async () => {
  const { connection, open } = setUp()
  const leg = await open()
  const bytes = leg.send(beat)
  assert.ok(bytes)
  assert.deepEqual(connection.streams[0]?.sent, [bytes])
  const [result] = new MessageReader().push(bytes)
  assert.deepEqual(result && 'message' in result && decodeBeat(result.message), beat)
})

test('drops a beat that the stream cannot take now', async () => {
  const { connection, open } = setUp()
  const leg = await open()
  const [stream] = connection.streams
  assert.ok(stream)
  stream.writableNeedsDrain = true
  assert.equal(leg.send(beat), undefined)
  assert.deepEqual(stream.sent, [])
})

test('tells the round trip of the acceptance', async () => {
  const { connection, open } = setUp()
  const leg = await open()
  connection.streams[0]?.answered.resolve()
  assert.ok(((await leg.accepted) ?? -1) >= 0)
  assert.equal(leg.version, 2)
})

test('speaks version 1 on the same connection once version 2 is refused, and remembers it', async () => {
  const { connection, olderPeers, open } = setUp()
  const leg = await open()
  connection.streams[0]?.answered.reject(UNSPOKEN)
  connection.streams[0]?.end()
  while (connection.streams.length < 2) await Promise.resolve()
  connection.streams[1]?.answered.resolve()
  await leg.accepted
  assert.equal(leg.version, 1)
  assert.deepEqual(connection.protocols, [HEARTBEAT_PROTOCOL_V2, HEARTBEAT_PROTOCOL_V1])
  assert.deepEqual([...olderPeers], [PEER])
  const bytes = leg.send(beat)
  assert.equal(bytes && decodeV1(bytes.subarray(0, -1)).height, 7n)
  assert.equal(connection.streams[1]?.sent.length, 1)
  const again = await open()
  assert.equal(again.version, 1)
  assert.equal(connection.protocols.at(-1), HEARTBEAT_PROTOCOL_V1)
})

test('speaks version 1 where the refusal comes before there is a stream', async () => {
  const { connection, olderPeers, open } = setUp({ whenAccepted: async () => {} })
  const error = Object.assign(new Error('no'), { name: 'UnsupportedProtocolError' })
  connection.refusals.push(error)
  const leg = await open()
  await leg.accepted
  assert.equal(leg.version, 1)
  assert.deepEqual([...olderPeers], [PEER])
})

test('throws what else stands in the way of a stream', async () => {
  const { connection, open } = setUp()
  connection.refusals.push(new Error('dead muxer'))
  await assert.rejects(open(), /dead muxer/)
  assert.equal(connection.streams.length, 1)
})

test('tries version 1 after a reset, which proves nothing and is not remembered', async () => {
  const { connection, olderPeers, open } = setUp()
  const leg = await open()
  connection.streams[0]?.end()
  while (connection.streams.length < 2) await Promise.resolve()
  connection.streams[1]?.answered.resolve()
  await leg.accepted
  assert.equal(leg.version, 1)
  assert.deepEqual([...olderPeers], [])
})

test('is neither accepted nor open once both versions are refused', async () => {
  const { connection, open } = setUp()
  const leg = await open()
  connection.streams[0]?.end()
  while (connection.streams.length < 2) await Promise.resolve()
  connection.streams[1]?.end()
  await assert.rejects(leg.accepted, { name: 'NegotiationError' })
  await leg.closed
})

test('drops a beat while one stream takes the place of another, and is not closed', async () => {
  const { connection, open } = setUp()
  const leg = await open()
  let isClosed = false
  leg.closed.then(() => {
    isClosed = true
  })
  connection.streams[0]?.end()
  while (connection.streams.length < 2) {
    if (connection.streams[0]?.status === 'open') assert.equal(leg.send(beat), undefined)
    await Promise.resolve()
  }
  connection.streams[1]?.answered.resolve()
  await leg.accepted
  await Promise.resolve()
  assert.equal(isClosed, false)
  connection.streams[1]?.end()
  await leg.closed
})

test('ignores whatever comes on a stream of version 1', async () => {
  const { connection, olderPeers, open } = setUp()
  olderPeers.add(PEER)
  const leg = await open()
  leg.listen(() => assert.fail('version 1 has no answers'))
  connection.streams[0]?.say(encodeAnswer(ack))
  connection.streams[0]?.say(new Uint8Array(12).fill(0xff))
  assert.equal(connection.streams[0]?.status, 'open')
})

test('opens nothing more for a leg that was closed before it was accepted', async () => {
  const { connection, open } = setUp()
  const leg = await open()
  await leg.close()
  await assert.rejects(leg.accepted)
  await leg.closed
  assert.equal(connection.streams.length, 1)
})

test('closes its stream, then what was opened for it alone', async () => {
  const { connection, open } = setUp({
    release: async () => void order.push(`released, stream ${connection.streams[0]?.status}`)
  })
  const order: string[] = []
  const leg = await open()
  connection.streams[0]?.answered.resolve()
  await leg.accepted
  await leg.close()
  assert.deepEqual(order, ['released, stream closed'])
  assert.equal(connection.streams[0]?.aborted, undefined, 'in order')
})

test('resets a stream that does not close', async () => {
  const { connection, open } = setUp()
  const leg = await open()
  const [stream] = connection.streams
  assert.ok(stream)
  stream.close = () => Promise.reject(new Error('it hangs'))
  await leg.close()
  assert.match(stream.aborted?.message ?? '', /it hangs/)
})

test('ends within the call when it is given up', async () => {
  const { connection, open } = setUp()
  const leg = await open()
  leg.abort()
  assert.equal(connection.streams[0]?.status, 'closed')
})
