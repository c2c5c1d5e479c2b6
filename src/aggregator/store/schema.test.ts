import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { migrate, numberOf, STEPS } from './schema.ts'

const LATER = [...STEPS, "ALTER TABLE nodes ADD COLUMN place TEXT NOT NULL DEFAULT 'unknown'"]

test('a fresh file gets every step', () => {
  const db = new DatabaseSync(':memory:')
  migrate(db, 'h.db')
  assert.equal(numberOf(db, 'user_version'), STEPS.length)
  db.exec("INSERT INTO nodes (peer) VALUES ('a')")
})

test('a file of an older version keeps what it holds, and gets the steps that it lacks', () => {
  const db = new DatabaseSync(':memory:')
  migrate(db, 'h.db')
  db.exec("INSERT INTO nodes (peer) VALUES ('a')")
  migrate(db, 'h.db', LATER)
  const node = db.prepare('SELECT peer, place FROM nodes').get()
  assert.deepEqual({ ...node }, { peer: 'a', place: 'unknown' })
  assert.equal(numberOf(db, 'user_version'), LATER.length)
})

test('a step that fails leaves the version that was', () => {
  const db = new DatabaseSync(':memory:')
  migrate(db, 'h.db')
  const broken = [...STEPS, 'CREATE TABLE more (x); SELECT wrong']
  assert.throws(() => migrate(db, 'h.db', broken), /wrong/)
  db.exec('ROLLBACK')
  assert.equal(numberOf(db, 'user_version'), STEPS.length)
  assert.throws(() => db.prepare('SELECT * FROM more'))
})

test('a file of a newer version is refused', () => {
  const db = new DatabaseSync(':memory:')
  migrate(db, 'h.db', LATER)
  assert.throws(() => migrate(db, 'h.db'), {
    name: 'StoreError',
    message: /h\.db was written by a newer version/
  })
})

test("another program's file is refused", () => {
  const db = new DatabaseSync(':memory:')
  db.exec('CREATE TABLE letters (text)')
  assert.throws(() => migrate(db, 'h.db'), { name: 'StoreError', message: /another program/ })
})
