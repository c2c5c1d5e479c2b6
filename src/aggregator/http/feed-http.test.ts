import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { systemClock } from '../../timing/index.ts'
import { ALERT, QUIET, rowFor } from '../examples.kit.test.ts'
import { rosterOf, serve } from './test-kit.ts'

/** One server-sent event. */
interface FeedEvent {
  readonly id: string
  readonly event: string
  readonly data: ReturnType<typeof JSON.parse>
}

/** Reads the feed as a browser does, comments left out. Counts its bytes, if it is asked to. */
async function* readFeed(
  t: TestContext,
  url: string,
  headers: Record<string, string> = {},
  count: { bytes: number } = { bytes: 0 }
): AsyncGenerator<FeedEvent, undefined> {
  const controller = new AbortController()
  t.after(() => controller.abort())
  const { body, status } = await fetch(url, { headers, signal: controller.signal })
  assert.equal(status, 200)
  assert.ok(body)
  let text = ''
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    count.bytes += chunk.length
    const blocks = (text + chunk).split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks.filter((each) => !each.startsWith(':'))) {
      const [, id = '', event = '', data = ''] =
        /id: (.*)\nevent: (.*)\ndata: (.*)/.exec(block) ?? []
      yield { id, event, data: JSON.parse(data) }
    }
  }
  return undefined
}

async function next(events: AsyncGenerator<FeedEvent, undefined>): Promise<FeedEvent> {
  const { value } = await events.next()
  assert.ok(value)
  return value
}

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
