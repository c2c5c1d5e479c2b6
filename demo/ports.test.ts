import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import { checkPorts } from './ports.ts'

test('names every service whose port is taken, and the flag that changes it', async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await assert.rejects(checkPorts({ page: 0, relay: port, http: port }), {
    name: 'PortTakenError',
    message:
      `port ${port} of the relay is taken: choose another with --relay-port\n` +
      `port ${port} of the aggregator’s HTTP API is taken: choose another with --http-port`
  })
})

test('leaves free ports free', async () => {
  await checkPorts({ page: 0, chain: 0 })
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  await checkPorts({ page: port })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  server.close()
})
