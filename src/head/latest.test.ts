import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '../timing/fake-clock.ts'
import { Latest, sameHead } from './latest.ts'
import { headAt, Recorder } from './lotus-server.kit.test.ts'

test('knows nothing before it is told, and nothing after the last watch ended', () => {
  const latest = new Latest(new FakeClock(), 1_000)
  const [first, second] = [new AbortController(), new AbortController()]
  const observer = latest.observe(new Recorder(), first.signal)
  latest.observe(new Recorder(), second.signal)
  assert.equal(latest.read(), undefined)
  observer.head(headAt(1))
  first.abort()
  assert.deepEqual(latest.read(), headAt(1))
  second.abort()
  assert.equal(latest.read(), undefined)
})

test('gives the head until it is too old, however the clock jumped', () => {
  const clock = new FakeClock(10_000)
  const latest = new Latest(clock, 1_000)
  latest.observe(new Recorder(), new AbortController().signal).head(headAt(1))
  clock.advance(1_000)
  assert.deepEqual(latest.read(), headAt(1))
  clock.advance(1)
  assert.equal(latest.read(), undefined)
  clock.jump(0)
  assert.equal(latest.read(), undefined)
})

test('throws the error that came after the head', () => {
  const latest = new Latest(new FakeClock(), 1_000)
  const observer = latest.observe(new Recorder(), new AbortController().signal)
  observer.head(headAt(1))
  observer.error(new Error('gone'))
  assert.throws(() => latest.read(), /gone/)
  observer.head(headAt(2))
  assert.deepEqual(latest.read(), headAt(2))
})

test('passes on news only, and a known head again after an error', () => {
  const recorder = new Recorder()
  const controller = new AbortController()
  const observer = new Latest(new FakeClock(), 1_000).observe(recorder, controller.signal)
  observer.head(headAt(1))
  observer.head(headAt(1))
  assert.deepEqual(recorder.heights, [1])
  observer.error(new Error('gone'))
  observer.head(headAt(1))
  observer.head(headAt(2))
  controller.abort()
  observer.head(headAt(3))
  observer.error(new Error('late'))
  assert.deepEqual(recorder.heights, [1, 1, 2])
  assert.equal(recorder.errors.length, 1)
})

test('tells heads apart by each of their parts', () => {
  const head = headAt(1)
  assert.ok(sameHead(head, headAt(1)))
  for (const other of [
    { ...head, height: 2n },
    { ...head, cids: head.cids.slice(1) },
    { ...head, cids: head.cids.toReversed() },
    { ...head, timestamp: 1 },
    { ...head, genesis: 'bafyother' }
  ]) {
    assert.ok(!sameHead(head, other))
  }
})

test('takes what is settled below a head for no news', () => {
  const { settled, ...head } = headAt(100)
  assert.ok(settled !== undefined && sameHead(head, headAt(100)))
})
