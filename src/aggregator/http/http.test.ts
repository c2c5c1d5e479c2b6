import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { HEARTBEAT_PROTOCOL_V1, HEARTBEAT_PROTOCOL_V2 } from '../../constants.ts'
import { startPlainNode, until } from '../../net/test-kit.ts'
import { readDiscovery } from '../../wire/index.ts'
import { NO_COUNTS } from '../examples.kit.test.ts'
import { cid, fetchNodes, line, openStream, rowOf, startAggregator } from '../test-kit.ts'

const PEER = '12D3KooWQCzTba1rKd2REvVE38a619rSQCMk8ebU7HLjjRXuSCsT'

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
      assert.equal(await allowed('null', path), null)
    }
  })

  test('gives the discovery document to pages of every site', async (t) => {
    const announce = ['/dns4/aggregator.example/tcp/443/wss']
    const relays = [`/ip4/127.0.0.1/tcp/1/ws/p2p/${PEER}`]
    const genesis = cid(1)
    const corsOrigins = ['http://localhost:8080']
    const aggregator = await startAggregator(t, { announce, relays, genesis, corsOrigins })
    const url = `${aggregator.httpUrl}/.well-known/fil-heartbeat.json`
    // `null` is what a sandboxed frame of any site calls itself.
    for (const origin of ['http://localhost:8080', 'https://wallet.example', 'null']) {
      const { headers } = await fetch(url, { method: 'HEAD', headers: { origin } })
      assert.equal(headers.get('access-control-allow-origin'), '*')
      assert.equal(headers.get('access-control-allow-credentials'), null)
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
})
