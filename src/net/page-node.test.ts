import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { after, test } from 'node:test'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import type { Connection } from '@libp2p/interface'
import { cleanup } from 'node-datachannel'
import {
  addressOf,
  deadline,
  dialWebRtc,
  ECHO_PROTOCOL,
  startAggregatorNode,
  startPageNode,
  startRelayNode,
  throughRelay,
  until,
  untilReserved
} from './test-kit.ts'

// A refused dial leaves a data channel that never opened, and node-datachannel keeps the process
// alive for it.
after(() => cleanup())

async function echoes(connection: Connection): Promise<boolean> {
  const stream = await connection.newStream(ECHO_PROTOCOL, {
    signal: deadline(),
    runOnLimitedConnection: true
  })
  const heard = once(stream, 'message', { signal: deadline() })
  stream.send(Uint8Array.of(7))
  const [{ data }] = await heard
  await stream.close()
  return data.subarray()[0] === 7
}

test('talks over the circuit, then over WebRTC, and goes on when the relay is gone', async (t) => {
  const relay = await startRelayNode(t)
  const aggregator = await startAggregatorNode(t, { relays: [addressOf(relay)] })
  await untilReserved(aggregator)
  const page = await startPageNode(t, { webrtc: true })
  const { dialer } = page.services
  const circuit = await dialer.dial(throughRelay(relay, aggregator), deadline())
  assert.equal(circuit.encryption, '/noise')
  assert.ok(circuit.limits)
  assert.ok(await echoes(circuit))
  const direct = await dialWebRtc(page, throughRelay(relay, aggregator, '/webrtc'))
  assert.equal(direct.limits, undefined)
  assert.ok(await echoes(direct))
  await circuit.close()
  assert.ok(await echoes(direct))
  await relay.stop()
  assert.ok(await echoes(direct))
})

test('all WebRTC connections of an aggregator share the one UDP port that it was given', async (t) => {
  const port = await bindUdp(0)
  const relay = await startRelayNode(t)
  const aggregator = await startAggregatorNode(t, {
    relays: [addressOf(relay)],
    webRtcPort: port
  })
  await untilReserved(aggregator)
  const target = throughRelay(relay, aggregator, '/webrtc')
  const connections: Connection[] = []
  for (let count = 0; count < 2; count++) {
    connections.push(await dialWebRtc(await startPageNode(t, { webrtc: true }), target))
  }
  // There is no other port for either of them.
  for (const each of connections) assert.ok(await echoes(each))
  await assert.rejects(bindUdp(port), { code: 'EADDRINUSE' })
})

test('WebRTC beyond the bound is refused, and a place that is left is given again', async (t) => {
  const relay = await startRelayNode(t)
  const aggregator = await startAggregatorNode(t, {
    relays: [addressOf(relay)],
    maxWebRtcConnections: 1
  })
  await untilReserved(aggregator)
  const target = throughRelay(relay, aggregator, '/webrtc')
  const first = await startPageNode(t, { webrtc: true })
  const connection = await dialWebRtc(first, target)
  assert.ok(await echoes(connection))
  const second = await startPageNode(t, { webrtc: true })
  await assert.rejects(dialWebRtc(second, target), { name: 'UnreachableError' })
  assert.ok(await echoes(connection), 'the refusal cost the first nothing')
  await connection.close()
  await until('the place is free', () =>
    aggregator.getConnections(first.peerId).every(({ limits }) => limits !== undefined)
  )
  assert.ok(await echoes(await dialWebRtc(second, target)))
})

test('WebRTC that is given up while it is agreed on leaves neither connection nor place', async (t) => {
  const relay = await startRelayNode(t)
  const aggregator = await startAggregatorNode(t, {
    relays: [addressOf(relay)],
    maxWebRtcConnections: 1
  })
  await untilReserved(aggregator)
  const page = await startPageNode(t, { webrtc: true })
  const target = throughRelay(relay, aggregator, '/webrtc')
  const circuit = await page.services.dialer.dial(throughRelay(relay, aggregator), deadline())
  assert.ok(await echoes(circuit))
  let made = 0
  aggregator.addEventListener('connection:open', () => made++)
  const giveUp = new AbortController()
  const dial = page.dial(target, {
    force: true,
    signal: giveUp.signal,
    onProgress: ({ type }: { type: string }) => {
      if (type === 'webrtc:read-ice-candidates') giveUp.abort()
    }
  })
  await assert.rejects(dial, { name: 'AbortError' })
  const { dialer } = page.services
  await until('the place is free', () =>
    dialer.dial(target, deadline(2_500)).then(echoes, () => false)
  )
  assert.equal(made, 1, 'one connection was made, the one that connected')
  assert.ok(await echoes(circuit))
})

test('a crowd that comes at once does not slip past the bound of WebRTC', async (t) => {
  const relay = await startRelayNode(t)
  const aggregator = await startAggregatorNode(t, {
    relays: [addressOf(relay)],
    maxWebRtcConnections: 2
  })
  await untilReserved(aggregator)
  let most = 0
  aggregator.addEventListener('connection:open', () => {
    const direct = aggregator.getConnections().filter(isWebRtc)
    most = Math.max(most, direct.length)
  })
  const target = throughRelay(relay, aggregator, '/webrtc')
  const pages = await Promise.all(
    Array.from({ length: 6 }, () => startPageNode(t, { webrtc: true }))
  )
  const dials = await Promise.allSettled(pages.map((page) => dialWebRtc(page, target)))
  assert.ok(dials.some(({ status }) => status === 'fulfilled'))
  assert.ok(dials.filter(({ status }) => status === 'fulfilled').length <= 2)
  assert.ok(most <= 2, `${most} at once`)
})

const idsOf = (connections: Connection[]): string[] => connections.map(({ id }) => id)
const isWebRtc = ({ remoteAddr }: Connection): boolean => `${remoteAddr}`.startsWith('/webrtc')

test('a page answers no offer of WebRTC, though it makes its own', async (t) => {
  const relay = await startRelayNode(t)
  const aggregator = await startAggregatorNode(t, { relays: [addressOf(relay)] })
  await untilReserved(aggregator)
  const page = await startPageNode(t, { webrtc: true })
  const circuit = await page.services.dialer.dial(throughRelay(relay, aggregator), deadline())
  await until('the aggregator has it', () => aggregator.getConnections(page.peerId).length === 1)
  const signal = deadline(5_000)
  const dial = aggregator.dial(throughRelay(relay, page, '/webrtc'), { signal })
  await assert.rejects(dial, (error: Error) => !/abort|timeout/i.test(error.name))
  assert.equal(signal.aborted, false, 'it was refused, and did not merely hang')
  assert.deepEqual(idsOf(page.getConnections(aggregator.peerId)), [circuit.id])
  const own = await dialWebRtc(page, throughRelay(relay, aggregator, '/webrtc'))
  assert.equal(own.limits, undefined)
})

test('a page listens nowhere', async (t) => {
  const page = await startPageNode(t, { webrtc: true })
  assert.deepEqual(page.getMultiaddrs(), [])
})

test('a page that stops leaves nothing at relay and aggregator', async (t) => {
  const relay = await startRelayNode(t)
  const aggregator = await startAggregatorNode(t, { relays: [addressOf(relay)] })
  await untilReserved(aggregator)
  const page = await startPageNode(t, { webrtc: true })
  const { dialer } = page.services
  await dialer.dial(throughRelay(relay, aggregator), deadline())
  const direct = await dialWebRtc(page, throughRelay(relay, aggregator, '/webrtc'))
  assert.ok(await echoes(direct))
  await page.stop()
  await until('the aggregator has none', () => aggregator.getConnections(page.peerId).length === 0)
  await until('the relay has none', () => relay.getConnections(page.peerId).length === 0)
})

test('identity is the key that was given, or a fresh one', async (t) => {
  const identity = crypto.getRandomValues(new Uint8Array(32))
  const named = await startPageNode(t, { identity })
  const { publicKey } = await generateKeyPairFromSeed('Ed25519', identity)
  assert.ok(named.peerId.publicKey?.equals(publicKey))
  const [one, other] = [await startPageNode(t), await startPageNode(t)]
  assert.notEqual(one.peerId.toString(), other.peerId.toString())
})

/** Takes a UDP port and leaves it again; 0 is any. */
async function bindUdp(port: number): Promise<number> {
  const socket = createSocket('udp4').bind(port)
  await once(socket, 'listening')
  const { port: bound } = socket.address()
  socket.close()
  await once(socket, 'close')
  return bound
}
