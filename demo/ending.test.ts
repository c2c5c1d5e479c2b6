import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '../src/timing/fake-clock.ts'
import { SAME_SIGNAL_DELAY, STOP_TIMEOUT } from './constants.ts'
import { endOnSignal } from './ending.ts'

function setUp() {
  const clock = new FakeClock()
  const stopping = Promise.withResolvers<void>()
  const listeners = new Map<string, () => void>()
  const codes: number[] = []
  let stops = 0
  const process = {
    on: (signal: string, listener: () => void) => listeners.set(signal, listener),
    exit: (code: number) => void codes.push(code)
  }
  const stop = (): Promise<void> => {
    stops++
    return stopping.promise
  }
  endOnSignal(stop, process, clock)
  const signal = (name: string): void => listeners.get(name)?.()
  return { clock, stopping, codes, signal, stops: () => stops }
}

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  test(`stops everything and ends well on ${name}`, async () => {
    const { clock, stopping, codes, signal } = setUp()
    signal(name)
    await clock.tick(0)
    assert.deepEqual(codes, [])
    stopping.resolve()
    await clock.tick(0)
    assert.deepEqual(codes, [0])
  })
}

test('does not wait for what does not end', () => {
  const { clock, codes, signal } = setUp()
  signal('SIGINT')
  clock.advance(STOP_TIMEOUT - 1)
  assert.deepEqual(codes, [])
  clock.advance(1)
  assert.deepEqual(codes, [0])
})

test('ends at once on the second signal', () => {
  const { clock, codes, signal, stops } = setUp()
  signal('SIGINT')
  clock.advance(SAME_SIGNAL_DELAY)
  signal('SIGINT')
  assert.deepEqual(codes, [130])
  assert.equal(stops(), 1)
})

test('takes a signal that was passed on for the same one', () => {
  const { clock, codes, signal, stops } = setUp()
  signal('SIGINT')
  clock.advance(SAME_SIGNAL_DELAY - 1)
  signal('SIGINT')
  assert.deepEqual(codes, [])
  assert.equal(stops(), 1)
})
