import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { cleanup } from 'node-datachannel'
import { beat, climber, DEAD_RELAY, Network, STRANGER, signal } from './page-ways.kit.test.ts'

let network: Network
before(async () => {
  network = await Network.start()
})
after(async () => {
  await network.stop()
  // js-libp2p leaves a refused dial's data channel open, which would keep the process alive.
  cleanup()
})

test('goes straight to a direct address, and stays there', async () => {
  const { node, open, upgrades } = await climber([network.direct], [network.relayAddress])
  const leg = await open()
  assert.equal(leg.way, 'websocket')
  leg.send(beat('straight'))
  await network.line('websocket straight')
  assert.deepEqual(upgrades, [])
  assert.equal(node.getConnections().length, 1)
  await node.stop()
})

test('asks the other end whether it is there', async () => {
  const { node, open } = await climber([network.direct], [])
  const leg = await open()
  await leg.accepted
  await leg.probe?.(signal)
  await node.stop()
})

test('blames the relay when no relay answers', async () => {
  const { node, open } = await climber([network.bare], [DEAD_RELAY])
  await assert.rejects(open(), {
    name: 'RouteError',
    layer: 'relay',
    message: /relay at 127\.0\.0\.1 does not answer/
  })
  await node.stop()
})

test('blames the aggregator when the relay answers and it does not', async () => {
  const { node, open } = await climber([STRANGER], [network.relayAddress])
  await assert.rejects(open(), {
    name: 'RouteError',
    layer: 'aggregator',
    message: /does not reach the server/
  })
  await node.stop()
})

test('rejects the leg when the other side does not speak the protocol', async () => {
  const relay = network.relayAddress
  const { node, open } = await climber([relay], [])
  const leg = await open()
  await assert.rejects(leg.accepted, { name: 'NegotiationError' })
  await leg.closed
  await node.stop()
})

test('ends at once when it is aborted, with nothing left open', async () => {
  const { node, ladder } = await climber([network.bare], [network.relayAddress])
  const stopping = new AbortController()
  const opening = ladder.open(stopping.signal, () => {})
  stopping.abort(new Error('stopped'))
  await assert.rejects(opening, /stopped/)
  await node.stop()
  assert.deepEqual(node.getConnections(), [])
})

test('leaves nothing behind at either end after many cycles', async () => {
  const { node, open } = await climber([network.direct], [])
  for (let cycle = 0; cycle < 30; cycle++) {
    const leg = await open()
    await leg.accepted
    await leg.close()
    await leg.closed
  }
  assert.deepEqual(node.getConnections(), [])
  await node.stop()
})
