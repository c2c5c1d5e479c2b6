import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Alarm } from './alarm.ts'
import { FakeClock } from './fake-clock.ts'

/** A wait that tells whether it is over. */
function waiting(until: number | undefined, signal = new AbortController().signal) {
  const clock = new FakeClock()
  const alarm = new Alarm(clock)
  const state = { isOver: false }
  alarm.wait(until, signal).then(() => {
    state.isOver = true
  })
  return { clock, alarm, state }
}

test('waits until its time has come', async () => {
  const { clock, state } = waiting(100)
  await clock.tick(99)
  assert.equal(state.isOver, false)
  await clock.tick(1)
  assert.equal(state.isOver, true)
})

test('ends its wait when it is rung, and leaves no timer', async () => {
  const { clock, alarm, state } = waiting(100)
  alarm.ring()
  await clock.tick(0)
  assert.equal(state.isOver, true)
  assert.deepEqual(clock.pending, [])
})

test('waits without end, and without a timer, when no time is given', async () => {
  const { clock, alarm, state } = waiting(undefined)
  assert.deepEqual(clock.pending, [])
  await clock.tick(1_000_000)
  assert.equal(state.isOver, false)
  alarm.ring()
  await clock.tick(0)
  assert.equal(state.isOver, true)
})

test('ends its wait when the signal aborts, and leaves no timer', async () => {
  const stop = new AbortController()
  const { clock, state } = waiting(100, stop.signal)
  stop.abort()
  await clock.tick(0)
  assert.equal(state.isOver, true)
  assert.deepEqual(clock.pending, [])
})

test('does not wait at all once the signal has aborted', async () => {
  const { clock, state } = waiting(100, AbortSignal.abort())
  await clock.tick(0)
  assert.equal(state.isOver, true)
})

test('keeps no ring for a later wait', async () => {
  const { clock, alarm } = waiting(undefined)
  alarm.ring()
  alarm.ring()
  let isOver = false
  alarm.wait(100, new AbortController().signal).then(() => {
    isOver = true
  })
  await clock.tick(99)
  assert.equal(isOver, false)
})
