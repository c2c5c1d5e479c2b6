import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pingConnection } from './ping.ts'
import {
  addressOf,
  deadline,
  startAggregatorNode,
  startPageNode,
  startPlainNode,
  startProxy,
  startRelayNode,
  throughRelay,
  until,
  untilReserved
} from './test-kit.ts'

const PING_PROTOCOL = '/ipfs/ping/1.0.0'

test('resolves as often as the other end answers, and leaves no stream', async (t) => {
  const aggregator = await startAggregatorNode(t)
  const page = await startPageNode(t)
  const connection = await page.services.dialer.dial(addressOf(aggregator), deadline())
  for (let count = 0; count < 20; count++) await pingConnection(connection, deadline())
  assert.deepEqual(connection.streams, [])
  await until('the other side has none', () =>
    aggregator.getConnections().every(({ streams }) => streams.length === 0)
  )
})

test('reaches through a circuit', async (t) => {
  const relay = await startRelayNode(t)
  const aggregator = await startAggregatorNode(t, { relays: [addressOf(relay)] })
  await untilReserved(aggregator)
  const page = await startPageNode(t)
  const circuit = await page.services.dialer.dial(throughRelay(relay, aggregator), deadline())
  await pingConnection(circuit, deadline())
})

test('rejects when the signal aborts before an answer', async (t) => {
  const aggregator = await startAggregatorNode(t)
  const proxy = await startProxy(t, aggregator)
  const page = await startPageNode(t)
  const connection = await page.services.dialer.dial(proxy.address, deadline())
  proxy.dropAnswers()
  const controller = new AbortController()
  const ping = pingConnection(connection, controller.signal)
  ping.catch(() => {})
  await until('the question is asked', () =>
    aggregator.getConnections().some(({ streams }) => streams.length > 0)
  )
  controller.abort(new Error('waited long enough'))
  await assert.rejects(ping, { message: 'waited long enough' })
  await assert.rejects(pingConnection(connection, controller.signal), {
    message: 'waited long enough'
  })
})

test('rejects when the other end has no ping', async (t) => {
  const plain = await startPlainNode(t)
  const page = await startPageNode(t)
  const connection = await page.services.dialer.dial(addressOf(plain), deadline())
  await assert.rejects(pingConnection(connection, deadline()), { name: 'UnreachableError' })
  assert.equal(connection.status, 'open')
})

test('rejects when the other end answers something else', async (t) => {
  const plain = await startPlainNode(t)
  await plain.handle(PING_PROTOCOL, (stream) => {
    stream.addEventListener('message', ({ data }) => {
      stream.send(data.subarray().map((byte) => byte ^ 1))
    })
  })
  const page = await startPageNode(t)
  const connection = await page.services.dialer.dial(addressOf(plain), deadline())
  await assert.rejects(pingConnection(connection, deadline()), { name: 'UnreachableError' })
})

test('rejects when the connection closes', async (t) => {
  const plain = await startPlainNode(t)
  await plain.handle(PING_PROTOCOL, (_, connection) => connection.abort(new Error('gone')))
  const page = await startPageNode(t)
  const connection = await page.services.dialer.dial(addressOf(plain), deadline())
  await assert.rejects(pingConnection(connection, deadline()), { name: 'UnreachableError' })
})
