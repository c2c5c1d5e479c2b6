import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { MAX_CONNECTIONS_PER_PEER, MAX_RESERVATIONS } from '../constants.ts'
import {
  addressOf,
  deadline,
  ECHO_PROTOCOL,
  LOOPBACK,
  newKey,
  startAggregatorNode,
  startPageNode,
  startRelayNode,
  tcpPortOf,
  until,
  untilReserved
} from './test-kit.ts'

test('a crowd that comes at once from one address is all let in', async (t) => {
  const aggregator = await startAggregatorNode(t)
  const pages = await Promise.all(Array.from({ length: 200 }, () => startPageNode(t)))
  const address = addressOf(aggregator)
  const connections = await Promise.all(
    pages.map((page) => page.services.dialer.dial(address, deadline()))
  )
  const streams = await Promise.all(connections.map((each) => each.newStream(ECHO_PROTOCOL)))
  const echoes = streams.map((each) => once(each, 'message', { signal: deadline() }))
  for (const stream of streams) stream.send(Uint8Array.of(1))
  await Promise.all(echoes)
  assert.equal(aggregator.getConnections().length, 200)
  assert.equal(aggregator.getPeers().length, 200)
})

test('a peer has so many connections, and one more drives out its eldest', async (t) => {
  const aggregator = await startAggregatorNode(t)
  const [page, other] = [await startPageNode(t), await startPageNode(t)]
  const address = addressOf(aggregator)
  const others = await other.services.dialer.dial(address, deadline())
  const connections = []
  for (let count = 0; count < MAX_CONNECTIONS_PER_PEER + 2; count++) {
    const connection = await page.services.dialer.dial(address, deadline())
    await connection.newStream(ECHO_PROTOCOL)
    connections.push(connection)
  }
  const [first, second, ...newer] = connections
  await until('the eldest are cut', () => first?.status !== 'open' && second?.status !== 'open')
  assert.equal(aggregator.getConnections(page.peerId).length, MAX_CONNECTIONS_PER_PEER)
  assert.ok([others, ...newer].every(({ status }) => status === 'open'))
})

test('many connections of one peer at once do not slip past its bound', async (t) => {
  const aggregator = await startAggregatorNode(t)
  const page = await startPageNode(t)
  let most = 0
  aggregator.addEventListener('connection:open', () => {
    most = Math.max(most, aggregator.getConnections(page.peerId).length)
  })
  const dials = Array.from({ length: 40 }, () =>
    page.services.dialer.dial(addressOf(aggregator), deadline())
  )
  await Promise.allSettled(dials)
  await until('the rest is cut', () => page.getConnections().length <= MAX_CONNECTIONS_PER_PEER)
  assert.ok(most <= MAX_CONNECTIONS_PER_PEER, `${most} at once`)
})

test('a peer that goes is forgotten', async (t) => {
  for (const node of [await startAggregatorNode(t), await startRelayNode(t)]) {
    const pages = await Promise.all(Array.from({ length: 20 }, () => startPageNode(t)))
    for (const page of pages) {
      const connection = await page.services.dialer.dial(addressOf(node), deadline())
      await connection.newStream('/ipfs/ping/1.0.0')
    }
    await until('the peers are known', async () => (await node.peerStore.all()).length === 20)
    await Promise.all(pages.map((page) => page.stop()))
    await until('nobody is known', async () => (await node.peerStore.all()).length === 0)
    assert.equal(node.getConnections().length, 0)
  }
})

test('a node lists all of its connections, or those of one peer', async (t) => {
  const aggregator = await startAggregatorNode(t)
  const [first, second] = [await startPageNode(t), await startPageNode(t)]
  for (const page of [first, first, second]) {
    await page.services.dialer.dial(addressOf(aggregator), deadline())
  }
  await until('all are in', () => aggregator.getConnections().length === 3)
  assert.equal(aggregator.getConnections(first.peerId).length, 2)
  assert.equal(aggregator.getConnections(second.peerId).length, 1)
})

test('handshakes are bounded as the operator says, from the first byte on', async (t) => {
  const aggregator = await startAggregatorNode(t, { bounds: { pending: 1 } })
  const port = tcpPortOf(aggregator)
  const first = connect(port, '127.0.0.1')
  t.after(() => first.destroy())
  await once(first, 'connect', { signal: deadline() })
  const second = connect(port, '127.0.0.1').on('error', () => {})
  await once(second.resume(), 'close', { signal: deadline() })
  assert.equal(first.closed, false)
})

test('a relay without a slot left says so to its operator, and to who asks', async (t) => {
  const refusals: string[] = []
  const relay = await startRelayNode(t, { onRefusal: (reason) => refusals.push(reason) })
  for (let count = 0; count < MAX_RESERVATIONS; count++) {
    relay.services.relay.reservations.set(peerIdFromPrivateKey(await newKey()), {} as never)
  }
  const aggregator = await startAggregatorNode(t, { relays: [addressOf(relay)] })
  const problem = () => aggregator.services.reservations.relays[0]?.problem ?? ''
  await until('it is refused', () => /RESERVATION_REFUSED/.test(problem()))
  assert.equal(refusals[0], 'too-many-reservations')
})

test('a listen address that is taken fails the start, by name', async (t) => {
  const first = await startRelayNode(t)
  const place = addressOf(first)
    .toString()
    .replace(/\/p2p\/.*$/, '')
  for (const start of [startRelayNode, startAggregatorNode]) {
    await assert.rejects(start(t, { listen: [LOOPBACK, place] }), {
      name: 'ListenError',
      address: place,
      message: /EADDRINUSE/
    })
  }
})

test('announced addresses stand in for those that are listened on', async (t) => {
  const announce = ['/dns4/relay.example/tcp/443/wss']
  const relay = await startRelayNode(t, { announce })
  assert.deepEqual(relay.getMultiaddrs().map(String), [
    `/dns4/relay.example/tcp/443/wss/p2p/${relay.peerId}`
  ])
})

test('a relay may open more streams on its one connection than yamux allows by itself', async (t) => {
  const relay = await startRelayNode(t)
  const aggregator = await startAggregatorNode(t, { relays: [addressOf(relay)] })
  await aggregator.handle('/test/circuit/1', () => {}, { maxInboundStreams: 2_000 })
  await untilReserved(aggregator)
  const [connection] = relay.getConnections(aggregator.peerId)
  assert.ok(connection)
  for (let count = 0; count < 1_200; count++) {
    await connection.newStream('/test/circuit/1', { maxOutboundStreams: 2_000 })
  }
  await until('all are there', () =>
    aggregator.getConnections(relay.peerId).some(({ streams }) => streams.length === 1_200)
  )
  assert.ok(connection.streams.every(({ status }) => status === 'open'))
})
