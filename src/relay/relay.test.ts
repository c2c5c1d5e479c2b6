import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Connection } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { whenAccepted } from '../net/index.ts'
import {
  addressOf,
  deadline,
  ECHO_PROTOCOL,
  LOOPBACK,
  newKey,
  startAggregatorNode,
  startPageNode,
  until,
  untilReserved
} from '../net/test-kit.ts'
import { createRelay, type Relay, type RelayInit } from './index.ts'

async function startRelay(t: TestContext, init: Partial<RelayInit> = {}): Promise<Relay> {
  const relay = await createRelay({ keyFile: await keyFile(t), listen: [LOOPBACK], ...init })
  t.after(() => relay.stop())
  await relay.start()
  return relay
}

async function keyFile(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fil-heartbeat-relay-'))
  t.after(() => rm(folder, { recursive: true }))
  return join(folder, 'relay.key')
}

const dialable = (relay: Relay): Multiaddr => multiaddr(relay.addresses[0])
const circuitTo = (relay: Relay, peer: unknown): Multiaddr =>
  multiaddr(`${relay.addresses[0]}/p2p-circuit/p2p/${peer}`)

test('a listed aggregator is reached through the relay, and the relay counts it', async (t) => {
  const privateKey = await newKey()
  const peerId = peerIdFromPrivateKey(privateKey).toString()
  const relay = await startRelay(t, { aggregators: [peerId] })
  const aggregator = await startAggregatorNode(t, { privateKey, relays: [dialable(relay)] })
  await untilReserved(aggregator)
  const page = await startPageNode(t)
  const circuit = await page.services.dialer.dial(circuitTo(relay, peerId), deadline())
  const stream = await circuit.newStream(ECHO_PROTOCOL, { runOnLimitedConnection: true })
  await whenAccepted(stream)
  const { connections, reservations, circuits, addresses } = relay.status()
  assert.deepEqual(
    { connections, reservations, circuits },
    {
      connections: 2,
      reservations: 1,
      circuits: 1
    }
  )
  assert.deepEqual(addresses, relay.addresses)
  await circuit.close()
  await until('the circuit is gone', () => relay.status().circuits === 0)
  await aggregator.stop()
  await until('the aggregator is gone', () => relay.status().reservations === 0)
})

test('an aggregator that is not listed is refused, and cannot be reached', async (t) => {
  const relay = await startRelay(t, {
    aggregators: ['12D3KooWKgCRWSMaay3wT8EaPpPnbaHxsQN1B1yc7Az6trUvcU3D']
  })
  const aggregator = await startAggregatorNode(t, { relays: [dialable(relay)] })
  const { reservations } = aggregator.services
  await until('the refusal is told', () =>
    /PERMISSION_DENIED/.test(reservations.relays[0]?.problem ?? '')
  )
  const page = await startPageNode(t)
  const dial = page.services.dialer.dial(circuitTo(relay, aggregator.peerId), deadline())
  await assert.rejects(dial, { name: 'UnreachableError', message: /NO_RESERVATION/ })
  assert.equal(relay.status().reservations, 0)
})

test('nobody may reserve unless somebody is listed', async (t) => {
  const relay = await startRelay(t)
  const aggregator = await startAggregatorNode(t, { relays: [dialable(relay)] })
  const { reservations } = aggregator.services
  await until('the refusal is told', () =>
    /PERMISSION_DENIED/.test(reservations.relays[0]?.problem ?? '')
  )
})

test('an aggregator that left is answered for at once', async (t) => {
  const relay = await startRelay(t, { aggregators: 'any' })
  const aggregator = await startAggregatorNode(t, { relays: [dialable(relay)] })
  await untilReserved(aggregator)
  await aggregator.stop()
  await until('the relay knows', () => relay.status().connections === 0)
  const page = await startPageNode(t)
  const dial = page.services.dialer.dial(circuitTo(relay, aggregator.peerId), deadline())
  await assert.rejects(dial, { name: 'UnreachableError', message: /NO_RESERVATION/ })
})

test('the address survives a restart, and so does the way to the aggregator', async (t) => {
  const path = await keyFile(t)
  const relay = await startRelay(t, { keyFile: path, aggregators: 'any' })
  const { peerId, addresses } = relay
  assert.ok(addresses.every((each) => each.endsWith(`/p2p/${peerId}`)))
  const aggregator = await startAggregatorNode(t, { relays: [dialable(relay)] })
  await untilReserved(aggregator)
  await relay.stop()
  assert.deepEqual(relay.addresses, [])
  await until('the aggregator knows', () =>
    aggregator.services.reservations.relays.every(({ reserved }) => !reserved)
  )
  const listen = addresses.map((each) => each.replace(/\/p2p\/.*$/, ''))
  const again = await startRelay(t, { keyFile: path, listen, aggregators: 'any' })
  assert.deepEqual([again.peerId, again.addresses], [peerId, addresses])
  await untilReserved(aggregator)
  const page = await startPageNode(t)
  await page.services.dialer.dial(circuitTo(again, aggregator.peerId), deadline())
})

test('a circuit carries more than the 128 KiB of a hole punch', async (t) => {
  const relay = await startRelay(t, { aggregators: 'any' })
  const aggregator = await startAggregatorNode(t, { relays: [dialable(relay)] })
  await untilReserved(aggregator)
  const page = await startPageNode(t)
  const circuit = await page.services.dialer.dial(circuitTo(relay, aggregator.peerId), deadline())
  const stream = await circuit.newStream(ECHO_PROTOCOL, { runOnLimitedConnection: true })
  let heard = 0
  stream.addEventListener('message', ({ data }) => {
    heard += data.byteLength
  })
  const piece = new Uint8Array(65_536)
  for (let sent = 0; sent < 1_048_576; sent += piece.byteLength) {
    if (!stream.send(piece)) await stream.onDrain({ signal: deadline() })
  }
  await until('a mebibyte comes back', () => heard === 1_048_576)
  assert.equal(circuit.status, 'open')
})

test('more wallets than js-libp2p allows circuits reach one aggregator at once', async (t) => {
  const relay = await startRelay(t, { aggregators: 'any' })
  const aggregator = await startAggregatorNode(t, { relays: [dialable(relay)] })
  await untilReserved(aggregator)
  const target = circuitTo(relay, aggregator.peerId)
  // js-libp2p's own bound is 300 STOP streams.
  const circuits: Connection[] = []
  for (let wave = 0; wave < 5; wave++) {
    const pages = await Promise.all(Array.from({ length: 10 }, () => startPageNode(t)))
    const dials = pages.map(async (page) => {
      await page.services.dialer.dial(dialable(relay), deadline())
      const own = Array.from({ length: 8 }, () => page.services.dialer.dial(target, deadline()))
      return await Promise.all(own)
    })
    circuits.push(...(await Promise.all(dials)).flat())
  }
  assert.equal(circuits.length, 400)
  await Promise.all(
    circuits.map(async (each) => {
      await whenAccepted(await each.newStream(ECHO_PROTOCOL, { runOnLimitedConnection: true }))
    })
  )
  assert.equal(relay.status().circuits, 400)
  assert.ok(circuits.every(({ status }) => status === 'open'))
})

test('a taken port fails the start with the address, and the next start may succeed', async (t) => {
  const squatter = createServer().listen(0, '127.0.0.1')
  await once(squatter, 'listening')
  t.after(() => squatter.close())
  const place = squatter.address()
  assert.ok(typeof place === 'object' && place !== null)
  const listen = [`/ip4/127.0.0.1/tcp/${place.port}/ws`]
  const relay = await createRelay({ keyFile: await keyFile(t), listen })
  t.after(() => relay.stop())
  await assert.rejects(relay.start(), (error: Error) => {
    assert.equal(error.name, 'ListenError')
    assert.ok(error.message.includes(`cannot listen on ${listen[0]}`), error.message)
    assert.match(error.message, /EADDRINUSE/)
    return true
  })
  squatter.close()
  await once(squatter, 'close')
  await relay.start()
  assert.equal(relay.addresses.length, 1)
})

test('starts and stops again as often as it is told to, twice or at once', async (t) => {
  const relay = await createRelay({ keyFile: await keyFile(t), listen: [LOOPBACK] })
  t.after(() => relay.stop())
  const { peerId } = relay
  const quiet = { peerId, addresses: [], connections: 0, reservations: 0, circuits: 0 }
  assert.deepEqual(relay.status(), quiet)
  await relay.stop()
  await Promise.all([relay.start(), relay.start()])
  assert.equal(relay.addresses.length, 1)
  await Promise.all([relay.stop(), relay.stop(), relay.start(), relay.stop()])
  assert.deepEqual(relay.status(), quiet)
  await relay.start()
  assert.ok(relay.addresses[0]?.endsWith(`/p2p/${peerId}`))
})

test('stopping cuts circuits and leaves nothing open', async (t) => {
  const relay = await startRelay(t, { aggregators: 'any' })
  const aggregator = await startAggregatorNode(t, { relays: [dialable(relay)] })
  await untilReserved(aggregator)
  const page = await startPageNode(t)
  await page.services.dialer.dial(circuitTo(relay, aggregator.peerId), deadline())
  await relay.stop()
  await until('the page has none', () => page.getConnections().length === 0)
  await until('the aggregator has none', () => aggregator.getConnections().length === 0)
})

test('wallets may still dial the aggregator itself while it has a relay', async (t) => {
  const relay = await startRelay(t, { aggregators: 'any' })
  const aggregator = await startAggregatorNode(t, { relays: [dialable(relay)] })
  await untilReserved(aggregator)
  const page = await startPageNode(t)
  const { dialer } = page.services
  const direct = await dialer.dial(addressOf(aggregator), deadline())
  const circuit = await dialer.dial(circuitTo(relay, aggregator.peerId), deadline())
  assert.notEqual(direct.id, circuit.id)
})
