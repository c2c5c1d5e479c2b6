import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { LOOPBACK, startAggregatorNode, until, untilReserved } from '../net/test-kit.ts'
import { createRelay, type RelayInit } from './index.ts'

async function startRelay(t: TestContext, init: Partial<RelayInit> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'fil-heartbeat-relay-'))
  t.after(() => rm(folder, { recursive: true }))
  const keyFile = join(folder, 'relay.key')
  const relay = await createRelay({ keyFile, listen: [LOOPBACK], http: { port: 0 }, ...init })
  t.after(() => relay.stop())
  await relay.start()
  const [address = ''] = relay.addresses
  const ask = (path: string) => fetch(`${relay.httpUrl}${path}`)
  return { relay, address, port: Number(address.split('/')[4]), ask }
}

/** Asks for a WebSocket as a proxy would; gives the status of the answer. */
async function upgrade(t: TestContext, port: number, client?: string): Promise<number> {
  const asked = request({
    port,
    host: '127.0.0.1',
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      ...(client && { 'x-forwarded-for': client })
    }
  })
  asked.end()
  const settled = Promise.withResolvers<number>()
  asked.on('upgrade', (_, socket: Socket) => {
    t.after(() => socket.destroy())
    settled.resolve(101)
  })
  asked.on('response', ({ statusCode = 0 }) => settled.resolve(statusCode))
  asked.on('error', settled.reject)
  return await settled.promise
}

test('tells its operator that it lives, is ready, and what goes through it', async (t) => {
  const { address, ask, relay } = await startRelay(t, { aggregators: 'any' })
  assert.deepEqual(await (await ask('/livez')).json(), { live: true })
  const ready = await ask('/readyz')
  assert.deepEqual([ready.status, await ready.json()], [200, { ready: true, problems: [] }])
  const aggregator = await startAggregatorNode(t, { relays: [multiaddr(address)] })
  await untilReserved(aggregator)
  const figures = await (await ask('/metrics')).text()
  assert.match(figures, /^fil_heartbeat_relay_reservations 1$/m)
  assert.match(figures, /^fil_heartbeat_relay_connections 1$/m)
  assert.match(figures, /^fil_heartbeat_relay_circuits 0$/m)
  for (const way of ['received', 'sent']) {
    const bytes = new RegExp(`^fil_heartbeat_relay_${way}_bytes_total (\\d+)$`, 'm')
    assert.ok(Number(bytes.exec(figures)?.[1]) > 500, 'a handshake and a reservation')
  }
  assert.match(figures, /^libp2p_/m)
  assert.doesNotMatch(figures, new RegExp(`${aggregator.peerId}`))
  assert.equal((await ask('/')).status, 404)
  const { httpUrl } = relay
  await relay.stop()
  assert.equal(relay.httpUrl, undefined)
  await assert.rejects(fetch(`${httpUrl}/livez`))
})

test('counts reservations that it refused', async (t) => {
  const { address, ask } = await startRelay(t, { aggregators: [] })
  await startAggregatorNode(t, { relays: [multiaddr(address)] })
  const refused = /^fil_heartbeat_relay_refusals_total\{reason="reservation-not-allowed"\} [1-9]/m
  await until('it is counted', async () => refused.test(await (await ask('/metrics')).text()))
})

test('starts again with figures of its own', async (t) => {
  const { relay, ask } = await startRelay(t)
  await relay.stop()
  await relay.start()
  assert.match(await (await ask('/metrics')).text(), /^fil_heartbeat_relay_connections 0$/m)
})

test('a taken port of HTTP fails the start, and leaves nothing listening', async (t) => {
  const { relay } = await startRelay(t)
  const { port } = new URL(relay.httpUrl ?? '')
  await assert.rejects(startRelay(t, { http: { port: Number(port) } }), {
    name: 'ListenError',
    message: /EADDRINUSE/
  })
})

test('one client behind a trusted proxy gets so many sockets, and others get theirs', async (t) => {
  const { port, ask } = await startRelay(t, {
    trustedProxies: ['127.0.0.1'],
    clientLimits: { connections: 2 }
  })
  const statuses = []
  for (const client of ['192.0.2.7', '192.0.2.7', '192.0.2.7', '192.0.2.8']) {
    statuses.push(await upgrade(t, port, client))
  }
  assert.deepEqual(statuses, [101, 101, 429, 101])
  const figures = await (await ask('/metrics')).text()
  assert.match(figures, /refusals_total\{reason="too-many-connections"\} 1$/m)
})

test('what anybody says of whom it stands for is not believed', async (t) => {
  const { port } = await startRelay(t, { clientLimits: { connections: 1 } })
  const statuses = []
  for (let count = 0; count < 3; count++) statuses.push(await upgrade(t, port, '192.0.2.7'))
  assert.deepEqual(statuses, [101, 101, 101])
})
