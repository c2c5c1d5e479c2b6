import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sparklinePaths } from './sparkline.ts'

const MINUTE = 60_000

test('a gap begins a new piece, whether it is told or merely not there', () => {
  const mark = (minute: number, value: number | undefined = 1) => ({ at: minute * MINUTE, value })
  const pieces = (marks: readonly { at: number; value: number | undefined }[]) =>
    sparklinePaths(marks, 1).line.split('M').length - 1
  assert.equal(pieces([mark(0), mark(1), mark(2)]), 1)
  assert.equal(pieces([mark(0), mark(1), { at: 2 * MINUTE, value: undefined }, mark(3)]), 2)
  assert.equal(pieces([mark(0), mark(3)]), 2)
})

test('nothing to draw is nothing, and a calm line is a number everywhere', () => {
  assert.deepEqual(sparklinePaths([], 1), { line: '', area: '' })
  const { line } = sparklinePaths(
    [
      { at: 0, value: 0 },
      { at: MINUTE, value: 0 }
    ],
    1
  )
  assert.doesNotMatch(line, /NaN|Infinity/)
})
