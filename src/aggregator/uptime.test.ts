import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeClock } from '../timing/fake-clock.ts'
import { Uptime } from './uptime.ts'

/** Time after looks that came so many ms one after another, at a period of 100 and a lag of 50. */
function after(...gaps: number[]): [elapsed: number, lost: number] {
  const clock = new FakeClock()
  const uptime = new Uptime(clock, 100, 50)
  let elapsed = 0
  for (const gap of gaps) {
    clock.advance(gap)
    elapsed = uptime.elapsed()
  }
  return [elapsed, uptime.halted]
}

describe('Uptime', () => {
  test('is the time of the clock while it is looked at in time', () => {
    assert.deepEqual(after(100, 100, 0, 150, 20), [370, 0])
  })

  test('leaves out what went by while the process stood still', () => {
    assert.deepEqual(after(100, 60_000, 100), [300, 59_900])
    assert.deepEqual(after(251, 251), [200, 302])
  })

  test('stands still while it is held, and a halt meanwhile is counted once', () => {
    const clock = new FakeClock()
    const uptime = new Uptime(clock, 100, 50)
    const after = (ms: number): number => {
      clock.advance(ms)
      return uptime.elapsed()
    }
    assert.equal(after(100), 100)
    uptime.held = true
    assert.deepEqual([after(100), after(60_000), after(100)], [100, 100, 100])
    uptime.held = false
    assert.deepEqual([after(100), uptime.halted], [200, 59_900])
  })
})
