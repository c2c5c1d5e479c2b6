import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeClock } from '../../timing/fake-clock.ts'
import { ALERT, QUIET, rowFor } from '../examples.kit.test.ts'
import { DEFAULT_LIMITS } from '../limits.ts'
import { beatOfV1, came } from '../test-kit.ts'
import { feedOf, heights, leave, read } from './feed.kit.test.ts'
import { Feed } from './feed.ts'
import { rosterOf } from './test-kit.ts'

describe('a reader of watched nodes', () => {
  test('is told of them alone, and costs nothing when visitors come and go', async () => {
    const rows = rosterOf([rowFor('w', { watched: true }), rowFor('v')])
    const clock = new FakeClock()
    const network = (): typeof QUIET => QUIET
    const feed = new Feed({
      roster: rows,
      network,
      alerts: () => [],
      limits: DEFAULT_LIMITS,
      clock
    })
    const reader = read(feed.open({ nodes: 'watched', cut: assert.fail }))
    const snapshot = JSON.parse(((await reader.next()) ?? '').split('data: ')[1] ?? '')
    assert.deepEqual(
      snapshot.nodes.map(({ peer }: { peer: string }) => peer),
      ['w']
    )
    const next = reader.next()
    for (let n = 0; n < 10_000; n++) {
      rows.map.set(`v${n}`, rowFor(`v${n}`))
      feed.change(`v${n}`)
      rows.map.delete(`v${n}`)
      feed.change(`v${n}`)
      if (n % 100 === 0) await clock.tick(DEFAULT_LIMITS.flushDelay)
    }
    rows.map.set('w', rowFor('w', { watched: true, height: '7' }))
    feed.change('w')
    await clock.tick(DEFAULT_LIMITS.flushDelay)
    const text = await next
    assert.deepEqual(text?.match(/^event: .*/gm), ['event: node'])
    assert.deepEqual(heights(text), ['7'])
    await reader.cancel()
  })

  test('is told of no node at all when it wants none', async () => {
    const rows = rosterOf([rowFor('w', { watched: true })])
    const clock = new FakeClock()
    const alerts = (): (typeof ALERT)[] => [ALERT]
    const feed = new Feed({
      roster: rows,
      network: () => QUIET,
      alerts,
      limits: DEFAULT_LIMITS,
      clock
    })
    const reader = read(feed.open({ nodes: 'none', cut: assert.fail }))
    const { nodes, ...rest } = JSON.parse(((await reader.next()) ?? '').split('data: ')[1] ?? '')
    assert.deepEqual([nodes, rest], [[], { network: QUIET, alerts: [ALERT] }])
    const next = reader.next()
    feed.change('w')
    for (const at of [1, 2, 3]) feed.network({ ...QUIET, at })
    await clock.tick(DEFAULT_LIMITS.flushDelay)
    const [, event, data] = /event: (.*)\ndata: (.*)\n\n$/.exec((await next) ?? '') ?? []
    assert.deepEqual([event, JSON.parse(data ?? '')], ['network', { ...QUIET, at: 3 }])
    await reader.cancel()
  })
})

describe('FeedText', () => {
  test('gives a large roster piece by piece, and whatever changes meanwhile', async () => {
    const { clock, feed, send } = feedOf({ ...DEFAULT_LIMITS, chunkBytes: 1_000 })
    for (let n = 0; n < 500; n++) send(`peer${n}`, n)
    const reader = read(feed.open({ cut: assert.fail }))
    send('peer499', 3_000)
    let all = ''
    while (!all.endsWith('\n\n')) {
      const piece = (await reader.next()) ?? ''
      if (all === '') send('peer0', 4_000)
      assert.ok(piece.length < 1_500)
      all += piece
    }
    const { nodes } = JSON.parse(all.split('data: ')[1] ?? '')
    assert.deepEqual(
      nodes.map(({ height }: { height: string }) => height),
      Array.from({ length: 500 }, (_, n) => (n === 499 ? '3000' : `${n}`))
    )
    const next = reader.next()
    await clock.tick(DEFAULT_LIMITS.flushDelay)
    assert.equal(heights(await next).at(-1), '4000')
    await reader.cancel()
  })

  test('gives another snapshot to a reader that missed more than is remembered', async () => {
    const { clock, feed, send } = feedOf(DEFAULT_LIMITS, 2)
    const reader = read(feed.open({ cut: assert.fail }))
    await reader.next()
    for (let n = 0; n < 500; n++) send(`peer${n}`, n)
    await clock.tick(DEFAULT_LIMITS.flushDelay)
    let text = ''
    while (!text.endsWith('\n\n')) text += (await reader.next()) ?? ''
    assert.match(text, /^id: \w+\.500\nevent: snapshot/)
    assert.equal(heights(text).length, 500)
    await reader.cancel()
  })

  test('leaves out of the snapshot who went before its turn', async () => {
    const { feed, roster, send } = feedOf()
    for (const peer of ['a', 'b', 'c']) send(peer, 1)
    const reader = read(feed.open({ cut: assert.fail }))
    for (const peer of ['a', 'c']) roster.close(peer, 0)
    leave(roster)
    const { nodes } = JSON.parse(((await reader.next()) ?? '').split('data: ')[1] ?? '')
    assert.deepEqual(
      nodes.map(({ peer }: { peer: string }) => peer),
      ['b']
    )
    await reader.cancel()
  })

  test('keeps its lines whole, whatever a nickname holds', async () => {
    const { clock, feed, roster } = feedOf()
    const reader = read(feed.open({ cut: assert.fail }))
    await reader.next()
    const next = reader.next()
    roster.open('a', 0)
    roster.beat('a', came(0, beatOfV1(1, { minerAddress: 'x\n\ndata: {}\r' })))
    await clock.tick(DEFAULT_LIMITS.flushDelay)
    assert.equal((await next)?.trimEnd().split(/[\n\r]/).length, 3)
    await reader.cancel()
  })
})
