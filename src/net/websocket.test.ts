import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { WebSocketServer } from 'ws'
import {
  addressOf,
  deadline,
  startAggregatorNode,
  startPageNode,
  startPlainNode,
  startProxy,
  until
} from './test-kit.ts'

const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port

test('aborting at the dialler closes the socket', async (t) => {
  const aggregator = await startAggregatorNode(t)
  const proxy = await startProxy(t, aggregator)
  const page = await startPageNode(t)
  const connection = await page.services.dialer.dial(proxy.address, deadline())
  assert.equal(proxy.sockets(), 1)
  connection.abort(new Error('enough'))
  await until('the socket closes', () => proxy.sockets() === 0)
  await until('the listener knows', () => aggregator.getConnections().length === 0)
})

test('aborting at the listener closes the socket', async (t) => {
  const aggregator = await startAggregatorNode(t)
  const proxy = await startProxy(t, aggregator)
  const page = await startPageNode(t)
  const connection = await page.services.dialer.dial(proxy.address, deadline())
  const closed = once(connection, 'close', { signal: deadline() })
  await until('the listener has it', () => aggregator.getConnections().length === 1)
  aggregator.getConnections()[0]?.abort(new Error('enough'))
  await closed
  await until('the socket closes', () => proxy.sockets() === 0)
})

test('a dialler that no answer reaches is cut all the same when the listener aborts', async (t) => {
  const aggregator = await startAggregatorNode(t)
  const proxy = await startProxy(t, aggregator)
  const page = await startPageNode(t)
  await page.services.dialer.dial(proxy.address, deadline())
  await until('the listener has it', () => aggregator.getConnections().length === 1)
  proxy.dropAnswers()
  aggregator.getConnections()[0]?.abort(new Error('enough'))
  await until('the socket closes', () => proxy.sockets() === 0)
})

test('a refused dial rejects with an error that says where', async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server)
  server.close()
  await once(server, 'close')
  const page = await startPageNode(t)
  const dial = page.services.dialer.dial(multiaddr(`/ip4/127.0.0.1/tcp/${port}/ws`), deadline())
  await assert.rejects(dial, (error) => {
    assert.ok(error instanceof Error)
    assert.equal(error.name, 'UnreachableError')
    assert.match(error.message, new RegExp(`127\\.0\\.0\\.1:${port}`))
    return true
  })
})

test('a dial that is aborted while its socket connects leaves no socket', async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const page = await startPageNode(t)
  const controller = new AbortController()
  const accepted = once(server, 'connection', { signal: deadline() })
  const target = multiaddr(`/ip4/127.0.0.1/tcp/${portOf(server)}/ws`)
  const dial = page.services.dialer.dial(target, controller.signal)
  dial.catch(() => {})
  const [socket] = (await accepted) as [Socket]
  socket.resume()
  const closed = once(socket, 'close', { signal: deadline() })
  controller.abort(new Error('no longer wanted'))
  await assert.rejects(dial, { message: 'no longer wanted' })
  await closed
})

test('a dial that is aborted while it upgrades leaves no socket', async (t) => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  t.after(() => server.close())
  const page = await startPageNode(t)
  const controller = new AbortController()
  const accepted = once(server, 'connection', { signal: deadline() })
  const target = multiaddr(`/ip4/127.0.0.1/tcp/${portOf(server)}/ws`)
  const dial = page.services.dialer.dial(target, controller.signal)
  dial.catch(() => {})
  const [socket] = await accepted
  const closed = once(socket, 'close', { signal: deadline() })
  await once(socket, 'message', { signal: deadline() })
  controller.abort(new Error('no longer wanted'))
  await assert.rejects(dial, { message: 'no longer wanted' })
  await closed
})

for (const garbage of ['\x13/multistream/1.0.0\n\x07/noise\n\x00\x05noise', 'HTTP/1.1 404', '']) {
  test(`a server that answers ${JSON.stringify(garbage)} costs an error and no socket`, async (t) => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    await once(server, 'listening')
    t.after(() => server.close())
    const closed = Promise.withResolvers<void>()
    server.on('connection', (socket) => {
      socket.on('close', () => closed.resolve())
      socket.send(garbage)
      if (garbage === '') socket.close()
    })
    const page = await startPageNode(t)
    const target = multiaddr(`/ip4/127.0.0.1/tcp/${portOf(server)}/ws`)
    const dial = page.services.dialer.dial(target, deadline())
    await assert.rejects(dial, (error) => error instanceof Error)
    await closed.promise
    assert.deepEqual(page.getConnections(), [])
  })
}

test('a node that stops leaves no connection on the other side', async (t) => {
  const aggregator = await startAggregatorNode(t)
  const plain = await startPlainNode(t)
  const page = await startPageNode(t)
  await Promise.all(
    [aggregator, plain].map(async (node) => {
      await page.services.dialer.dial(addressOf(node), deadline())
    })
  )
  await page.stop()
  await until('nothing is left', () =>
    [aggregator, plain].every((node) => node.getConnections().length === 0)
  )
  const other = await startPageNode(t)
  await other.services.dialer.dial(addressOf(aggregator), deadline())
  await aggregator.stop()
  await until('nothing is left', () => other.getConnections().length === 0)
})
