import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'
import { HeadError } from '../errors.ts'
import { FakeClock } from '../timing/fake-clock.ts'
import type { Head } from './index.ts'
import { headAt, Recorder } from './lotus-server.kit.test.ts'
import { polledHead } from './poll.ts'

const CHAIN = { genesisTimestamp: 0, epochPeriod: 30_000 }

function setUp(random = 0) {
  const clock = new FakeClock(1_000)
  const controller = new AbortController()
  const asked: number[] = []
  const node: { answer: () => Promise<Head> } = { answer: async () => headAt(asked.length) }
  const source = polledHead(
    'node',
    () => {
      asked.push(clock.now())
      return node.answer()
    },
    { chain: CHAIN, clock, random: () => random }
  )
  const recorder = new Recorder()
  const watch = (): void => source.watch?.(recorder, controller.signal)
  return { clock, controller, asked, node, source, recorder, watch }
}

test('asks at once, then at the beginning of each epoch', async () => {
  const { clock, asked, recorder, watch } = setUp()
  watch()
  await clock.tick(89_000)
  assert.deepEqual(asked, [1_000, 30_000, 60_000, 90_000])
  assert.deepEqual(recorder.heights, [1, 2, 3, 4])
})

test('spreads its questions over the first fifth of an epoch', async () => {
  const { clock, asked, watch } = setUp(0.5)
  watch()
  await clock.tick(89_000)
  assert.deepEqual(asked, [1_000, 33_000, 63_000])
})

test('tells only a head that changed', async () => {
  const { clock, asked, node, recorder, watch } = setUp()
  node.answer = async () => headAt(7)
  watch()
  await clock.tick(89_000)
  assert.equal(asked.length, 4)
  assert.deepEqual(recorder.heights, [7])
})

test('asks again within the epoch after a failure, and tells the head when it is back', async () => {
  const { clock, asked, node, recorder, watch } = setUp(0.5)
  node.answer = async () => {
    throw new Error('gone')
  }
  watch()
  await clock.tick(0)
  assert.equal(recorder.errors[0]?.message, 'node: polling failed: gone')
  await clock.tick(4_999)
  assert.deepEqual(asked, [1_000])
  await clock.tick(1)
  assert.deepEqual(asked, [1_000, 6_000])
  node.answer = async () => headAt(7)
  await clock.tick(10_000)
  assert.deepEqual(asked, [1_000, 6_000, 16_000])
  assert.deepEqual(recorder.heights, [7])
  assert.equal(recorder.errors.length, 2)
})

test('waits no longer than to the next epoch, however often it failed', async () => {
  const { clock, asked, node, watch } = setUp(0.999)
  node.answer = async () => {
    throw new HeadError('node', 'gone')
  }
  watch()
  await clock.tick(600_000)
  for (const [index, time] of asked.entries()) {
    assert.ok(time - (asked[index - 1] ?? time) <= 36_000, `${asked}`)
  }
  assert.ok(asked.length >= 20)
})

test('asks one question at a time, although an answer takes several epochs', async () => {
  const { clock, asked, node, watch } = setUp()
  const answer = Promise.withResolvers<Head>()
  node.answer = () => answer.promise
  watch()
  await clock.tick(100_000)
  assert.deepEqual(asked, [1_000])
  answer.resolve(headAt(1))
  await clock.tick(19_000)
  assert.deepEqual(asked, [1_000, 120_000])
})

test('leaves no timer and no listener when the signal aborts, and tells nothing more', async () => {
  const { clock, controller, recorder, watch } = setUp()
  watch()
  await clock.tick(0)
  assert.equal(clock.pending.length, 1)
  controller.abort()
  await clock.tick(0)
  assert.deepEqual(clock.pending, [])
  assert.deepEqual(getEventListeners(controller.signal, 'abort'), [])
  await clock.tick(90_000)
  assert.deepEqual(recorder.heights, [1])
})

test('drops an answer that comes after the abort', async () => {
  const { clock, controller, node, recorder, watch } = setUp()
  const answer = Promise.withResolvers<Head>()
  node.answer = () => answer.promise
  watch()
  controller.abort()
  answer.resolve(headAt(1))
  await clock.tick(0)
  assert.deepEqual(recorder.heads, [])
  assert.deepEqual(clock.pending, [])
})

test('does not begin when the signal is aborted already', async () => {
  const { asked, controller, source, watch } = setUp()
  controller.abort(new Error('enough'))
  watch()
  await assert.rejects(source.read(controller.signal), /enough/)
  assert.deepEqual(asked, [])
})

test('answers a read from what it learnt last while it is watched, else asks', async () => {
  const { clock, asked, controller, source, watch } = setUp()
  const { signal } = new AbortController()
  assert.deepEqual(await source.read(signal), headAt(1))
  watch()
  await clock.tick(0)
  assert.deepEqual(await source.read(signal), headAt(2))
  assert.equal(asked.length, 2)
  controller.abort()
  assert.deepEqual(await source.read(signal), headAt(3))
})

test('asks anew at a read after the device slept', async () => {
  const { clock, source, watch } = setUp()
  watch()
  await clock.tick(0)
  clock.jump(clock.now() + 3_600_000)
  assert.deepEqual(await source.read(new AbortController().signal), headAt(2))
})
