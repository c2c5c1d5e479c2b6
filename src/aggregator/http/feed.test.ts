import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeClock } from '../../timing/fake-clock.ts'
import type { Heartbeat } from '../../wire/index.ts'
import { ALERT, QUIET, rowFor } from '../examples.kit.test.ts'
import { DEFAULT_LIMITS } from '../limits.ts'
import { Roster } from '../roster.ts'
import { Feed } from './feed.ts'
import { rosterOf } from './test-kit.ts'

const origin = { route: 'websocket', protocol: 'p' } as const
const came = (given: Heartbeat) => ({ beat: given, origin, at: { now: 0, elapsed: 0 } })
const beat = (height: number): Heartbeat => ({
  head: [],
  height: BigInt(height),
  nickname: '',
  minerAddress: ''
})

/** A feed over a roster, and what tests do with it. */
function feedOf(limits = DEFAULT_LIMITS, maxChanges?: number) {
  const clock = new FakeClock()
  const roster = new Roster(limits, { onChange: (peer) => feed.change(peer) })
  const feed: Feed = new Feed({
    roster,
    network: () => QUIET,
    alerts: () => [],
    limits,
    clock,
    ...(maxChanges !== undefined && { maxChanges })
  })
  const send = (peer: string, height: number): void => {
    if (roster.get(peer) === undefined) roster.open(peer, 0)
    roster.beat(peer, came(beat(height)))
  }
  return { clock, roster, feed, send }
}

/** Has those go for good who have no stream: first they left, then they are forgotten. */
function leave(roster: Roster): void {
  for (const _ of [1, 2]) roster.sweep(DEFAULT_LIMITS.goneRowPeriod)
}

const decoder = new TextDecoder()

/** Reads a stream, event by event. */
function read(stream: ReadableStream<Uint8Array> | undefined) {
  assert.ok(stream)
  const reader = stream.getReader()
  return {
    next: async (): Promise<string | undefined> => decoder.decode((await reader.read()).value),
    isDone: async (): Promise<boolean> => (await reader.read()).done,
    cancel: () => reader.cancel()
  }
}

const heights = (text: string | undefined): string[] =>
  [...(text ?? '').matchAll(/"height":"(\d+)"/g)].map(([, height = '']) => height)

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
    roster.beat('a', came({ ...beat(1), minerAddress: 'x\n\ndata: {}\r' }))
    await clock.tick(DEFAULT_LIMITS.flushDelay)
    assert.equal((await next)?.trimEnd().split(/[\n\r]/).length, 3)
    await reader.cancel()
  })
})
