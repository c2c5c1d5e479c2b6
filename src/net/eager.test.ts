import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import type { Logger, Stream } from '@libp2p/interface'
import { AbstractMessageStream } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import fc from 'fast-check'
import { Uint8ArrayList } from 'uint8arraylist'
import { WebSocketServer } from 'ws'
import { assumeAccepted, whenAccepted } from './eager.ts'
import {
  addressOf,
  deadline,
  ECHO_PROTOCOL,
  startAggregatorNode,
  startPageNode,
  startPlainNode,
  startProxy,
  until
} from './test-kit.ts'

const text = (bytes: Uint8Array | Uint8ArrayList): string =>
  new TextDecoder().decode(bytes.subarray())
const bytesOf = (words: string): Uint8Array => new TextEncoder().encode(words)

const silent: Logger = Object.assign(() => {}, {
  enabled: false,
  error: () => {},
  trace: () => {},
  newScope: () => silent
})

/** A stream without a network: what arrives is handed in, what leaves is dropped. */
class LooseStream extends AbstractMessageStream {
  readonly heard: string[] = []

  constructor() {
    super({ log: silent })
    this.addEventListener('message', ({ data }) => this.heard.push(text(data)))
  }

  sendData(data: Uint8ArrayList) {
    return { sentBytes: data.byteLength, canSendMore: true }
  }

  sendReset(): void {}
  sendPause(): void {}
  sendResume(): void {}
  async close(): Promise<void> {}
}

const ECHO = '\x13/multistream/1.0.0\n\x08/beat/1\n'

function eagerStream(): { stream: LooseStream; answered: Promise<void> } {
  const stream = new LooseStream()
  assumeAccepted(stream, '/beat/1')
  return { stream, answered: whenAccepted(stream as unknown as Stream) }
}

async function echoed(stream: Stream, words: string): Promise<string> {
  const heard = once(stream, 'message', { signal: deadline() })
  stream.send(bytesOf(words))
  const [{ data }] = await heard
  return text(data)
}

async function muteServer(t: TestContext): Promise<{ server: WebSocketServer; port: number }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  t.after(() => {
    for (const client of server.clients) client.terminate()
    server.close()
  })
  return { server, port: (server.address() as AddressInfo).port }
}

test('header, noise and its first message leave before the other side has said a word', async (t) => {
  const { server, port } = await muteServer(t)
  const page = await startPageNode(t)
  const controller = new AbortController()
  const target = multiaddr(`/ip4/127.0.0.1/tcp/${port}/ws`)
  let seen = Buffer.alloc(0)
  server.on('connection', (socket) => {
    socket.on('message', (message: Buffer) => {
      seen = Buffer.concat([seen, message])
    })
  })
  const dial = page.services.dialer.dial(target, controller.signal)
  dial.catch(() => {})
  const opening = '\x13/multistream/1.0.0\n\x07/noise\n'
  await until('all of it is here', () => seen.byteLength >= opening.length + 34)
  assert.equal(seen.subarray(0, opening.length).toString(), opening)
  assert.equal(seen.readUInt16BE(opening.length), 32, 'an ephemeral key of noise')
  assert.equal(seen.byteLength, opening.length + 2 + 32)
  controller.abort(new Error('enough seen'))
  await assert.rejects(dial, { message: 'enough seen' })
})

test('a stream carries its first data before the other side has answered', async (t) => {
  const aggregator = await startAggregatorNode(t)
  const heard = Promise.withResolvers<string>()
  await aggregator.handle('/test/first/1', (stream) => {
    stream.addEventListener('message', ({ data }) => heard.resolve(text(data)))
  })
  const proxy = await startProxy(t, aggregator)
  const page = await startPageNode(t)
  const connection = await page.services.dialer.dial(proxy.address, deadline())
  proxy.dropAnswers()
  const stream = await connection.newStream('/test/first/1', { signal: deadline() })
  stream.send(bytesOf('first'))
  assert.equal(await heard.promise, 'first')
  connection.abort(new Error('the test is over'))
  await assert.rejects(whenAccepted(stream), { name: 'NegotiationError' })
})

test('the echo is swallowed in whatever pieces it comes, and all behind it is delivered', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: ECHO.length + 9 }), { maxLength: 40 }),
      fc.boolean(),
      (cuts, asList) => {
        const { stream } = eagerStream()
        const bytes = bytesOf(`${ECHO}behind it`)
        const edges = [0, ...new Set(cuts), bytes.byteLength].sort((a, b) => a - b)
        for (const [index, end] of edges.entries()) {
          const piece = bytes.subarray(edges[index - 1] ?? 0, end)
          stream.onData(asList ? new Uint8ArrayList(piece) : piece)
        }
        assert.equal(stream.heard.join(''), `${ECHO}behind it`)
      }
    )
  )
})

test('the echo is swallowed byte by byte', async () => {
  const { stream, answered } = eagerStream()
  for (const byte of bytesOf(ECHO)) stream.onData(Uint8Array.of(byte))
  await answered
  stream.onData(bytesOf('a'))
  stream.onData(bytesOf('b'))
  assert.deepEqual(stream.heard, [ECHO, 'a', 'b'])
})

test('an answer that differs in its last byte aborts the stream', async () => {
  const { stream, answered } = eagerStream()
  stream.onData(bytesOf(`${ECHO.slice(0, -1)}!behind it`))
  await assert.rejects(answered, { name: 'NegotiationError', protocol: '/beat/1' })
  assert.equal(stream.status, 'aborted')
  assert.deepEqual(stream.heard, [ECHO])
})

test('a stream that closes unanswered was not accepted', async () => {
  const cut = eagerStream()
  cut.stream.onData(bytesOf(ECHO.slice(0, 10)))
  cut.stream.onRemoteReset()
  await assert.rejects(cut.answered, { name: 'NegotiationError', message: /closed unanswered/ })
  const left = eagerStream()
  left.stream.abort(new Error('left'))
  await assert.rejects(left.answered, { name: 'NegotiationError' })
})

test('a stream that closes after its answer stays accepted', async () => {
  const { stream, answered } = eagerStream()
  stream.onData(bytesOf(ECHO))
  stream.onRemoteReset()
  await answered
})

test('a peer without the protocol costs the stream and not the connection', async (t) => {
  const aggregator = await startAggregatorNode(t)
  const page = await startPageNode(t)
  const connection = await page.services.dialer.dial(addressOf(aggregator), deadline())
  const refused = await connection.newStream('/test/unknown/1', { signal: deadline() })
  await assert.rejects(whenAccepted(refused), {
    name: 'NegotiationError',
    protocol: '/test/unknown/1'
  })
  assert.equal(refused.status, 'aborted')
  assert.equal(connection.status, 'open')
  const stream = await connection.newStream(ECHO_PROTOCOL, { signal: deadline() })
  assert.equal(await echoed(stream, 'still here'), 'still here')
  await whenAccepted(stream)
})

test('of two protocols the one that is spoken is negotiated in the usual way', async (t) => {
  const aggregator = await startAggregatorNode(t)
  const page = await startPageNode(t)
  const connection = await page.services.dialer.dial(addressOf(aggregator), deadline())
  const stream = await connection.newStream(['/test/unknown/1', ECHO_PROTOCOL], {
    signal: deadline()
  })
  await whenAccepted(stream)
  assert.equal(stream.protocol, ECHO_PROTOCOL)
  assert.equal(await echoed(stream, 'chosen'), 'chosen')
})

test('an eager node dials a plain js-libp2p node', async (t) => {
  const plain = await startPlainNode(t)
  const page = await startPageNode(t)
  const connection = await page.services.dialer.dial(addressOf(plain), deadline())
  assert.equal(connection.encryption, '/noise')
  const stream = await connection.newStream(ECHO_PROTOCOL, { signal: deadline() })
  assert.equal(await echoed(stream, 'to plain'), 'to plain')
  await whenAccepted(stream)
})

test('a plain js-libp2p node dials an eager one, and each opens streams', async (t) => {
  const aggregator = await startAggregatorNode(t)
  const plain = await startPlainNode(t)
  const connection = await plain.dial(addressOf(aggregator), { signal: deadline() })
  assert.equal(connection.encryption, '/noise')
  const there = await connection.newStream(ECHO_PROTOCOL, { signal: deadline() })
  assert.equal(await echoed(there, 'from plain'), 'from plain')
  const [back] = aggregator.getConnections(plain.peerId)
  assert.equal(back?.encryption, '/noise')
  const stream = await back?.newStream(ECHO_PROTOCOL, { signal: deadline() })
  assert.ok(stream)
  assert.equal(await echoed(stream, 'and back'), 'and back')
})

test('a dial to another peer than the one that answers fails', async (t) => {
  const aggregator = await startAggregatorNode(t)
  const other = await startPageNode(t)
  const page = await startPageNode(t)
  const wrong = multiaddr(
    addressOf(aggregator).toString().replace(`${aggregator.peerId}`, `${other.peerId}`)
  )
  await assert.rejects(page.services.dialer.dial(wrong, deadline()), { name: 'UnreachableError' })
  assert.deepEqual(page.getConnections(), [])
})
