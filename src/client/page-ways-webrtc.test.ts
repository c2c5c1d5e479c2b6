import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { cleanup } from 'node-datachannel'
import { HEARTBEAT_PROTOCOL_V2 } from '../constants.ts'
import type { Leg } from '../heartbeat/index.ts'
import { beat, climber, Network, signal, WAYS, wayAt } from './page-ways.kit.test.ts'

let network: Network
before(async () => {
  network = await Network.start()
})
after(async () => {
  await network.stop()
  // js-libp2p leaves a refused dial's data channel open, which would keep the process alive.
  cleanup()
})

// Two libdatachannels in one process now and then miss each other's certificate.
async function untilOpen(open: () => Promise<Leg>): Promise<Leg> {
  for (;;) {
    try {
      return await open()
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'RouteError') throw error
    }
  }
}

test('beats over a circuit first, then hands over a direct connection', async () => {
  const { node, open, better, upgrades } = await climber([network.bare], [network.relayAddress])
  const circuit = await open()
  assert.equal(circuit.way, 'relayed')
  circuit.send(beat('over the circuit'))
  await network.line('relayed over the circuit')
  const direct = await better
  assert.equal(direct.way, 'webrtc')
  await circuit.close()
  direct.send(beat('over webrtc'))
  await network.line('webrtc over webrtc')
  assert.deepEqual(upgrades, ['trying'])
  const ways = node.getConnections().map(wayAt).sort()
  assert.deepEqual(ways, ['webrtc', 'websocket'], 'the relay stays, the circuit is closed')
  await node.stop()
})

test('stays on the circuit when WebRTC is not to be had', async () => {
  const { node, open, upgrades } = await climber(
    [network.bare],
    [network.relayAddress],
    WAYS,
    false
  )
  const leg = await open()
  assert.equal(leg.way, 'relayed')
  assert.deepEqual(upgrades, ['off'])
  await node.stop()
})

test('stays on the circuit when the aggregator takes no more WebRTC connections', async () => {
  const full = await Network.start(0)
  const { node, ladder, failed } = await climber([full.bare], [full.relayAddress])
  const leg = await ladder.open(signal, () => assert.fail('there is no better leg'))
  await failed
  leg.send(beat('still here'))
  await full.line('relayed still here')
  await node.stop()
  await full.stop()
})

test('leaves no connection behind when WebRTC comes up and its stream is refused', async () => {
  const shy = await Network.start()
  const { node, ladder, failed } = await climber([shy.bare], [shy.relayAddress])
  const leg = await ladder.open(signal, () => assert.fail('there is no better leg'))
  await leg.accepted
  await shy.aggregator.unhandle(HEARTBEAT_PROTOCOL_V2)
  await failed
  assert.deepEqual(node.getConnections().map(wayAt).sort(), ['relayed', 'websocket'])
  await node.stop()
  await shy.stop()
})

test('sends no beat over the circuit when only WebRTC is allowed', async () => {
  const { node, open } = await climber([network.bare], [network.relayAddress], ['webrtc'])
  const leg = await untilOpen(open)
  assert.equal(leg.way, 'webrtc')
  leg.send(beat('direct only'))
  await network.line('webrtc direct only')
  assert.deepEqual(node.getConnections().map(wayAt).sort(), ['webrtc', 'websocket'])
  await node.stop()
})
