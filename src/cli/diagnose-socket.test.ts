import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { type TestContext, test } from 'node:test'
import { diagnoseSocket } from './diagnose-socket.ts'

async function portOf(t: TestContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return (server.address() as AddressInfo).port
}

test('names nobody, where a WebSocket would open', async (t) => {
  const server = createHttpServer()
  server.on('upgrade', (_, socket) => {
    socket.end(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
    )
  })
  const port = await portOf(t, server)
  assert.equal(await diagnoseSocket(`/ip4/127.0.0.1/tcp/${port}/ws`), undefined)
})

test('tells a port where nothing listens from one where something else does', async (t) => {
  const closed = createServer()
  const port = await portOf(t, closed)
  closed.close()
  await once(closed, 'close')
  const refused = await diagnoseSocket(`/ip4/127.0.0.1/tcp/${port}/ws`)
  assert.equal(refused?.layer, 'tcp')
  assert.match(refused?.problem ?? '', /refused, so nothing listens there$/)
  const web = await portOf(
    t,
    createHttpServer((_, response) => response.writeHead(404).end())
  )
  const answered = await diagnoseSocket(`/ip4/127.0.0.1/tcp/${web}/ws`)
  assert.deepEqual(answered, {
    layer: 'websocket',
    problem: `no WebSocket at 127.0.0.1:${web}: what answers is a web server, with status 404`
  })
})

test('tells that what answers speaks no TLS', async (t) => {
  const port = await portOf(t, createHttpServer())
  const fault = await diagnoseSocket(`/ip4/127.0.0.1/tcp/${port}/tls/ws`)
  assert.deepEqual(fault, {
    layer: 'tls',
    problem: `TLS fails at 127.0.0.1:${port}: what answers speaks no TLS`
  })
})

test('tells that a name is not known', async () => {
  const fault = await diagnoseSocket('/dns4/nowhere.invalid/tcp/443/wss')
  assert.equal(fault?.layer, 'dns')
})
