import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { DISCOVERY_REFRESH_PERIOD, MAX_DISCOVERY_BYTES } from '../constants.ts'
import type { Way } from '../heartbeat/index.ts'
import { FakeClock } from '../timing/fake-clock.ts'
import { createDirectory } from './directory.ts'

const PEER = '12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5'
const OTHER = '12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq'
const DIRECT = '/ip4/127.0.0.1/tcp/4002/ws'
const RELAY = `/ip4/127.0.0.1/tcp/4001/ws/p2p/${OTHER}`
const ROUTES: readonly Way[] = ['websocket', 'relayed', 'webrtc']
const signal = new AbortController().signal

const good = { peer: PEER, multiaddrs: [DIRECT], relays: [RELAY], protocols: [] }

/** A site that answers as it is told; it ends with the test. */
async function site(t: TestContext, answer: RequestListener) {
  const server = createServer((request, response) => {
    requests.push(request.url ?? '')
    answer(request, response)
  })
  const requests: string[] = []
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/heartbeat.json`
  return { url, requests }
}

const says =
  (document: () => unknown): RequestListener =>
  (_, response) => {
    const body = document()
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }

function directory(target: string, clock = new FakeClock()) {
  return createDirectory({ targets: [target], relays: [], routes: ROUTES, clock })
}

test('finds an aggregator by the document of its site', async (t) => {
  const { url } = await site(
    t,
    says(() => good)
  )
  const found = await directory(url).addresses(signal)
  assert.equal(found.peerId, PEER)
  assert.deepEqual(
    found.candidates.map(({ address }) => address.toString()),
    [`${DIRECT}/p2p/${PEER}`, `${RELAY}/p2p-circuit/p2p/${PEER}`]
  )
  assert.equal(directory(url).via, '127.0.0.1')
})

test('takes the peer that the wallet expects, and sends the fragment to nobody', async (t) => {
  const { url, requests } = await site(
    t,
    says(() => good)
  )
  assert.equal((await directory(`${url}#${PEER}`).addresses(signal)).peerId, PEER)
  assert.deepEqual(requests, ['/heartbeat.json'])
})

const refusals: [string, () => unknown, RegExp][] = [
  [
    'names a host that is not its own',
    () => ({ ...good, multiaddrs: ['/dns4/evil.example/tcp/443/wss'], relays: [] }),
    /names no address under 127\.0\.0\.1: \/dns4\/evil/
  ],
  ['is too long', () => `"${'x'.repeat(2 * MAX_DISCOVERY_BYTES)}"`, /is longer than/],
  ['is not JSON', () => '<html>', /is not JSON/],
  ['names no peer', () => ({ ...good, peer: undefined }), /has no peer/]
]

for (const [title, document, problem] of refusals) {
  test(`does not believe a document that ${title}`, async (t) => {
    const { url } = await site(t, says(document))
    const expected = { name: 'RouteError', layer: 'discovery', host: '127.0.0.1', message: problem }
    await assert.rejects(directory(url).addresses(signal), expected)
  })
}

test('does not believe a document that names another peer than the wallet expects', async (t) => {
  const { url } = await site(
    t,
    says(() => good)
  )
  const message = new RegExp(`names ${PEER}, not ${OTHER}`)
  await assert.rejects(directory(`${url}#${OTHER}`).addresses(signal), {
    layer: 'discovery',
    message
  })
})

test('follows no redirect', async (t) => {
  const { url: elsewhere, requests } = await site(
    t,
    says(() => good)
  )
  const { url } = await site(t, (_, response) => {
    response.writeHead(302, { location: elsewhere }).end()
  })
  await assert.rejects(directory(url).addresses(signal), { layer: 'discovery' })
  assert.deepEqual(requests, [])
})

test('names what the site answers when it has no document', async (t) => {
  const { url } = await site(t, (_, response) => {
    response.writeHead(404).end()
  })
  await assert.rejects(directory(url).addresses(signal), { message: /answers 404/ })
})

test('asks again only after a while', async (t) => {
  const { url, requests } = await site(
    t,
    says(() => good)
  )
  const clock = new FakeClock()
  const known = directory(url, clock)
  await known.addresses(signal)
  clock.advance(DISCOVERY_REFRESH_PERIOD - 1)
  await known.addresses(signal)
  assert.equal(requests.length, 1)
  clock.advance(1)
  await known.addresses(signal)
  assert.equal(requests.length, 2)
})

test('keeps to the last good document while its site is away or shows another page, but believes no worse one', async (t) => {
  let answer: RequestListener = says(() => good)
  const { url } = await site(t, (request, response) => answer(request, response))
  const clock = new FakeClock()
  const known = directory(url, clock)
  await known.addresses(signal)
  answer = (request) => request.socket.destroy()
  clock.advance(DISCOVERY_REFRESH_PERIOD)
  assert.equal((await known.addresses(signal)).peerId, PEER)
  answer = says(() => '<html>')
  assert.equal((await known.addresses(signal)).peerId, PEER)
  answer = says(() => ({ ...good, multiaddrs: ['/dns4/far.example/tcp/443/wss'], relays: [] }))
  await assert.rejects(known.addresses(signal), { message: /names no address under 127\.0\.0\.1/ })
})

test("ends with the signal's reason", async (t) => {
  const { url } = await site(t, () => {})
  const stop = new AbortController()
  const asked = directory(url).addresses(stop.signal)
  stop.abort(new Error('stopped'))
  await assert.rejects(asked, /stopped/)
})

test('asks nobody where the targets are multiaddrs', async (t) => {
  t.mock.method(globalThis, 'fetch', () => assert.fail('nobody is to be asked'))
  const found = await directory(`${DIRECT}/p2p/${PEER}`).addresses(signal)
  assert.equal(found.candidates.length, 1)
})

test('refuses a wrong multiaddr when it is made, not later', () => {
  assert.throws(() => directory('/ip4/127.0.0.1/tcp/1/ws'), { name: 'OptionError' })
})
