import assert from 'node:assert/strict'
import { test } from 'node:test'
import { heightOf, heightToBytes } from './height.ts'

const HEIGHTS = [0n, 255n, 256n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n]

test('every height up to 2^64−1 comes back exactly', () => {
  assert.deepEqual(HEIGHTS.map(heightToBytes).map(heightOf), HEIGHTS)
})

test('bytes are in the order of the heights', () => {
  const bytes = HEIGHTS.map(heightToBytes)
  assert.deepEqual(bytes.toReversed().sort(Buffer.compare), bytes)
})

test('a height over 2^64−1 is refused', () => {
  assert.throws(() => heightToBytes(2n ** 64n), RangeError)
})
