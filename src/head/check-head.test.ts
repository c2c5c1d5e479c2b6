import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MAX_HEIGHT } from '../constants.ts'
import { checkHead } from './check-head.ts'

const GOOD = { cids: ['bafya', 'bafyb'], height: 7n }

test('copies a good head, and nothing that is not of a head', () => {
  const given = { ...GOOD, timestamp: 1_598_306_610, genesis: 'bafygenesis', secret: 'x' }
  const head = checkHead(given, 'callback')
  assert.deepEqual(head, { ...GOOD, timestamp: 1_598_306_610, genesis: 'bafygenesis' })
  given.cids.push('bafyc')
  assert.deepEqual(head.cids, ['bafya', 'bafyb'])
})

test('takes the tipset settled below, its height as a number too', () => {
  const settled = { cids: ['bafyc'], height: 2, secret: 'x' }
  const head = checkHead({ ...GOOD, settled }, 'callback')
  assert.deepEqual(head, { ...GOOD, settled: { cids: ['bafyc'], height: 2n } })
  settled.cids.push('bafyd')
  assert.deepEqual(head.settled?.cids, ['bafyc'])
})

test('takes a whole number as height, and a head without CIDs', () => {
  assert.deepEqual(checkHead({ cids: [], height: 4_000_000 }, 'callback'), {
    cids: [],
    height: 4_000_000n
  })
})

test('takes the first epoch and the last', () => {
  assert.equal(checkHead({ cids: [], height: 0 }, 'callback').height, 0n)
  assert.equal(checkHead({ cids: [], height: MAX_HEIGHT }, 'callback').height, MAX_HEIGHT)
})

const BAD: ReadonlyArray<readonly [string, unknown, RegExp]> = [
  ['undefined', undefined, /the head is not an object/],
  ['null', null, /the head is not an object/],
  ['a text', 'bafya', /the head is not an object/],
  ['no cids', { height: 7n }, /head\.cids is not an array/],
  ['cids that are a text', { ...GOOD, cids: 'bafya' }, /head\.cids is not an array/],
  ['a CID object', { ...GOOD, cids: ['bafya', { '/': 'b' }] }, /head\.cids\[1\] is not the text/],
  ['an empty CID', { ...GOOD, cids: [''] }, /head\.cids\[0\]/],
  ['a hole among the cids', { ...GOOD, cids: new Array(2) }, /head\.cids\[0\]/],
  ['a CID without end', { ...GOOD, cids: ['b'.repeat(129)] }, /head\.cids\[0\]/],
  ['33 cids', { ...GOOD, cids: Array(33).fill('b') }, /head\.cids has more than 32 entries/],
  ['no height', { cids: [] }, /head\.height/],
  ['a height below 0', { cids: [], height: -1n }, /head\.height/],
  ['a height of 65 bits', { cids: [], height: MAX_HEIGHT + 1n }, /head\.height/],
  ['a height with a fraction', { cids: [], height: 1.5 }, /head\.height/],
  ['a height that a number cannot hold', { cids: [], height: 2 ** 53 }, /head\.height/],
  ['a height that is a text', { cids: [], height: '7' }, /head\.height/],
  ['a timestamp that is a text', { ...GOOD, timestamp: '7' }, /head\.timestamp/],
  ['a timestamp that is NaN', { ...GOOD, timestamp: Number.NaN }, /head\.timestamp/],
  ['a timestamp below 0', { ...GOOD, timestamp: -1 }, /head\.timestamp/],
  ['a genesis that is no text', { ...GOOD, genesis: 1 }, /head\.genesis/],
  ['a settled null', { ...GOOD, settled: null }, /head\.settled is not an object/],
  ['a settled text', { ...GOOD, settled: 'bafya' }, /head\.settled is not an object/],
  ['a settled without cids', { ...GOOD, settled: { height: 1 } }, /head\.settled\.cids is not an/],
  ['a settled CID object', { ...GOOD, settled: { cids: [{}], height: 1 } }, /settled\.cids\[0\]/],
  ['a settled without height', { ...GOOD, settled: { cids: [] } }, /head\.settled\.height/],
  ['a settled height below 0', { ...GOOD, settled: { cids: [], height: -1 } }, /settled\.height/]
]

for (const [what, value, message] of BAD) {
  test(`refuses ${what}`, () => {
    assert.throws(() => checkHead(value, 'callback'), { name: 'HeadError', source: 'callback' })
    assert.throws(() => checkHead(value, 'callback'), message)
  })
}
