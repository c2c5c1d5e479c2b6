import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ALERT } from '../examples.kit.test.ts'
import { DEFAULT_LIMITS } from '../limits.ts'
import { feedOf, heights, leave, read } from './feed.kit.test.ts'

describe('Feed', () => {
  test('tells a snapshot, then each row that changed once', async () => {
    const { clock, feed, send } = feedOf()
    send('a', 1)
    const reader = read(feed.open({ cut: assert.fail }))
    assert.match(
      (await reader.next()) ?? '',
      /^id: \w+\.1\nevent: snapshot\ndata: \{"nodes":\[\{.*\}\],"network":\{.*\},"alerts":\[\]\}\n\n$/
    )
    const next = reader.next()
    for (let height = 2; height < 100; height++) send('a', height)
    send('b', 7)
    await clock.tick(DEFAULT_LIMITS.flushDelay)
    const text = await next
    assert.deepEqual(heights(text), ['99', '7'])
    assert.deepEqual(text?.match(/(?<=^id: \w+\.)\d+|^event: .*/gm), [
      '99',
      'event: node',
      '100',
      'event: node'
    ])
    await reader.cancel()
  })

  test('tells who is gone for good', async () => {
    const { clock, feed, send, roster } = feedOf()
    send('a', 1)
    const reader = read(feed.open({ cut: assert.fail }))
    await reader.next()
    roster.close('a', 0)
    leave(roster)
    clock.advance(DEFAULT_LIMITS.flushDelay)
    assert.match((await reader.next()) ?? '', /^id: \w+\.\d+\nevent: gone\ndata: {"peer":"a"}\n\n$/)
    await reader.cancel()
  })

  test('keeps a quiet reader alive by comments', async () => {
    const { clock, feed } = feedOf()
    const reader = read(feed.open({ cut: assert.fail }))
    assert.match((await reader.next()) ?? '', /event: snapshot/)
    for (const _ of [1, 2, 3]) {
      const next = reader.next()
      await clock.tick(DEFAULT_LIMITS.keepAlivePeriod)
      assert.equal(await next, ':\n\n')
    }
    await reader.cancel()
  })

  test('cuts a reader that takes nothing, and no other', async () => {
    const { clock, feed, send } = feedOf()
    let cuts = 0
    const slow = read(feed.open({ cut: () => cuts++ }))
    const fast = read(feed.open({ cut: assert.fail }))
    await slow.next()
    await fast.next()
    send('a', 1)
    const next = fast.next()
    await clock.tick(DEFAULT_LIMITS.flushDelay)
    assert.deepEqual(heights(await next), ['1'])
    const waiting = fast.next()
    await clock.tick(DEFAULT_LIMITS.drainTimeout - DEFAULT_LIMITS.flushDelay - 1)
    assert.equal(cuts, 0)
    await clock.tick(1)
    assert.equal(cuts, 1)
    assert.equal(feed.size, 1)
    await fast.cancel()
    await waiting
  })

  test('takes a bounded number of readers, and lets another in when one leaves', async () => {
    const { clock, feed } = feedOf({ ...DEFAULT_LIMITS, maxReaders: 2 })
    const first = read(feed.open({ cut: assert.fail }))
    const second = read(feed.open({ cut: assert.fail }))
    assert.equal(feed.open({ cut: assert.fail }), undefined)
    await first.cancel()
    const third = read(feed.open({ cut: assert.fail }))
    await second.cancel()
    await third.cancel()
    assert.deepEqual(clock.pending, [])
  })

  test('ends every reader when it stops, and leaves no timer', async () => {
    const { clock, feed, send } = feedOf()
    send('a', 1)
    const idle = read(feed.open({ cut: assert.fail }))
    const waiting = read(feed.open({ cut: assert.fail }))
    await waiting.next()
    const end = waiting.isDone()
    await clock.tick(0)
    send('a', 2)
    feed.stop()
    feed.stop()
    assert.equal(await end, true)
    assert.equal(await idle.isDone(), true)
    assert.equal(feed.open({ cut: assert.fail }), undefined)
    assert.equal(feed.size, 0)
    assert.deepEqual(clock.pending, [])
  })
})

describe('a reader that comes back', () => {
  const idOf = (text: string | undefined): string =>
    text
      ?.match(/id: .*/g)
      ?.at(-1)
      ?.slice(4) ?? ''

  test('gets what changed since, in order, and no snapshot', async () => {
    const { clock, feed, send, roster } = feedOf()
    for (const peer of ['a', 'b', 'c', 'd']) send(peer, 1)
    const first = read(feed.open({ cut: assert.fail }))
    const lastEventId = idOf(await first.next())
    await first.cancel()
    send('b', 2)
    send('a', 3)
    send('b', 4)
    roster.close('d', 0)
    leave(roster)
    const again = read(feed.open({ lastEventId, cut: assert.fail }))
    const text = await again.next()
    assert.deepEqual(text?.match(/^event: .*/gm), ['event: node', 'event: node', 'event: gone'])
    assert.deepEqual(heights(text), ['3', '4'])
    await again.cancel()

    const late = read(feed.open({ lastEventId: idOf(text), cut: assert.fail }))
    assert.equal(await late.next(), ':\n\n')
    const next = late.next()
    feed.alert(ALERT)
    await clock.tick(DEFAULT_LIMITS.flushDelay)
    assert.match((await next) ?? '', /^id: .*\nevent: alert\ndata: \{"id":"node-down/)
    await late.cancel()
  })

  test('loses nothing, wherever it broke off while it was slow', async () => {
    const { feed, send } = feedOf({ ...DEFAULT_LIMITS, chunkBytes: 1 })
    const first = read(feed.open({ nodes: 'all', cut: assert.fail }))
    const begin = idOf(await first.next())
    await first.cancel()
    for (const [index, peer] of ['a', 'b', 'a', 'c', 'b', 'd'].entries()) send(peer, index)
    const known = new Map<string, string>()
    // Each time it breaks off after a single event.
    for (let id = begin; ; ) {
      const reader = read(feed.open({ lastEventId: id, cut: assert.fail }))
      const text = (await reader.next()) ?? ''
      await reader.cancel()
      if (text === ':\n\n') break
      const { peer, height } = JSON.parse(text.split('data: ')[1] ?? '')
      known.set(peer, height)
      id = idOf(text)
    }
    assert.deepEqual(Object.fromEntries(known), { a: '2', c: '3', b: '4', d: '5' })
  })

  test('gets a snapshot when its id is of another run, or of what is forgotten', async () => {
    const { feed, send } = feedOf(DEFAULT_LIMITS, 2)
    send('a', 1)
    const reader = read(feed.open({ cut: assert.fail }))
    const id = idOf(await reader.next())
    await reader.cancel()
    for (let n = 0; n < 500; n++) send(`peer${n}`, n)
    for (const lastEventId of [id, 'ffffffff.1', `${id}9`, 'x', '', `${id.split('.')[0]}.99999`]) {
      const again = read(feed.open({ lastEventId, cut: assert.fail }))
      assert.match((await again.next()) ?? '', /event: snapshot/, lastEventId)
      await again.cancel()
    }
  })
})
