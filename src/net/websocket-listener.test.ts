// What a listener lets in, and how long it keeps what says nothing.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { MAX_SOCKET_MESSAGE_BYTES } from '../constants.ts'
import { checkNetworks } from './client-address.ts'
import { ClientGate, checkClientLimits } from './client-limits.ts'
import {
  addressOf,
  deadline,
  LOOPBACK,
  startAggregatorNode,
  startPageNode,
  startProxy,
  tcpPortOf,
  until
} from './test-kit.ts'
import { type ClosingWebSocketsInit, closingWebSockets } from './websocket.ts'

test('a client that speaks WebSocket and no libp2p is closed', async (t) => {
  const aggregator = await startAggregatorNode(t)
  const proxy = await startProxy(t, aggregator)
  const [, port] = /tcp\/(\d+)/.exec(proxy.address.toString()) ?? []
  const socket = new WebSocket(`ws://127.0.0.1:${port}`)
  await once(socket, 'open', { signal: deadline() })
  socket.send('GET / HTTP/1.1\r\n'.repeat(9))
  await until('the socket closes', () => proxy.sockets() === 0)
})

test('a client in a sandboxed frame, whose origin is null, is let in', async (t) => {
  const port = await startListener(t, {})
  const socket = await connected(port)
  t.after(() => socket.destroy())
  socket.write(upgradeWith('Origin: null'))
  const [answer] = await once(socket, 'data', { signal: deadline() })
  assert.match(String(answer), /^HTTP\/1\.1 101 /)
})

test('a socket that never speaks is cut', async (t) => {
  const port = await startListener(t, { handshakeTimeout: 50 })
  const mute = connect(port, '127.0.0.1')
  const slow = connect(port, '127.0.0.1')
  slow.write('GET / HTTP/1.1\r\nUpgrade: websocket\r\n')
  mute.resume()
  slow.resume()
  await Promise.all([mute, slow].map((each) => once(each, 'close', { signal: deadline() })))
})

test('a socket that sends a byte now and then is cut all the same', async (t) => {
  const port = await startListener(t, { handshakeTimeout: 100 })
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  socket.resume()
  socket.write('GET / HTTP/1.1\r\nX: ')
  const drip = setInterval(() => socket.write('x'), 10)
  t.after(() => clearInterval(drip))
  await once(socket, 'close', { signal: deadline(5_000) })
})

test('a WebSocket that does not become a libp2p connection in time is cut', async (t) => {
  const port = await startListener(t, { handshakeTimeout: 100 })
  const socket = new WebSocket(`ws://127.0.0.1:${port}`)
  await once(socket, 'open', { signal: deadline() })
  // The length of a multistream message of 127 bytes, and then slowly the message.
  socket.send(Uint8Array.of(127))
  const drip = setInterval(() => socket.send(Uint8Array.of(47)), 50)
  t.after(() => clearInterval(drip))
  await once(socket, 'close', { signal: deadline(5_000) })
})

test('a socket beyond the bound is cut, and connections do not count', async (t) => {
  const port = await startListener(t, { maxPendingSockets: 2 })
  const target = multiaddr(`/ip4/127.0.0.1/tcp/${port}/ws`)
  const pages = await Promise.all([1, 2, 3].map(() => startPageNode(t)))
  const dials = []
  for (const page of pages) dials.push(await page.services.dialer.dial(target, deadline()))
  const mute = await Promise.all([connected(port), connected(port)])
  await once(await connected(port), 'close', { signal: deadline(5_000) })
  assert.ok(mute.every(({ closed }) => !closed))
  assert.ok(dials.every(({ status }) => status === 'open'))
  mute[0].destroy()
  const page = await startPageNode(t)
  await until('a place is free', () =>
    page.services.dialer.dial(target, deadline()).then(
      () => true,
      () => false
    )
  )
})

test('who holds most of the places gives one up for a client that holds fewer', async (t) => {
  const port = await startListener(t, { maxPendingSockets: 3, gate: gateBehind([]) })
  const greedy: Socket[] = []
  for (const _ of [1, 2, 3]) greedy.push(await connected(port))
  const cut = Promise.race(greedy.map((each) => once(each, 'close', { signal: deadline() })))
  const other = await connected(port, '127.0.0.2')
  await cut
  await once(await connected(port), 'close', { signal: deadline() })
  assert.equal(other.closed, false)
  assert.equal(greedy.filter(({ closed }) => closed).length, 1)
})

test('of whom a proxy passes on, one holds the places, and the proxy none', async (t) => {
  const port = await startListener(t, { maxPendingSockets: 3, gate: gateBehind(['127.0.0.1']) })
  const open = async (client: string): Promise<Socket> => {
    const socket = await upgraded(port, `X-Forwarded-For: ${client}`)
    t.after(() => socket.destroy())
    return socket
  }
  const greedy: Socket[] = []
  for (const _ of [1, 2, 3]) greedy.push(await open('192.0.2.7'))
  const cut = Promise.race(greedy.map((each) => once(each, 'close', { signal: deadline() })))
  const other = await open('192.0.2.8')
  await cut
  assert.equal(other.closed, false)
})

test('a connection outlives the time that its handshake had', async (t) => {
  const port = await startListener(t, { handshakeTimeout: 200 })
  const page = await startPageNode(t)
  const target = multiaddr(`/ip4/127.0.0.1/tcp/${port}/ws`)
  const connection = await page.services.dialer.dial(target, deadline())
  await once(await connected(port), 'close', { signal: deadline() })
  assert.equal(connection.status, 'open')
})

test('a node stops although a silent socket is open', async (t) => {
  const aggregator = await startAggregatorNode(t)
  const port = tcpPortOf(aggregator)
  const mute = connect(port, '127.0.0.1')
  await once(mute, 'connect')
  mute.resume()
  const closed = once(mute, 'close', { signal: deadline() })
  const begun = performance.now()
  await aggregator.stop()
  await closed
  assert.ok(performance.now() - begun < 5_000, 'it did not wait for the handshake to time out')
})

test('a frame against the rules, as Caddy sends when it reloads, ends its own socket alone', async (t) => {
  const aggregator = await startAggregatorNode(t)
  const socket = await upgraded(tcpPortOf(aggregator))
  const closed = once(socket, 'close', { signal: deadline() })
  const unmaskedClose = Uint8Array.of(0x88, 2, 3, 0xe8)
  socket.write(unmaskedClose)
  await closed
  const page = await startPageNode(t)
  await page.services.dialer.dial(addressOf(aggregator), deadline())
})

test('a message longer than any that libp2p writes is not gathered', async (t) => {
  const aggregator = await startAggregatorNode(t)
  const socket = await upgraded(tcpPortOf(aggregator))
  t.after(() => socket.destroy())
  const frame = new DataView(new ArrayBuffer(14))
  // Binary, final, masked, and its length in eight bytes.
  frame.setUint16(0, 0x82ff)
  frame.setBigUint64(2, BigInt(MAX_SOCKET_MESSAGE_BYTES + 1))
  const answered = once(socket, 'data', { signal: deadline() })
  socket.write(new Uint8Array(frame.buffer))
  const [answer] = await answered
  const tooBig = 1_009
  assert.equal(new DataView(Uint8Array.from(answer).buffer).getUint16(2), tooBig)
  const page = await startPageNode(t)
  await page.services.dialer.dial(addressOf(aggregator), deadline())
})

/** Starts a node that listens as it is told, and ends with the test; returns its port. */
async function startListener(t: TestContext, init: ClosingWebSocketsInit): Promise<number> {
  const node = await createLibp2p({
    addresses: { listen: [LOOPBACK] },
    transports: [closingWebSockets(init)],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()]
  })
  t.after(() => node.stop())
  return tcpPortOf(node)
}

function gateBehind(proxies: string[]): ClientGate {
  return new ClientGate({
    limits: checkClientLimits(),
    proxies: checkNetworks(proxies, 'trustedProxies')
  })
}

/** Opens a socket that says nothing. */
async function connected(port: number, localAddress = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', localAddress }).on('error', () => {})
  socket.resume()
  await once(socket, 'connect', { signal: deadline() })
  return socket
}

function upgradeWith(...headers: string[]): string {
  const lines = [
    'GET / HTTP/1.1',
    'Host: aggregator',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...headers
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}

/** Opens a WebSocket that speaks no libp2p. */
async function upgraded(port: number, ...headers: string[]): Promise<Socket> {
  const socket = await connected(port)
  socket.write(upgradeWith(...headers))
  await once(socket, 'data', { signal: deadline() })
  return socket
}
