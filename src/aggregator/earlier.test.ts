// What the aggregators and dashboards before this one got wrong, each as a test with its name. The
// nickname that ran as a script, and the page that polled, are e2e/dashboard.spec.ts's.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { DAY } from '../constants.ts'
import { startPlainNode, until } from '../net/test-kit.ts'
import type { NetworkState } from './index.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { Roster } from './roster.ts'
import {
  beatOf,
  bytes,
  came,
  line,
  openLeg,
  openStream,
  rowOf,
  startAggregator
} from './test-kit.ts'

async function metricsOf({ httpUrl }: { httpUrl: string | undefined }): Promise<string> {
  return await (await fetch(`${httpUrl}/metrics`)).text()
}

describe("go-filecoin's aggregator", () => {
  test('a panic when asked for a summary before any beat: here all is nought', async (t) => {
    const aggregator = await startAggregator(t)
    const state = (await (await fetch(`${aggregator.httpUrl}/api/network`)).json()) as NetworkState
    assert.deepEqual(state.consensus, { inConsensus: 0, inDispute: 0 })
    assert.equal(state.topHeight, undefined)
    for (const path of ['/api/nodes', '/api/alerts', '/api/aggregator', '/metrics', '/readyz']) {
      assert.equal((await fetch(`${aggregator.httpUrl}${path}`)).status, 200, path)
    }
  })

  test('a count of −1 after a peer that came and left without a beat: here it never was', async (t) => {
    const aggregator = await startAggregator(t)
    const node = await startPlainNode(t)
    const stream = await openStream(node, aggregator)
    stream.send(bytes('{"Head"'))
    await until('the stream is open', () => node.getConnections().length === 1)
    await node.stop()
    const other = await startPlainNode(t)
    const leg = await openLeg(other, aggregator)
    await leg.beat(1)
    await until('it is counted', () => aggregator.network().nodes.beating === 1)
    assert.equal(aggregator.nodes().length, 1)
    assert.match(await metricsOf(aggregator), /^fil_heartbeat_connected_nodes 1$/m)
  })

  test('closing one of two connections dropped the peer: here it stays', async (t) => {
    const aggregator = await startAggregator(t)
    const node = await startPlainNode(t)
    const address = multiaddr(aggregator.addresses[0] ?? '')
    const [one, two] = [await node.dial(address), await node.dial(address, { force: true })]
    const legs = [await openLeg(one), await openLeg(two)]
    for (const [index, leg] of legs.entries()) await leg.beat(index + 1)
    await one.close()
    await until('one is closed', () => rowOf(aggregator, node)?.streams === 1)
    assert.equal(rowOf(aggregator, node)?.status, 'beating')
  })

  test('a silent peer counted as in dispute: here it is neither', async (t) => {
    const aggregator = await startAggregator(t, {}, { sweepPeriod: 20 })
    const [silent, one, two] = await Promise.all([1, 2, 3].map(() => startPlainNode(t)))
    assert.ok(silent && one && two)
    await openLeg(silent, aggregator)
    for (const node of [one, two]) await (await openLeg(node, aggregator)).beat(1, { height: 9n })
    await until('both are counted', () => aggregator.network().consensus.inConsensus === 2)
    assert.equal(aggregator.network().consensus.inDispute, 0)
  })

  test('two gauges that were never set: here they follow the nodes', async (t) => {
    const aggregator = await startAggregator(t, {}, { sweepPeriod: 20 })
    const nodes = await Promise.all([1, 2, 3].map(() => startPlainNode(t)))
    for (const [index, node] of nodes.entries()) {
      await (await openLeg(node, aggregator)).beat(1, { height: index === 2 ? 8n : 9n })
    }
    await until('all are counted', () => aggregator.network().consensus.inDispute === 1)
    const text = await metricsOf(aggregator)
    assert.match(text, /^fil_heartbeat_nodes_in_consensus 2$/m)
    assert.match(text, /^fil_heartbeat_nodes_in_dispute 1$/m)
  })
})

describe('the dashboard of 2019', () => {
  test('dropped beats that came at once, 5 sent and 1 kept: here all are taken', async (t) => {
    const aggregator = await startAggregator(t)
    const nodes = await Promise.all(Array.from({ length: 5 }, () => startPlainNode(t)))
    const legs = await Promise.all(nodes.map((node) => openLeg(node, aggregator)))
    await Promise.all(legs.map((leg) => leg.beat(1)))
    assert.equal(aggregator.counts.beats, 5)
    assert.equal(aggregator.nodes().length, 5)
  })

  test('refused height 0: here a node may be at genesis', async (t) => {
    const aggregator = await startAggregator(t)
    const node = await startPlainNode(t)
    const stream = await openStream(node, aggregator)
    stream.send(line(0))
    await until('the beat', () => rowOf(aggregator, node)?.beats === 1)
    assert.equal(rowOf(aggregator, node)?.height, '0')
  })

  test('never updated a nickname: here the next beat does', async (t) => {
    const aggregator = await startAggregator(t)
    const node = await startPlainNode(t)
    const leg = await openLeg(node, aggregator)
    await leg.beat(1, { nickname: 'lily' })
    await leg.beat(2, { nickname: 'rose' })
    assert.equal(rowOf(aggregator, node)?.nickname, 'rose')
  })

  test('stored a nickname that was a script: here it is JSON, sniffed as nothing else', async (t) => {
    const aggregator = await startAggregator(t)
    const node = await startPlainNode(t)
    const leg = await openLeg(node, aggregator)
    const nickname = '"><img src=x onerror=alert(1)>'
    await leg.beat(1, { nickname })
    const answer = await fetch(`${aggregator.httpUrl}/api/nodes`)
    assert.match(answer.headers.get('content-type') ?? '', /^application\/json/)
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
    assert.equal((await answer.json()).nodes[0].nickname, nickname)
  })

  test('polled every five seconds: here a change is fed as it happens', async (t) => {
    const aggregator = await startAggregator(t)
    const node = await startPlainNode(t)
    const leg = await openLeg(node, aggregator)
    const controller = new AbortController()
    t.after(() => controller.abort())
    const { body } = await fetch(`${aggregator.httpUrl}/feed`, { signal: controller.signal })
    assert.ok(body)
    let text = ''
    void (async () => {
      for await (const chunk of body.pipeThrough(new TextDecoderStream())) text += chunk
    })().catch(() => {})
    await until('the snapshot', () => text.includes('event: snapshot'))
    const sentAt = performance.now()
    await leg.beat(1, { nickname: 'lily' })
    await until('the change', () => text.includes('lily'))
    assert.ok(performance.now() - sentAt < 5_000)
  })
})

describe('ethstats', () => {
  test('let whoever had the password report for any node: here a key is needed for each', async (t) => {
    const aggregator = await startAggregator(t)
    const [honest, liar] = await Promise.all([startPlainNode(t), startPlainNode(t)])
    await (await openLeg(honest, aggregator)).beat(1, { nickname: 'lily', height: 9n })
    const forged = await openLeg(liar, aggregator)
    await forged.beat(1, { nickname: 'lily', height: 1n })
    assert.equal(rowOf(aggregator, honest)?.height, '9')
    assert.equal(rowOf(aggregator, liar)?.height, '1')
    assert.equal(aggregator.nodes().length, 2)
  })
})

describe("substrate-telemetry's users", () => {
  test('ask for no ghosts: whoever says that it leaves has left', async (t) => {
    const aggregator = await startAggregator(t)
    const node = await startPlainNode(t)
    await (await openLeg(node, aggregator)).beat(1, { page: 'leaving' })
    assert.equal(rowOf(aggregator, node)?.status, 'left')
  })

  test('ask that stuck nodes stay in a crisis: a watched one keeps its row for ever', () => {
    const roster = new Roster(DEFAULT_LIMITS, { watched: ['stuck'] })
    roster.open('stuck', 0)
    roster.beat('stuck', came(0, beatOf(1)))
    roster.close('stuck', 1)
    roster.sweep(30 * DAY)
    assert.equal(roster.get('stuck')?.status, 'down')
  })

  test('ask for consent to location: no address of a peer leaves the aggregator', async (t) => {
    const aggregator = await startAggregator(t)
    const node = await startPlainNode(t)
    await (await openLeg(node, aggregator)).beat(1)
    const paths = ['/api/nodes', `/api/nodes/${node.peerId}`, '/api/network']
    const port = /tcp\/(\d+)/.exec(node.getConnections()[0]?.remoteAddr.toString() ?? '')?.[1]
    for (const path of paths) {
      const text = await (await fetch(`${aggregator.httpUrl}${path}`)).text()
      assert.ok(!text.includes('127.0.0.1') && !text.includes(`/tcp/${port}`), path)
    }
  })
})
