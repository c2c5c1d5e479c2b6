import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { type Head, lotusHttpHead, lotusTipsets, lotusWebSocketHead } from '../../src/head/index.ts'
import { FakeClock } from '../../src/timing/fake-clock.ts'
import { MAX_REQUEST_BYTES } from '../constants.ts'
import { startDevChain } from './index.ts'

const PAGE = 'http://127.0.0.1:8080'
const EPOCH = 4_000
const { signal } = new AbortController()

async function setUp(t: TestContext) {
  // In the middle of epoch 500.
  const clock = new FakeClock(500 * EPOCH + 2_000)
  const init = { port: 0, genesisTimestamp: 0, epochPeriod: EPOCH, clock }
  const server = await startDevChain({ ...init, controlOrigins: () => [PAGE] })
  t.after(() => server.stop())
  const order = (body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(server.control, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body)
    })
  return { clock, server, order }
}

/** Follows a node by subscription; heads come as they are told, none is lost. */
function watch(t: TestContext, url: string) {
  const controller = new AbortController()
  t.after(() => controller.abort())
  const heads: Head[] = []
  const errors: Error[] = []
  let told = Promise.withResolvers<void>()
  const observer = {
    head: (head: Head) => {
      heads.push(head)
      told.resolve()
    },
    error: (error: Error) => {
      errors.push(error)
      told.resolve()
    }
  }
  lotusWebSocketHead(url).watch?.(observer, controller.signal)
  const next = async (): Promise<Head> => {
    for (;;) {
      const head = heads.shift()
      if (head) return head
      if (errors[0]) throw errors[0]
      told = Promise.withResolvers()
      await told.promise
    }
  }
  return next
}

async function call(url: string, method: string, params: unknown[] = []) {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 7, method, params })
  const response = await fetch(url, { method: 'POST', body })
  return { status: response.status, body: await response.json() }
}

test('tells its head, genesis and settled tipset to a source over HTTP', async (t) => {
  const { server, clock } = await setUp(t)
  const source = lotusHttpHead(server.rpc.http)
  const head = await source.read(signal)
  assert.equal(head.height, 500n)
  assert.equal(head.timestamp, 2_000)
  assert.equal(head.genesis, server.chain.genesis)
  assert.equal(head.settled?.height, 495n)
  const settled = await lotusTipsets(server.reference.http).at(495n, signal)
  assert.deepEqual(head.settled, settled)
  clock.advance(EPOCH)
  assert.equal((await source.read(signal)).height, 501n)
})

test('tells each new head to a source that listens', async (t) => {
  const { server, clock } = await setUp(t)
  const next = watch(t, server.rpc.ws)
  assert.equal((await next()).height, 500n)
  clock.advance(EPOCH)
  assert.equal((await next()).height, 501n)
  clock.advance(EPOCH)
  assert.equal((await next()).height, 502n)
})

test('takes tipsets back, and tells others of the same height', async (t) => {
  const { server, order } = await setUp(t)
  const next = watch(t, server.rpc.ws)
  const before = await next()
  assert.equal((await order({ revert: 3 })).status, 200)
  const after = await next()
  assert.equal(after.height, 500n)
  assert.notDeepEqual(after.cids, before.cids)
  assert.deepEqual((await lotusHttpHead(server.rpc.http).read(signal)).cids, after.cids)
})

test('holds the wallet’s node still while the other goes on, and lets it catch up', async (t) => {
  const { server, clock, order } = await setUp(t)
  const [wallet, reference] = [watch(t, server.rpc.ws), watch(t, server.reference.ws)]
  assert.deepEqual([(await wallet()).height, (await reference()).height], [500n, 500n])
  assert.deepEqual(await (await order({ stall: true })).json(), { stalled: true, height: 500 })
  assert.deepEqual(await (await fetch(server.control)).json(), { stalled: true, height: 500 })
  clock.advance(40 * EPOCH)
  assert.equal((await lotusHttpHead(server.rpc.http).read(signal)).height, 500n)
  assert.equal((await lotusHttpHead(server.reference.http).read(signal)).height, 540n)
  assert.deepEqual(await (await order({ stall: false })).json(), { stalled: false, height: 540 })
  // 40 changes are told in two notifications.
  assert.deepEqual([(await wallet()).height, (await wallet()).height], [532n, 540n])
})

test('gives tipsets by their height, and the name of the network', async (t) => {
  const { server } = await setUp(t)
  const method = 'Filecoin.ChainGetTipSetByHeight'
  const { body } = await call(server.rpc.http, method, [495, null])
  assert.equal(body.result.Height, 495)
  assert.equal(body.result.Blocks.length, body.result.Cids.length)
  const late = await call(server.rpc.http, method, [501, null])
  assert.deepEqual([late.status, late.body.error.code], [500, 1])
  for (const height of [-1, 1.5, '5', null]) {
    assert.equal((await call(server.rpc.http, method, [height])).body.error.code, -32_602)
  }
  const old = server.rpc.http.replace('v1', 'v0')
  assert.equal((await call(old, 'Filecoin.StateNetworkName')).body.result, 'devnet')
})

test('refuses methods that it does not have, over HTTP a subscription too', async (t) => {
  const { server } = await setUp(t)
  for (const method of ['Filecoin.MpoolPush', 'constructor', 'Filecoin.ChainNotify']) {
    const { status, body } = await call(server.rpc.http, method)
    assert.deepEqual([status, body.id, body.error.code], [500, 7, -32_601])
  }
})

test('survives what is no request', async (t) => {
  const { server } = await setUp(t)
  for (const [body, code] of [
    ['{', -32_700],
    ['null', -32_600],
    ['[]', -32_600],
    ['{"id":1}', -32_600],
    ['{"id":{},"method":"a"}', -32_600],
    ['{"id":1,"method":"a","params":{}}', -32_600]
  ] as const) {
    const response = await fetch(server.rpc.http, { method: 'POST', body })
    assert.equal(response.status, 400)
    assert.equal((await response.json()).error.code, code)
  }
  const body = ' '.repeat(MAX_REQUEST_BYTES + 1)
  assert.equal((await fetch(server.rpc.http, { method: 'POST', body })).status, 413)
  assert.equal((await fetch(server.rpc.http)).status, 404)
  assert.equal((await fetch(`${server.rpc.http}/no`, { method: 'POST' })).status, 404)
})

/** A bare socket, for what the sources never do. */
async function open(t: TestContext, url: string) {
  const socket = new WebSocket(url)
  t.after(() => socket.close())
  const messages: string[] = []
  let arrived = Promise.withResolvers<void>()
  socket.addEventListener('message', ({ data }) => {
    messages.push(data)
    arrived.resolve()
  })
  await once(socket, 'open')
  const next = async () => {
    while (messages.length === 0) {
      arrived = Promise.withResolvers()
      await arrived.promise
    }
    return JSON.parse(messages.shift() ?? '')
  }
  const say = (message: unknown): void => socket.send(JSON.stringify(message))
  return { socket, next, say }
}

test('ends one subscription of a socket when it is cancelled, and no other', async (t) => {
  const { server, clock } = await setUp(t)
  const { next, say } = await open(t, server.rpc.ws)
  for (const id of [1, 2]) {
    say({ jsonrpc: '2.0', id, method: 'Filecoin.ChainNotify', params: [] })
    assert.deepEqual(await next(), { jsonrpc: '2.0', result: id, id })
    const { method, params } = await next()
    assert.deepEqual([method, params[0], params[1][0].Type], ['xrpc.ch.val', id, 'current'])
  }
  say({ jsonrpc: '2.0', method: 'xrpc.cancel', params: [1] })
  assert.deepEqual(await next(), { jsonrpc: '2.0', method: 'xrpc.ch.close', params: [1] })
  clock.advance(EPOCH)
  const { params } = await next()
  assert.deepEqual([params[0], params[1][0].Type, params[1][0].Val.Height], [2, 'apply', 501])
  say({ jsonrpc: '2.0', id: 3, method: 'Filecoin.ChainHead' })
  assert.equal((await next()).id, 3)
  say('nothing')
  assert.equal((await next()).error.code, -32_600)
})

test('opens sockets at its own paths alone', async (t) => {
  const { server } = await setUp(t)
  const socket = new WebSocket(`${server.rpc.ws}/other`)
  const [event] = await once(socket, 'error')
  assert.ok(event)
})

test('lets pages of any origin ask, as a public node does', async (t) => {
  const { server } = await setUp(t)
  const preflight = await fetch(server.rpc.http, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://other.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type'
    }
  })
  assert.equal(preflight.status, 204)
  assert.equal(preflight.headers.get('access-control-allow-origin'), '*')
  assert.match(preflight.headers.get('access-control-allow-headers') ?? '', /content-type/)
})

test('takes orders from the demo’s page and from the shell, not from other pages', async (t) => {
  const { server, order } = await setUp(t)
  const stall = { stall: true }
  const answer = await order(stall, { origin: PAGE, 'sec-fetch-site': 'same-site' })
  assert.deepEqual([answer.status, answer.headers.get('access-control-allow-origin')], [200, PAGE])
  assert.equal((await order(stall)).status, 200)
  const others: Array<Record<string, string>> = [
    { origin: 'https://other.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { origin: PAGE, 'sec-fetch-site': 'cross-site' }
  ]
  for (const headers of others) {
    const refused = await order({ stall: false }, headers)
    assert.equal(refused.status, 403)
  }
  const preflight = await fetch(server.control, {
    method: 'OPTIONS',
    headers: { origin: 'https://other.example', 'access-control-request-method': 'POST' }
  })
  assert.equal(preflight.headers.get('access-control-allow-origin'), null)
})

test('refuses orders that it does not understand', async (t) => {
  const { order } = await setUp(t)
  const bad = [{}, { stall: 'yes' }, { revert: '2' }, { revert: 0 }, { revert: 1e6 }, { dance: 1 }]
  for (const body of [...bad, [], 7, null]) {
    const response = await order(body)
    assert.equal(response.status, 400, JSON.stringify(body))
    assert.equal(typeof (await response.json()).error, 'string')
  }
})

test('cuts its sockets, frees its port and sets no more timers when it stops', async (t) => {
  const { server, clock } = await setUp(t)
  const { socket } = await open(t, server.rpc.ws)
  const closed = once(socket, 'close')
  await server.stop()
  await server.stop()
  await closed
  assert.deepEqual(clock.pending, [])
  const again = await startDevChain({ port: server.port, genesisTimestamp: 0, epochPeriod: EPOCH })
  await again.stop()
})

test('says which port is taken', async (t) => {
  const { server } = await setUp(t)
  const second = startDevChain({ port: server.port, genesisTimestamp: 0, epochPeriod: EPOCH })
  await assert.rejects(second, { code: 'EADDRINUSE', port: server.port })
})
