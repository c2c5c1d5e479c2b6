import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import { CLI_END_TIMEOUT, SAME_SIGNAL_DELAY } from '../constants.ts'
import { FakeClock } from '../timing/fake-clock.ts'
import { endOnSignal } from './ending.ts'

function setUp() {
  const codes: number[] = []
  const process = Object.assign(new EventEmitter(), { exit: (code: number) => codes.push(code) })
  const clock = new FakeClock()
  const silent = { info: () => {}, error: () => {} }
  const ending = endOnSignal(process, silent, clock)
  return { codes, process, clock, ending }
}

test('the first signal ends in order, of whatever kind', () => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    const { codes, process, ending } = setUp()
    assert.equal(ending.aborted, false)
    process.emit(signal)
    assert.deepEqual([ending.aborted, codes], [true, []])
  }
})

test('the second signal ends at once, as shells tell it', () => {
  const { codes, process, clock } = setUp()
  process.emit('SIGINT')
  process.emit('SIGINT')
  assert.deepEqual(codes, [])
  process.emit('SIGTERM')
  assert.deepEqual(codes, [143])
  clock.advance(SAME_SIGNAL_DELAY)
  process.emit('SIGINT')
  assert.deepEqual(codes, [143, 130])
})

test('what does not end in time is ended', () => {
  const { codes, process, clock } = setUp()
  process.emit('SIGTERM')
  clock.advance(CLI_END_TIMEOUT - 1)
  assert.deepEqual(codes, [])
  clock.advance(1)
  assert.deepEqual(codes, [1])
})
