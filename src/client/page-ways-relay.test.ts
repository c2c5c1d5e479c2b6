import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { cleanup } from 'node-datachannel'
import { until } from '../net/test-kit.ts'
import { beat, climber, DEAD_RELAY, Network, STRANGER } from './page-ways.kit.test.ts'

let network: Network
before(async () => {
  network = await Network.start()
})
after(async () => {
  await network.stop()
  // js-libp2p leaves a refused dial's data channel open, which would keep the process alive.
  cleanup()
})

test('closes the relays that lost the race to a direct address', async () => {
  const { node, open } = await climber([network.direct], [network.relayAddress])
  const leg = await open()
  assert.equal(leg.way, 'websocket')
  await until('the relay is left', () => node.getConnections().length === 1)
  await node.stop()
})

test('keeps its relay connection while only the aggregator is missing', async () => {
  const { node, open } = await climber([STRANGER], [network.relayAddress])
  await assert.rejects(open(), { host: '127.0.0.1' })
  const [first] = node.getConnections(network.relay.peerId)
  await assert.rejects(open())
  const after = node.getConnections(network.relay.peerId)
  assert.deepEqual(
    after.map(({ id }) => id),
    [first?.id]
  )
  await node.stop()
})

test('is not held up by a dead first address', async () => {
  const { node, open } = await climber([network.bare], [DEAD_RELAY, network.relayAddress])
  const leg = await open()
  assert.equal(leg.way, 'relayed')
  await node.stop()
})

test('uses the relay connection that it has for the way back', async () => {
  const { node, open } = await climber([network.bare], [network.relayAddress], ['relayed'])
  const first = await open()
  const [relay] = node.getConnections(network.relay.peerId)
  await first.close()
  const second = await open()
  second.send(beat('back again'))
  await network.line('relayed back again')
  assert.equal(node.getConnections(network.relay.peerId).length, 1)
  assert.equal(node.getConnections(network.relay.peerId)[0]?.id, relay?.id)
  await node.stop()
})

test('replaces a relay connection that is open with nobody behind it', async () => {
  const { node, open } = await climber([network.bare], [network.relayAddress], ['relayed'])
  const first = await open()
  await first.close()
  const [relay] = node.getConnections(network.relay.peerId)
  assert.ok(relay)
  Object.assign(relay, { newStream: () => Promise.reject(new Error('dead muxer')) })
  const second = await open()
  second.send(beat('on a new one'))
  await network.line('relayed on a new one')
  await second.accepted
  await until('the dead one is closed', () => relay.status === 'closed')
  assert.equal(node.getConnections(network.relay.peerId).length, 1)
  await node.stop()
})

test('races a new relay connection with one that hangs', async () => {
  const { node, open } = await climber([network.bare], [network.relayAddress], ['relayed'])
  await (await open()).close()
  const [relay] = node.getConnections(network.relay.peerId)
  assert.ok(relay)
  Object.assign(relay, {
    newStream: (_: string, { signal }: { signal: AbortSignal }) =>
      once(signal, 'abort').then(() => Promise.reject(signal.reason))
  })
  const second = await open()
  await second.accepted
  await until('the dead one is closed', () => relay.status === 'closed')
  await node.stop()
})

test('keeps a relay connection in doubt until a leg over another one is accepted', async () => {
  const { node, open } = await climber([network.bare], [network.relayAddress], ['relayed'])
  const first = await open()
  await first.accepted
  const [relay] = node.getConnections(network.relay.peerId)
  assert.ok(relay)
  Object.assign(relay, {
    newStream: (_: string, { signal }: { signal: AbortSignal }) =>
      once(signal, 'abort').then(() => Promise.reject(signal.reason))
  })
  const opening = open(true)
  first.send(beat('still on the old one'))
  await network.line('relayed still on the old one')
  const second = await opening
  await second.accepted
  await until('the one in doubt is closed', () => relay.status === 'closed')
  second.send(beat('on the sure one'))
  await network.line('relayed on the sure one')
  await node.stop()
})
