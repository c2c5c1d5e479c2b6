import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MAX_REMEMBERED_TIPSETS } from '../constants.ts'
import { bareHeadAt, tipset } from './lotus-server.kit.test.ts'
import { type HeadChange, parseChanges, Segment } from './segment.ts'

const change = (type: HeadChange['type'], height: number, fork?: string): HeadChange => ({
  type,
  tipset: bareHeadAt(height, fork)
})

function segmentOf(...changes: HeadChange[]): Segment {
  const segment = new Segment()
  segment.follow(changes)
  return segment
}

test('knows no head before it is told', () => {
  assert.equal(new Segment().head, undefined)
})

test('has the tipset applied last as its head', () => {
  const segment = segmentOf(change('current', 1), change('apply', 2), change('apply', 4))
  assert.deepEqual(segment.head, bareHeadAt(4))
})

test('falls back at a revert to the tipset before', () => {
  const segment = segmentOf(change('current', 1), change('apply', 3), change('apply', 4))
  segment.follow([change('revert', 4), change('revert', 3)])
  assert.deepEqual(segment.head, bareHeadAt(1))
})

test('moves to a fork by reverts, then applies', () => {
  const segment = segmentOf(change('current', 1), change('apply', 2), change('apply', 3))
  segment.follow([
    change('revert', 3),
    change('revert', 2),
    change('apply', 2, 'b'),
    change('apply', 3, 'b')
  ])
  assert.deepEqual(segment.head, bareHeadAt(3, 'b'))
  segment.follow([change('revert', 3, 'b')])
  assert.deepEqual(segment.head, bareHeadAt(2, 'b'))
})

test('knows no head after a revert beyond what it remembers', () => {
  const segment = segmentOf(change('current', 1), change('revert', 1))
  assert.equal(segment.head, undefined)
  segment.follow([change('revert', 0), change('apply', 1, 'b')])
  assert.deepEqual(segment.head, bareHeadAt(1, 'b'))
})

test('knows nothing after a revert of what was not its head', () => {
  const segment = segmentOf(change('current', 1), change('apply', 2))
  segment.follow([change('revert', 2, 'b')])
  assert.equal(segment.head, undefined)
})

test('starts anew where the node says it is', () => {
  const segment = segmentOf(change('current', 1), change('apply', 2), change('current', 9))
  segment.follow([change('revert', 9)])
  assert.equal(segment.head, undefined)
})

test('takes a tipset that it has already as the same', () => {
  const segment = segmentOf(change('current', 1), change('apply', 2), change('apply', 2))
  segment.follow([change('revert', 2)])
  assert.deepEqual(segment.head, bareHeadAt(1))
})

test('forgets what lies too deep', () => {
  const segment = segmentOf(change('current', 0))
  const heights = Array.from({ length: 2 * MAX_REMEMBERED_TIPSETS }, (_, index) => index + 1)
  segment.follow(heights.map((height) => change('apply', height)))
  const reverts = heights.toReversed().map((height) => change('revert', height))
  segment.follow(reverts.slice(0, MAX_REMEMBERED_TIPSETS - 1))
  assert.deepEqual(segment.head, bareHeadAt(MAX_REMEMBERED_TIPSETS + 1))
  segment.follow(reverts.slice(MAX_REMEMBERED_TIPSETS - 1, MAX_REMEMBERED_TIPSETS))
  assert.equal(segment.head, undefined)
})

test('parses the changes of a notification', () => {
  const value = [
    { Type: 'revert', Val: tipset(2) },
    { Type: 'apply', Val: tipset(2, 'b') }
  ]
  assert.deepEqual(parseChanges(value, 'node'), [change('revert', 2), change('apply', 2, 'b')])
  assert.deepEqual(parseChanges([], 'node'), [])
})

test('refuses a notification of another shape', () => {
  for (const value of [
    null,
    {},
    'apply',
    [null],
    [7],
    [{ Type: 'replace', Val: tipset(1) }],
    [{ Type: 'apply' }],
    [{ Type: 'apply', Val: { Height: 1 } }]
  ]) {
    assert.throws(() => parseChanges(value, 'node'), { name: 'HeadError', source: 'node' })
  }
})
