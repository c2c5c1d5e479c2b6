import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { startPlainNode, until } from '../../net/test-kit.ts'
import { FakeClock } from '../../timing/fake-clock.ts'
import { systemClock } from '../../timing/index.ts'
import { ALERT, QUIET, rowFor } from '../examples.kit.test.ts'
import { DEFAULT_LIMITS } from '../limits.ts'
import { line, openLeg, openStream, rowOf, startAggregator } from '../test-kit.ts'
import { type FeedEvent, next, readFeed } from './feed.kit.test.ts'
import { rosterOf, serve } from './test-kit.ts'

const start = async (t: TestContext) => {
  const roster = rosterOf([rowFor('w', { watched: true }), rowFor('v')])
  const { url, feed } = await serve(t, { roster, alerts: () => [ALERT], clock: systemClock })
  return { roster, feed, url: `${url}/feed` }
}

test('the feed tells of nodes, of the network and of alerts', async (t) => {
  const { roster, feed, url } = await start(t)
  const events = readFeed(t, url)
  const { event, data } = await next(events)
  assert.equal(event, 'snapshot')
  assert.deepEqual(data, { nodes: roster.rows(), network: QUIET, alerts: [ALERT] })
  const over = { ...ALERT, until: 9 }
  feed.alert(over)
  feed.network({ ...QUIET, at: 5 })
  roster.map.delete('v')
  feed.change('v')
  const told = [await next(events), await next(events), await next(events)]
  assert.deepEqual(
    told.map((each) => [each.event, each.data]),
    [
      ['alert', over],
      ['network', { ...QUIET, at: 5 }],
      ['gone', { peer: 'v' }]
    ]
  )
})

for (const way of ['header', 'query'] as const) {
  test(`a reader that comes back gets only what changed, by its ${way}`, async (t) => {
    const { roster, feed, url } = await start(t)
    const first = readFeed(t, `${url}?nodes=watched`)
    const { id } = await next(first)
    await first.return(undefined)
    roster.map.set('w', rowFor('w', { watched: true, height: '8' }))
    for (const peer of ['w', 'v']) feed.change(peer)
    const again =
      way === 'header'
        ? readFeed(t, `${url}?nodes=watched`, { 'last-event-id': id })
        : readFeed(t, `${url}?nodes=watched&lastEventId=${id}`)
    const { event, data } = await next(again)
    assert.deepEqual([event, data], ['node', roster.get('w')])
  })
}

test('visitors who come and go send not a byte to a reader of watched nodes', async (t) => {
  const { roster, feed, url } = await start(t)
  const count = { bytes: 0 }
  const events = readFeed(t, `${url}?nodes=watched`, {}, count)
  const all = readFeed(t, url)
  await Promise.all([next(events), next(all)])
  const before = count.bytes
  for (let n = 0; n < 2_000; n++) {
    const peer = `visitor${n}`
    roster.map.set(peer, rowFor(peer))
    feed.change(peer)
  }
  for (let n = 0; n < 2_000; n++) await next(all)
  assert.equal(count.bytes, before)
  const row = rowFor('w', { watched: true, height: '9' })
  roster.map.set('w', row)
  feed.change('w')
  const { id, data } = await next(events)
  assert.deepEqual(data, row)
  assert.equal(
    count.bytes - before,
    `id: ${id}\nevent: node\ndata: ${JSON.stringify(row)}\n\n`.length
  )
})

test('the feed refuses what it does not know', async (t) => {
  const { url } = await start(t)
  const answer = await fetch(`${url}?nodes=some`)
  assert.equal(answer.status, 400)
  assert.match((await answer.json()).error, /^nodes: is not one of all, watched, none$/)
})

/** The next event about a node. */
async function nextNode(events: AsyncGenerator<FeedEvent>): Promise<FeedEvent> {
  const event = await next(events)
  return event.event === 'network' ? await nextNode(events) : event
}

describe('an aggregator', () => {
  test('feeds a status that changed without a beat, and a beat that was late', async (t) => {
    const clock = new FakeClock()
    const aggregator = await startAggregator(t, {}, { drainTimeout: 1e9 }, clock)
    const node = await startPlainNode(t)
    const leg = await openLeg(node, aggregator)
    await leg.beat(1, { next: 30_000 })
    const events = readFeed(t, `${aggregator.httpUrl}/feed`)
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
    const events = readFeed(t, `${aggregator.httpUrl}/feed`)
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
    const late = readFeed(t, `${aggregator.httpUrl}/feed`)
    assert.equal((await next(late)).data.nodes[0].height, '49')

    await stream.close()
    assert.equal((await nextNode(events)).data.connected, false)
    let last = await nextNode(events)
    while (last.event === 'node') last = await nextNode(events)
    assert.deepEqual([last.event, last.data], ['gone', { peer }])
  })

  test('ends the feed when it stops', async (t) => {
    const aggregator = await startAggregator(t)
    const events = readFeed(t, `${aggregator.httpUrl}/feed`)
    await next(events)
    const end = events.next()
    await aggregator.stop()
    assert.equal((await end).done, true)
  })

  test('refuses one reader too many, and takes it when another has left', async (t) => {
    const aggregator = await startAggregator(t, {}, { maxReaders: 1 })
    const events = readFeed(t, `${aggregator.httpUrl}/feed`)
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
})
