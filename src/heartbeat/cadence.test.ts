import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CADENCE_TOLERANCE, HIDDEN_TIMER_PERIOD, MAX_NEXT_PERIOD } from '../constants.ts'
import { Cadence } from './cadence.ts'

const PERIOD = 30_000

function beaten(...times: readonly number[]): Cadence {
  const cadence = new Cadence()
  for (const at of times) cadence.record(at, PERIOD, PERIOD)
  return cadence
}

test('announces the period while beats are on time', () => {
  assert.equal(new Cadence().next(PERIOD, 'visible'), PERIOD)
  assert.equal(beaten(0, 30_000, 61_000).next(PERIOD, 'visible'), PERIOD)
})

test('announces a minute more for a hidden page, and ten minutes for a frozen one', () => {
  assert.equal(new Cadence().next(PERIOD, 'hidden'), PERIOD + HIDDEN_TIMER_PERIOD)
  assert.equal(new Cadence().next(PERIOD, 'frozen'), MAX_NEXT_PERIOD)
})

test('announces what it measured, with some room, once beats come late', () => {
  assert.equal(beaten(0, 60_000, 120_000).next(PERIOD, 'visible'), 60_000 * CADENCE_TOLERANCE)
})

test('never announces more than ten minutes', () => {
  assert.equal(beaten(0, 3_600_000, 7_200_000).next(PERIOD, 'visible'), MAX_NEXT_PERIOD)
})

test('is not slowed by one late beat, and is by two', () => {
  assert.equal(beaten(0, 60_000).isSlowed, false)
  assert.equal(beaten(0, 60_000, 90_000).isSlowed, false)
  assert.equal(beaten(0, 60_000, 120_000).isSlowed, true)
})

test('is slowed until two beats in a row are on time', () => {
  const cadence = beaten(0, 60_000, 120_000)
  assert.equal(cadence.isSlowed, true)
  cadence.record(150_000, PERIOD, PERIOD)
  assert.equal(cadence.isSlowed, true)
  cadence.record(180_000, PERIOD, PERIOD)
  assert.equal(cadence.isSlowed, false)
})

test('measures nothing against a period that was not asked for at the time', () => {
  const cadence = beaten(0, 30_000, 60_000)
  for (const at of [80_000, 83_000]) {
    cadence.record(at, 3_000, 3_000)
    assert.equal(cadence.isSlowed, false)
    assert.equal(cadence.hasSlept(at + 8_001, 5_000), true, 'and still knows when it last beat')
  }
})

test('has slept when more time has passed than was announced and is tolerated', () => {
  const cadence = beaten(0, 30_000)
  assert.equal(cadence.hasSlept(30_000 + PERIOD + 5_000, 5_000), false)
  assert.equal(cadence.hasSlept(30_000 + PERIOD + 5_001, 5_000), true)
})

test('cannot have slept before the first beat, nor after it was told to forget', () => {
  const cadence = new Cadence()
  assert.equal(cadence.hasSlept(3_600_000, 5_000), false)
  cadence.record(0, PERIOD, PERIOD)
  cadence.reset()
  assert.equal(cadence.hasSlept(3_600_000, 5_000), false)
  assert.equal(cadence.isSlowed, false)
})
