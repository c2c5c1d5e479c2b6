import assert from 'node:assert/strict'
import { test } from 'node:test'
import { median, packRtts, Rollup, storedRtt, unpackRtts } from './rollup.ts'

test('beats are counted, the highest epoch is kept, and how far behind it was at the end', () => {
  const rollup = new Rollup()
  rollup.take({ beats: 1, height: 9n, behind: 4, rtts: [30] })
  rollup.take({ beats: 2, height: 7n, behind: undefined, rtts: [10, 20] })
  const { beats, height, behind, rtts } = rollup
  assert.deepEqual({ beats, height, behind }, { beats: 3, height: 9n, behind: undefined })
  assert.deepEqual(rtts, [30, 10, 20])
})

test('round trips come back in whole ms', () => {
  assert.deepEqual(unpackRtts(packRtts([0, 1, 256, 65_535])), [0, 1, 256, 65_535])
  assert.deepEqual([0.4, 12.6, 1e9].map(storedRtt), [0, 13, 65_535])
})

test('a round trip that is none is left out', () => {
  assert.deepEqual([undefined, -1, Number.NaN].map(storedRtt), [undefined, undefined, undefined])
})

test('of a busy minute the last 32 round trips are kept', () => {
  const rtts = unpackRtts(packRtts(Array.from({ length: 40 }, (_, index) => index)))
  assert.deepEqual([rtts.length, rtts[0], rtts.at(-1)], [32, 8, 39])
})

test('the median is the middle one, of two the lower', () => {
  assert.deepEqual([median([9, 1, 5]), median([4, 2]), median([])], [5, 2, undefined])
})
