import assert from 'node:assert/strict'
import { test } from 'node:test'
import { QUIET } from './examples.kit.test.ts'
import { Minutes } from './minutes.ts'
import type { NetworkState } from './network-state.ts'

function at(seconds: number, beating: number): NetworkState {
  return { ...QUIET, at: seconds * 1_000, nodes: { ...QUIET.nodes, beating } }
}

test('a minute is over with the first state of the next: most nodes, its own beats', () => {
  const minutes = new Minutes(100)
  assert.equal(minutes.add(at(61, 3), 101), undefined)
  assert.equal(minutes.add(at(90, 9), 105), undefined)
  assert.equal(minutes.add(at(119, 2), 110), undefined)
  const point = minutes.add(at(121, 2), 112)
  assert.deepEqual([point?.at, point?.nodes, point?.beats], [60_000, 9, 10])
  const next = minutes.unfinished
  assert.deepEqual([next?.at, next?.nodes, next?.beats], [120_000, 2, 2])
  assert.equal(minutes.add(at(300, 1), 112)?.beats, 2)
  assert.equal(minutes.unfinished?.at, 300_000)
})

test('there is no minute before the first state', () => {
  assert.equal(new Minutes(0).unfinished, undefined)
})
