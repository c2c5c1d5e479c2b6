import assert from 'node:assert/strict'
import { test } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { reservations } from './reservations.ts'
import { createAggregatorNode } from './server-node.ts'
import {
  addressOf,
  deadline,
  ECHO_PROTOCOL,
  LOOPBACK,
  newKey,
  startAggregatorNode,
  startPageNode,
  startProxy,
  startRelayNode,
  throughRelay,
  until,
  untilReserved
} from './test-kit.ts'

/** Where a relay listened, to start another in its place. */
const placeOf = (address: string): string => address.replace(/\/p2p\/.*$/, '')

test('a reservation is made, and wallets reach the aggregator through it', async (t) => {
  const relay = await startRelayNode(t)
  const aggregator = await startAggregatorNode(t, { relays: [addressOf(relay)] })
  await untilReserved(aggregator)
  assert.deepEqual(aggregator.services.reservations.relays, [
    { address: addressOf(relay).toString(), reserved: true }
  ])
  const page = await startPageNode(t)
  await page.services.dialer.dial(throughRelay(relay, aggregator), deadline())
})

test('a relay that restarts gets its reservation again without help', async (t) => {
  const privateKey = await newKey()
  const first = await startRelayNode(t, { privateKey })
  const address = addressOf(first)
  const aggregator = await startAggregatorNode(t, { relays: [address] })
  const { reservations } = aggregator.services
  const page = await startPageNode(t)
  let relay = first
  for (let restart = 0; restart < 3; restart++) {
    await untilReserved(aggregator)
    await relay.stop()
    await until('the loss is known', () => reservations.relays[0]?.reserved === false)
    assert.ok(reservations.relays[0]?.problem)
    relay = await startRelayNode(t, { privateKey, listen: [placeOf(address.toString())] })
  }
  await untilReserved(aggregator)
  assert.equal(reservations.relays[0]?.problem, undefined)
  const circuit = await page.services.dialer.dial(throughRelay(relay, aggregator), deadline())
  await circuit.newStream(ECHO_PROTOCOL, { runOnLimitedConnection: true })
})

test('a node starts while its relay is down, and is reserved once it comes', async (t) => {
  const privateKey = await newKey()
  const gone = await startRelayNode(t, { privateKey })
  const address = addressOf(gone)
  await gone.stop()
  const aggregator = await startAggregatorNode(t, { relays: [address] })
  const { reservations } = aggregator.services
  assert.equal(reservations.relays[0]?.reserved, false)
  await until('the failure is told', () => reservations.relays[0]?.problem !== undefined)
  await startRelayNode(t, { privateKey, listen: [placeOf(address.toString())] })
  await untilReserved(aggregator)
})

test('a relay that refuses is told with what it said', async (t) => {
  const relay = await startRelayNode(t, { mayReserve: () => false })
  const aggregator = await startAggregatorNode(t, { relays: [addressOf(relay)] })
  const { reservations } = aggregator.services
  await until('the refusal is told', () =>
    /PERMISSION_DENIED/.test(reservations.relays[0]?.problem ?? '')
  )
  assert.equal(reservations.relays[0]?.reserved, false)
})

test('a relay that has no reservations to give is told as such', async (t) => {
  const other = await startAggregatorNode(t)
  const aggregator = await startAggregatorNode(t, { relays: [addressOf(other)] })
  const { reservations } = aggregator.services
  await until('the failure is told', () => reservations.relays[0]?.problem !== undefined)
  assert.equal(reservations.relays[0]?.reserved, false)
})

test('relays are told in the order that they were given in', async (t) => {
  const up = await startRelayNode(t)
  const down = await startRelayNode(t)
  const addresses = [addressOf(down), addressOf(up)]
  await down.stop()
  const aggregator = await startAggregatorNode(t, { relays: addresses })
  const { reservations } = aggregator.services
  const told = (): string[] => reservations.relays.map(({ address }) => address)
  assert.deepEqual(told(), addresses.map(String))
  await until('one is reserved', () => reservations.relays[1]?.reserved === true)
  assert.deepEqual(told(), addresses.map(String))
})

test('a node is reserved on each of several relays', async (t) => {
  const relays = await Promise.all([startRelayNode(t), startRelayNode(t), startRelayNode(t)])
  const aggregator = await startAggregatorNode(t, { relays: relays.map(addressOf) })
  const { reservations } = aggregator.services
  await until('all are reserved', () => reservations.relays.every(({ reserved }) => reserved))
})

test('a relay that falls silent is left and dialled anew', async (t) => {
  const relay = await startRelayNode(t)
  const proxy = await startProxy(t, relay)
  const aggregator = await startAggregatorNode(t, {
    relays: [proxy.address],
    relayPingPeriod: 50,
    relayPingTimeout: 200
  })
  const { reservations } = aggregator.services
  await untilReserved(aggregator)
  proxy.dropAnswers()
  await until('the silence is noticed', () => reservations.relays[0]?.reserved === false)
  assert.match(reservations.relays[0]?.problem ?? '', /ping of the relay took longer/)
  await untilReserved(aggregator)
})

test('a node that stops, once or twice, leaves nothing at its relay', async (t) => {
  const relay = await startRelayNode(t)
  const aggregator = await startAggregatorNode(t, { relays: [addressOf(relay)] })
  await untilReserved(aggregator)
  await Promise.all([aggregator.stop(), aggregator.stop()])
  await aggregator.stop()
  await until('the connection is gone', () => relay.getConnections().length === 0)
})

test('a node stops at once while a relay keeps it waiting for a reservation', async (t) => {
  const relay = await startRelayNode(t)
  const proxy = await startProxy(t, relay)
  const asked = Promise.withResolvers<void>()
  await relay.unhandle('/libp2p/circuit/relay/0.2.0/hop')
  await relay.handle('/libp2p/circuit/relay/0.2.0/hop', () => asked.resolve())
  const aggregator = await startAggregatorNode(t, { relays: [proxy.address] })
  await asked.promise
  const begun = performance.now()
  await aggregator.stop()
  // js-libp2p itself waits for seconds.
  assert.ok(performance.now() - begun < 2_000)
})

test('a stranger cannot make himself a relay', async (t) => {
  const relay = await startRelayNode(t)
  const aggregator = await startAggregatorNode(t)
  const stranger = await startPageNode(t)
  const connection = await stranger.services.dialer.dial(addressOf(aggregator), deadline())
  let reserved = 0
  await stranger.handle('/libp2p/circuit/relay/0.2.0/hop', (stream) => {
    reserved++
    stream.abort(new Error('asked'))
  })
  const stop = await connection.newStream('/libp2p/circuit/relay/0.2.0/stop')
  await until('the stream is refused', () => stop.status !== 'open')
  assert.equal(reserved, 0)
  assert.deepEqual(aggregator.getMultiaddrs().map(String).filter(isCircuit), [])
  assert.equal(relay.getConnections().length, 0)
})

const isCircuit = (address: string): boolean => address.includes('/p2p-circuit')

test('an address without a peer id is refused where it is given', async () => {
  assert.throws(() => reservations([multiaddr('/ip4/192.0.2.1/tcp/443/wss')]), {
    name: 'OptionError',
    message: /"\/ip4\/192\.0\.2\.1\/tcp\/443\/(tls\/ws|wss)" does not end in \/p2p\//
  })
  await assert.rejects(
    async () =>
      createAggregatorNode({
        privateKey: await newKey(),
        listen: [LOOPBACK],
        relays: [multiaddr('/ip4/192.0.2.1/tcp/443/wss')],
        maxWebRtcConnections: 1
      }),
    { name: 'OptionError' }
  )
})
