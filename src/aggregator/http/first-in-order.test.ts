import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { firstInOrder } from './first-in-order.ts'

test('the first of a list are those that sorting all of it gives', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20)), fc.nat(30), (keys, most) => {
      const compare = (a: number, b: number): number => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b
      const sorted = keys.map((_, index) => index).sort(compare)
      assert.deepEqual(firstInOrder(keys.length, most, compare), sorted.slice(0, most))
    })
  )
})
