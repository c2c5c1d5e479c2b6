import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MAX_RECONNECT_DELAY } from '../constants.ts'
import { retryDelay, retryWindow } from './retry.ts'

test('doubles the window at each failure, up to a minute', () => {
  const windows = [0, 1, 2, 3, 4].map((attempt) => retryWindow(attempt, 10_000))
  assert.deepEqual(windows, [10_000, 20_000, 40_000, MAX_RECONNECT_DELAY, MAX_RECONNECT_DELAY])
})

test('keeps the window at its cap however often it failed', () => {
  for (const attempt of [31, 1_000, 1e9, Number.MAX_SAFE_INTEGER]) {
    assert.equal(retryWindow(attempt, 10_000), MAX_RECONNECT_DELAY)
    assert.equal(retryWindow(attempt, 50), MAX_RECONNECT_DELAY)
  }
})

test('caps a first window that is longer than the cap', () => {
  assert.equal(retryWindow(0, 600_000), MAX_RECONNECT_DELAY)
})

test('draws the delay from the whole window, from nothing to its end', () => {
  assert.equal(
    retryDelay(2, 10_000, () => 0),
    0
  )
  assert.equal(
    retryDelay(2, 10_000, () => 0.5),
    20_000
  )
  assert.ok(retryDelay(2, 10_000, () => 1 - Number.EPSILON) < 40_000)
})

test('spreads many clients over the window', () => {
  const delays = Array.from({ length: 2_000 }, () => retryDelay(0, 10_000))
  const quarters = [0, 0, 0, 0]
  for (const delay of delays) {
    assert.ok(delay >= 0 && delay < 10_000)
    const quarter = Math.floor(delay / 2_500)
    quarters[quarter] = (quarters[quarter] ?? 0) + 1
  }
  for (const count of quarters) assert.ok(count > 300, `uneven: ${quarters}`)
})
