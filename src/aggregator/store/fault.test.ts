import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultOf, isRecordAtFault } from './fault.ts'

const sqlite = (errcode: number): Error =>
  Object.assign(new Error('as SQLite says'), { code: 'ERR_SQLITE_ERROR', errcode })
const system = (code: string): Error => Object.assign(new Error('as the system says'), { code })

test('tells what is wrong, from SQLite and from the file system', () => {
  const errors = [5, 13, 266, 11, 267, 26, 8, 1032, 14].map(sqlite)
  const codes = ['ENOSPC', 'EROFS', 'EACCES', 'ENOTDIR'].map(system)
  assert.deepEqual(
    [...errors, ...codes].map((error) => faultOf(error, 'h.db').kind),
    [
      ...['locked', 'full', 'other', 'corrupt', 'corrupt', 'corrupt'],
      ...['unwritable', 'unwritable', 'unwritable'],
      ...['full', 'unwritable', 'unwritable', 'unwritable']
    ]
  )
})

test('every problem names the file and what can be done', () => {
  assert.match(faultOf(sqlite(13), 'h.db').problem, /h\.db: make room/)
  assert.match(faultOf(sqlite(5), 'h.db').problem, /h\.db is locked .*: end that program/)
  assert.match(faultOf(sqlite(8), 'h.db').problem, /h\.db cannot be .* check that its folder/)
  assert.match(faultOf(sqlite(10), 'h.db').problem, /h\.db cannot be used .* check its disk/)
})

test('a record that does not fit is at fault itself, a disk is not', () => {
  assert.equal(isRecordAtFault(new RangeError('too high')), true)
  assert.equal(isRecordAtFault(sqlite(19)), true)
  assert.equal(isRecordAtFault(sqlite(13)), false)
})
