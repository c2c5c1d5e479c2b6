import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeClock } from '../../timing/fake-clock.ts'
import type { Heartbeat } from '../../wire/index.ts'
import { DEFAULT_LIMITS } from '../limits.ts'
import { Roster } from '../roster.ts'
import { Feed } from './feed.ts'
import { FeedText } from './feed-text.ts'

const origin = { route: 'websocket', protocol: 'p' } as const
const came = (given: Heartbeat) => ({ beat: given, origin, at: { now: 0, elapsed: 0 } })
const beat = (height: number): Heartbeat => ({
  head: [],
  height: BigInt(height),
  nickname: '',
  minerAddress: ''
})

/** A feed over a roster, and what tests do with it. */
function feedOf(limits = DEFAULT_LIMITS) {
  const clock = new FakeClock()
  const roster = new Roster(limits, { onChange: (peer) => feed.change(peer) })
  const feed: Feed = new Feed({ roster, limits, clock })
  const send = (peer: string, height: number): void => {
    if (roster.get(peer) === undefined) roster.open(peer, 0)
    roster.beat(peer, came(beat(height)))
  }
  return { clock, roster, feed, send }
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
    const reader = read(feed.open(assert.fail))
    assert.match(
      (await reader.next()) ?? '',
      /^id: 1\nevent: snapshot\ndata: \{"nodes":\[\{.*\}\]\}\n\n$/
    )
    const next = reader.next()
    for (let height = 2; height < 100; height++) send('a', height)
    send('b', 7)
    await clock.tick(DEFAULT_LIMITS.flushDelay)
    const text = await next
    assert.deepEqual(heights(text), ['99', '7'])
    assert.deepEqual(text?.match(/^(id|event): .*/gm), [
      'id: 2',
      'event: node',
      'id: 3',
      'event: node'
    ])
    await reader.cancel()
  })

  test('tells who is gone for good', async () => {
    const { clock, feed, send, roster } = feedOf()
    send('a', 1)
    const reader = read(feed.open(assert.fail))
    await reader.next()
    roster.close('a', 0)
    roster.sweep(DEFAULT_LIMITS.goneRowPeriod)
    clock.advance(DEFAULT_LIMITS.flushDelay)
    assert.equal(await reader.next(), 'id: 2\nevent: gone\ndata: {"peer":"a"}\n\n')
    await reader.cancel()
  })

  test('keeps a quiet reader alive by comments', async () => {
    const { clock, feed } = feedOf()
    const reader = read(feed.open(assert.fail))
    assert.equal(await reader.next(), 'id: 1\nevent: snapshot\ndata: {"nodes":[]}\n\n')
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
    const slow = read(feed.open(() => cuts++))
    const fast = read(feed.open(assert.fail))
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
    const first = read(feed.open(assert.fail))
    const second = read(feed.open(assert.fail))
    assert.equal(feed.open(assert.fail), undefined)
    await first.cancel()
    const third = read(feed.open(assert.fail))
    await second.cancel()
    await third.cancel()
    assert.deepEqual(clock.pending, [])
  })

  test('ends every reader when it stops, and leaves no timer', async () => {
    const { clock, feed, send } = feedOf()
    send('a', 1)
    const idle = read(feed.open(assert.fail))
    const waiting = read(feed.open(assert.fail))
    await waiting.next()
    const end = waiting.isDone()
    await clock.tick(0)
    send('a', 2)
    feed.stop()
    feed.stop()
    assert.equal(await end, true)
    assert.equal(await idle.isDone(), true)
    assert.equal(feed.open(assert.fail), undefined)
    assert.equal(feed.size, 0)
    assert.deepEqual(clock.pending, [])
  })
})

describe('FeedText', () => {
  test('gives a large roster piece by piece, the latest of each, and nothing twice', () => {
    const { roster, send } = feedOf()
    for (let n = 0; n < 500; n++) send(`peer${n}`, n)
    const text = new FeedText(roster.peers(), (peer) => roster.get(peer))
    const change = (peer: string, height: number): void => {
      send(peer, height)
      text.change([peer])
    }
    change('peer3', 3_000)
    let all = ''
    for (;;) {
      const piece = text.take(1_000)
      if (piece === undefined) break
      if (all === '') change('peer0', 4_000)
      assert.ok(piece.length < 1_500)
      all += piece
    }
    const [snapshot = '', later = ''] = all.split('\n\n')
    const { nodes } = JSON.parse(snapshot.split('data: ')[1] ?? '')
    assert.deepEqual(
      nodes.map(({ height }: { height: string }) => height),
      Array.from({ length: 500 }, (_, n) => (n === 3 ? '3000' : `${n}`))
    )
    assert.deepEqual(heights(later), ['4000'])
  })

  test('leaves out of the snapshot who went before its turn', () => {
    const { roster, send } = feedOf()
    for (const peer of ['a', 'b', 'c']) send(peer, 1)
    const text = new FeedText(roster.peers(), (peer) => roster.get(peer))
    for (const peer of ['a', 'c']) roster.close(peer, 0)
    roster.sweep(DEFAULT_LIMITS.goneRowPeriod)
    let all = ''
    for (let piece = text.take(1); piece !== undefined; piece = text.take(1)) all += piece
    const { nodes } = JSON.parse(all.split('data: ')[1] ?? '')
    assert.deepEqual(
      nodes.map(({ peer }: { peer: string }) => peer),
      ['b']
    )
  })

  test('says the latest of a peer, once, however late it is asked', () => {
    const { roster, send } = feedOf()
    const text = new FeedText([], (peer) => roster.get(peer))
    text.take(1)
    for (let height = 0; height < 1_000; height++) {
      send('a', height)
      text.change(['a'])
    }
    text.keepAlive()
    assert.deepEqual(heights(text.take(100)), ['999'])
    assert.equal(text.take(100), undefined)
  })

  test('keeps its lines whole, whatever a nickname holds', () => {
    const { roster } = feedOf()
    roster.open('a', 0)
    roster.beat('a', came({ ...beat(1), minerAddress: 'x\n\ndata: {}\r' }))
    const text = new FeedText(roster.peers(), () => undefined)
    assert.equal(
      text
        .take(9)
        ?.trimEnd()
        .split(/[\n\r]/).length,
      3
    )
  })
})
