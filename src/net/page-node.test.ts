import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, test } from 'node:test'
import type { Connection } from '@libp2p/interface'
import { cleanup } from 'node-datachannel'
import {
  addressOf,
  deadline,
  ECHO_PROTOCOL,
  newKey,
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
  const direct = await dialer.dial(throughRelay(relay, aggregator, '/webrtc'), deadline())
  assert.equal(direct.limits, undefined)
  assert.ok(await echoes(direct))
  await circuit.close()
  assert.ok(await echoes(direct))
  await relay.stop()
  assert.ok(await echoes(direct))
})

test('WebRTC beyond the bound is refused, and a place that is left is given again', async (t) => {
  const relay = await startRelayNode(t)
  const aggregator = await startAggregatorNode(t, {
    relays: [addressOf(relay)],
    maxWebRtcConnections: 2
  })
  await untilReserved(aggregator)
  const target = throughRelay(relay, aggregator, '/webrtc')
  const pages = await Promise.all(
    Array.from({ length: 5 }, () => startPageNode(t, { webrtc: true }))
  )
  const dials = await Promise.allSettled(
    pages.map((page) => page.services.dialer.dial(target, deadline()))
  )
  const won = dials.filter((each) => each.status === 'fulfilled')
  assert.equal(won.length, 2, 'a crowd that comes at once does not slip past the bound')
  for (const each of dials) {
    if (each.status === 'rejected') assert.equal(each.reason.name, 'UnreachableError')
  }
  assert.ok(won[0])
  await won[0].value.close()
  const late = await startPageNode(t, { webrtc: true })
  await until('a place is free', async () => {
    try {
      return await echoes(await late.services.dialer.dial(target, deadline()))
    } catch {
      return false
    }
  })
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
  const direct = await dialer.dial(throughRelay(relay, aggregator, '/webrtc'), deadline())
  assert.ok(await echoes(direct))
  await page.stop()
  await until('the aggregator has none', () => aggregator.getConnections(page.peerId).length === 0)
  await until('the relay has none', () => relay.getConnections(page.peerId).length === 0)
})

test('identity is the key that was given, or a fresh one', async (t) => {
  const privateKey = await newKey()
  const named = await startPageNode(t, { privateKey })
  assert.ok(named.peerId.publicKey?.equals(privateKey.publicKey))
  const [one, other] = [await startPageNode(t), await startPageNode(t)]
  assert.notEqual(one.peerId.toString(), other.peerId.toString())
})
