import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import {
  HEARTBEAT_PROTOCOL_V1,
  HEARTBEAT_PROTOCOL_V2,
  MAX_HTTP_QUEUED_BYTES
} from '../../constants.ts'
import { startPlainNode, until } from '../../net/test-kit.ts'
import { HttpServer } from '../../operator/index.ts'
import { FakeClock } from '../../timing/fake-clock.ts'
import { systemClock } from '../../timing/index.ts'
import { readDiscovery } from '../../wire/index.ts'
import { NO_COUNTS } from '../examples.kit.test.ts'
import type { Aggregator } from '../index.ts'
import { DEFAULT_LIMITS } from '../limits.ts'
import { Roster } from '../roster.ts'
import { cid, fetchNodes, line, openLeg, openStream, rowOf, startAggregator } from '../test-kit.ts'
import { appOf } from './test-kit.ts'

const PEER = '12D3KooWQCzTba1rKd2REvVE38a619rSQCMk8ebU7HLjjRXuSCsT'

/** One server-sent event. */
interface FeedEvent {
  readonly id: string
  readonly event: string
  readonly data: ReturnType<typeof JSON.parse>
}

/** Reads the feed as a browser does, comments left out. */
async function* readFeed(t: TestContext, aggregator: Aggregator): AsyncGenerator<FeedEvent> {
  const controller = new AbortController()
  t.after(() => controller.abort())
  const { body } = await fetch(`${aggregator.httpUrl}/feed`, { signal: controller.signal })
  assert.ok(body)
  let text = ''
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (text + chunk).split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks.filter((each) => !each.startsWith(':'))) {
      const fields = Object.fromEntries(block.split('\n').map((each) => each.split(/: (.*)/, 2)))
      yield { id: fields.id, event: fields.event, data: JSON.parse(fields.data) }
    }
  }
}

async function next(events: AsyncGenerator<FeedEvent>): Promise<FeedEvent> {
  const { value } = await events.next()
  return value
}

/** The next event about a node. */
async function nextNode(events: Parameters<typeof next>[0]): ReturnType<typeof next> {
  const event = await next(events)
  return event.event === 'network' ? await nextNode(events) : event
}

describe('HTTP', () => {
  test('answers who it is, who is there, and that it lives', async (t) => {
    const aggregator = await startAggregator(t)
    const node = await startPlainNode(t)
    const stream = await openStream(node, aggregator)
    stream.send(line(9007199254740993n, '\\u202ebob'))
    await until('a beat', () => rowOf(aggregator, node) !== undefined)

    const ask = async (path: string) => (await fetch(`${aggregator.httpUrl}${path}`)).json()
    assert.deepEqual(await ask('/livez'), { status: 'ok' })
    assert.deepEqual(await ask('/api/aggregator'), {
      peerId: aggregator.peerId,
      addresses: aggregator.addresses,
      relays: [],
      counts: { ...NO_COUNTS, beats: 1 },
      references: []
    })
    const nodes = await fetchNodes(aggregator)
    assert.deepEqual(nodes, aggregator.nodes())
    const [row] = nodes
    assert.equal(row?.peer, node.peerId.toString())
    assert.equal(row?.height, '9007199254740993')
    assert.equal(row?.nickname, 'bob')
  })

  test('gives every answer the headers that keep a browser from misusing it', async (t) => {
    const aggregator = await startAggregator(t)
    for (const [path, method, status] of [
      ['/livez', 'GET', 200],
      ['/api/nodes', 'HEAD', 200],
      ['/feed', 'HEAD', 200],
      ['/nothing', 'GET', 404],
      ['/nothing', 'POST', 404],
      ['/api/nodes', 'POST', 405],
      ['/feed', 'DELETE', 405],
      ['/livez', 'OPTIONS', 405]
    ] as const) {
      const answer = await fetch(`${aggregator.httpUrl}${path}`, { method })
      assert.equal(answer.status, status, `${method} ${path}`)
      assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
      assert.match(answer.headers.get('content-security-policy') ?? '', /^default-src 'none'/)
      assert.equal(answer.headers.get('referrer-policy'), 'no-referrer')
      assert.equal(answer.headers.get('cache-control'), 'no-store')
      assert.equal(answer.headers.get('access-control-allow-origin'), null)
      if (status === 405) assert.equal(answer.headers.get('allow'), 'GET, HEAD')
      if (status >= 400) assert.equal(typeof (await answer.json()).error, 'string')
    }
  })

  test('lets pages of listed origins read, and no others', async (t) => {
    const corsOrigins = ['http://localhost:8080']
    const aggregator = await startAggregator(t, { corsOrigins })
    const allowed = async (origin: string, path: string): Promise<string | null> => {
      const answer = await fetch(`${aggregator.httpUrl}${path}`, { headers: { origin } })
      await answer.body?.cancel()
      assert.equal(answer.headers.get('vary'), 'origin')
      return answer.headers.get('access-control-allow-origin')
    }
    for (const path of ['/api/nodes', '/feed', '/nothing']) {
      assert.equal(await allowed('http://localhost:8080', path), 'http://localhost:8080')
      assert.equal(await allowed('http://localhost:8081', path), null)
    }
  })

  test('gives the discovery document to pages of every site', async (t) => {
    const announce = ['/dns4/aggregator.example/tcp/443/wss']
    const relays = [`/ip4/127.0.0.1/tcp/1/ws/p2p/${PEER}`]
    const genesis = cid(1)
    const corsOrigins = ['http://localhost:8080']
    const aggregator = await startAggregator(t, { announce, relays, genesis, corsOrigins })
    const url = `${aggregator.httpUrl}/.well-known/fil-heartbeat.json`
    for (const origin of ['http://localhost:8080', 'https://wallet.example']) {
      const { headers } = await fetch(url, { method: 'HEAD', headers: { origin } })
      assert.equal(headers.get('access-control-allow-origin'), '*')
      assert.equal(headers.get('cross-origin-resource-policy'), 'cross-origin')
      assert.match(headers.get('cache-control') ?? '', /max-age=60, stale-if-error=\d+$/)
      assert.match(headers.get('content-type') ?? '', /^application\/json/)
    }
    assert.deepEqual(readDiscovery(await (await fetch(url)).text()), {
      peer: aggregator.peerId,
      multiaddrs: [`${announce[0]}/p2p/${aggregator.peerId}`],
      relays,
      genesis,
      protocols: [HEARTBEAT_PROTOCOL_V2, HEARTBEAT_PROTOCOL_V1]
    })
  })

  test('names where it listens in the discovery document when it announces nothing', async (t) => {
    const aggregator = await startAggregator(t)
    const answer = await fetch(`${aggregator.httpUrl}/.well-known/fil-heartbeat.json`)
    const { multiaddrs, genesis } = readDiscovery(await answer.text())
    assert.deepEqual(multiaddrs, aggregator.addresses)
    assert.equal(genesis, undefined)
  })

  test('feeds a status that changed without a beat, and a beat that was late', async (t) => {
    const clock = new FakeClock()
    const aggregator = await startAggregator(t, {}, { drainTimeout: 1e9 }, clock)
    const node = await startPlainNode(t)
    const leg = await openLeg(node, aggregator)
    await leg.beat(1, { next: 30_000 })
    const events = readFeed(t, aggregator)
    const { data } = await next(events)
    assert.equal(data.nodes[0].status, 'beating')
    for (const [wait, status] of [
      [32_000, 'overdue'],
      [13_000, 'left']
    ] as const) {
      clock.advance(wait)
      clock.advance(DEFAULT_LIMITS.flushDelay)
      assert.equal((await nextNode(events)).data.status, status)
    }
    await leg.beat(2, { next: 90_000, page: 'hidden' })
    assert.equal(rowOf(aggregator, node)?.status, 'beating')
    clock.advance(32_000)
    assert.equal(rowOf(aggregator, node)?.status, 'asleep')
    await leg.beat(3, { page: 'leaving' })
    assert.equal(rowOf(aggregator, node)?.status, 'left')
    assert.equal(rowOf(aggregator, node)?.connected, true)
  })

  test('feeds a snapshot, then what changes', async (t) => {
    const limits = { goneRowPeriod: 500, livenessGrace: 100, sweepPeriod: 20 }
    const aggregator = await startAggregator(t, {}, limits)
    const node = await startPlainNode(t)
    const peer = node.peerId.toString()
    const events = readFeed(t, aggregator)
    const first = await next(events)
    assert.match(first.id, /^[0-9a-f]{8}\.\d+$/)
    assert.deepEqual([first.event, first.data.nodes, first.data.alerts], ['snapshot', [], []])

    const stream = await openStream(node, aggregator)
    for (let height = 0; height < 50; height++) stream.send(line(height))
    const seen = [await nextNode(events)]
    while (seen.at(-1)?.data.height !== '49') seen.push(await nextNode(events))
    assert.ok(seen.length < 25, `${seen.length} rows for 50 beats`)
    assert.ok(seen.every(({ event, data }) => event === 'node' && data.peer === peer))
    assert.deepEqual(seen.at(-1)?.data, rowOf(aggregator, node))
    const late = readFeed(t, aggregator)
    assert.equal((await next(late)).data.nodes[0].height, '49')

    await stream.close()
    assert.equal((await nextNode(events)).data.connected, false)
    let last = await nextNode(events)
    while (last.event === 'node') last = await nextNode(events)
    assert.deepEqual([last.event, last.data], ['gone', { peer }])
  })

  test('ends the feed when it stops', async (t) => {
    const aggregator = await startAggregator(t)
    const events = readFeed(t, aggregator)
    await next(events)
    const end = events.next()
    await aggregator.stop()
    assert.equal((await end).done, true)
  })

  test('refuses one reader too many, and takes it when another has left', async (t) => {
    const aggregator = await startAggregator(t, {}, { maxReaders: 1 })
    const events = readFeed(t, aggregator)
    await next(events)
    const refused = await fetch(`${aggregator.httpUrl}/feed`)
    assert.equal(refused.status, 503)
    assert.ok(refused.headers.get('retry-after'))
    await refused.json()
    await events.return(undefined)
    await until('a place', async () => {
      const answer = await fetch(`${aggregator.httpUrl}/feed`)
      await answer.body?.cancel()
      return answer.status === 200
    })
  })

  for (const path of ['/feed', '/api/export?topic=roster']) {
    test(`cuts readers of ${path} that take nothing, and queues little for them`, async (t) => {
      const { server, queued, open, answered } = await startLargeServer(t)
      const sockets = await Promise.all([1, 2, 3, 4].map(() => askAndReadNothing(t, server, path)))
      await until('all are answered', () => answered() === sockets.length)
      await until('all are cut', () => open() === 0)
      assert.ok(Math.max(...queued) <= MAX_HTTP_QUEUED_BYTES, `${Math.max(...queued)} bytes`)
      assert.ok(Math.max(...queued) > 0)
      await Promise.all(sockets.map((each) => once(each.resume(), 'close')))
    })
  }

  test('gives a large roster whole to whoever reads it', async (t) => {
    const { server } = await startLargeServer(t)
    const answer = await fetch(`${server.url}/api/export?topic=roster`)
    assert.match(answer.headers.get('content-type') ?? '', /^application\/x-ndjson/)
    const lines = (await answer.text()).trimEnd().split('\n')
    assert.deepEqual(
      lines.map((each) => JSON.parse(each).peer),
      Array.from({ length: LARGE }, (_, n) => `peer${n}`)
    )
  })

  test('cuts a connection on which nothing moves', async (t) => {
    const large = 'x'.repeat(16_777_216)
    const address = { host: '127.0.0.1', port: 0, idleTimeout: 100 }
    let isOpen = true
    const server = new HttpServer((_, { outgoing }) => {
      outgoing.on('close', () => {
        isOpen = false
      })
      return new Response(large)
    }, address)
    t.after(() => server.close())
    await server.listen()
    const idle = connect(portOf(server), '127.0.0.1').resume()
    const stuck = await askAndReadNothing(t, server, '/')
    await once(idle, 'close', { signal: AbortSignal.timeout(5_000) })
    await until('the stuck answer is cut', () => isOpen === false)
    stuck.destroy()
  })
})

/** Rows of a roster that is larger, about 30 MB, than the buffers of the system take in. */
const LARGE = 9_000

/** Starts a server over a large roster that cuts soon, and looks at what its answers have queued. */
async function startLargeServer(t: TestContext) {
  const limits = { ...DEFAULT_LIMITS, drainTimeout: 200 }
  const roster = new Roster(limits)
  const head = Array.from({ length: 32 }, (_, n) => `${n}`.padStart(100, 'c'))
  const beat = { head, height: 1n, nickname: '', minerAddress: '' }
  for (let n = 0; n < LARGE; n++) {
    roster.open(`peer${n}`, 0)
    const origin = { route: 'websocket', protocol: 'p' } as const
    roster.beat(`peer${n}`, { beat, origin, at: { now: 0, elapsed: 0 } })
  }
  const clock = systemClock
  const { app, feed } = appOf({ roster, limits, clock })
  const queued: number[] = []
  let open = 0
  let answered = 0
  const server = new HttpServer(
    (request, bindings) => {
      open += 1
      answered += 1
      const look = setInterval(() => queued.push(bindings.outgoing.writableLength), 5)
      bindings.outgoing.on('close', () => {
        open -= 1
        clearInterval(look)
      })
      return app.fetch(request, bindings)
    },
    { host: '127.0.0.1', port: 0 }
  )
  t.after(async () => {
    feed.stop()
    await server.close()
  })
  await server.listen()
  return { server, queued, open: () => open, answered: () => answered }
}

const portOf = (server: HttpServer): number => Number(new URL(server.url ?? '').port)

/** Asks over a socket that takes nothing of the answer. */
async function askAndReadNothing(t: TestContext, server: HttpServer, path: string) {
  const socket = connect(portOf(server), '127.0.0.1').on('error', () => {})
  t.after(() => socket.destroy())
  await once(socket, 'connect')
  socket.pause()
  socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`)
  return socket
}
