import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gridTimes, onGrid, rangeOf, SPANS } from './range.ts'

test('every span is whole points, ends after now and stays within a few hundred', () => {
  const now = 1_790_000_123_456
  for (const span of SPANS) {
    const { from, to, step } = rangeOf(span, now)
    assert.equal(from % step, 0)
    assert.ok(to > now && to - now <= step)
    assert.ok((to - from) / step <= 400)
    assert.equal(step % 60_000, 0)
  }
})

test('where nothing was heard there is a gap, and nothing outside is drawn', () => {
  const range = { from: 100, to: 150, step: 10 }
  const points = [{ at: 90 }, { at: 100 }, { at: 125 }, { at: 150 }]
  assert.deepEqual(onGrid(range, points), [
    { at: 100 },
    undefined,
    { at: 125 },
    undefined,
    undefined
  ])
  assert.deepEqual(gridTimes(range), [0.1, 0.11, 0.12, 0.13, 0.14])
})
