// What a disk does to a store, done for real.

import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { until } from '../../net/test-kit.ts'
import type { Store } from './index.ts'
import { migrate, STEPS } from './schema.ts'
import {
  alert,
  BEATWISE,
  beat,
  beside,
  open,
  PATIENT,
  START,
  temporaryFile,
  written
} from './test-kit.ts'

const failing = (store: Store): Promise<void> =>
  until('the store to fail', () => store.status.state === 'failing')

test('a full disk is said, what is there can be read, and it goes on once there is room', async (t) => {
  const file = await temporaryFile(t)
  const store = open(t, file, { limits: { maxPages: 60, closeTimeout: 100 } })
  for (let at = 0; at < 1_000; at++) store.write(beat({ at: START + at }))
  await written(store)
  for (let at = 1_000; at < 6_000; at++) store.write(beat({ at: START + at }))
  await failing(store)
  assert.match(store.status.problem ?? '', /no room left .* make room on its disk/)
  const { points } = await store.nodeHistory('node', BEATWISE, PATIENT)
  assert.equal(points.length, 1_000)
  const more = store.status.queued
  assert.equal(more, 5_000)
  store.write({ kind: 'alert', alert: alert() })
  assert.equal(store.status.queued, more + 1)
  await store.close()
  assert.equal(store.status.lost, more + 1)
})

test('room that comes back is used, and the problem is forgotten', async (t) => {
  const file = await temporaryFile(t)
  const store = open(t, file, { limits: { maxPages: 80 } })
  for (let at = 0; at < 3_000; at++) store.write(beat({ at: START + at }))
  await written(store)
  for (let at = 3_000; at < 6_000; at++) store.write(beat({ at: START + at }))
  await failing(store)
  beside(t, file).exec('DELETE FROM beats')
  await written(store)
  assert.equal(store.status.problem, undefined)
  const { points } = await store.nodeHistory('node', BEATWISE, PATIENT)
  assert.deepEqual([points.length, points[0]?.at], [3_000, START + 3_000])
  assert.equal(store.status.lost, 0)
})

test('a file that another program locks is said, and written once the lock is gone', async (t) => {
  const file = await temporaryFile(t)
  const store = open(t, file, { limits: { busyTimeout: 1 } })
  await store.remembered()
  const other = beside(t, file)
  other.exec('BEGIN EXCLUSIVE')
  store.write(beat())
  await failing(store)
  assert.match(store.status.problem ?? '', /locked by another program/)
  other.exec('COMMIT')
  await written(store)
  assert.deepEqual([store.status.state, store.status.lost], ['open', 0])
})

test('while nothing can be written the queue is bounded, and alerts outlast beats', async (t) => {
  const file = await temporaryFile(t)
  const limits = { busyTimeout: 1, maxQueuedRecords: 100, maxBatchRecords: 10 }
  const store = open(t, file, { limits })
  await store.remembered()
  const other = beside(t, file)
  other.exec('BEGIN EXCLUSIVE')
  for (let at = 0; at < 50; at++)
    store.write({ kind: 'alert', alert: alert({ since: START + at }) })
  await failing(store)
  for (let at = 0; at < 1_000; at++) store.write(beat({ at: START + at }))
  const { queued, lost } = store.status
  assert.deepEqual([queued, lost], [110, 940])
  other.exec('COMMIT')
  await written(store)
  assert.equal((await store.alerts(100, 0, PATIENT)).length, 50)
  const { points } = await store.nodeHistory('node', BEATWISE, PATIENT)
  assert.deepEqual([points.length, points[0]?.at], [60, START + 940])
})

test('a damaged file is moved aside whole, and a new one begun', async (t) => {
  const file = await temporaryFile(t)
  await writeFile(file, 'no database at all, but somebody may want it'.repeat(100))
  const store = open(t, file)
  store.write(beat())
  await written(store)
  const { state, problem = '' } = store.status
  assert.equal(state, 'open')
  assert.match(problem, /damaged .* moved to .*\.corrupt-\d+, and a new one begun/)
  const aside = (await readdir(dirname(file))).find((name) => name.includes('.corrupt-')) ?? ''
  assert.match(await readFile(join(dirname(file), aside), 'utf8'), /^no database at all/)
  assert.equal((await store.nodeHistory('node', BEATWISE, PATIENT)).points.length, 1)
})

test('damage in the midst of a file is met by writing, and nothing that waits is lost', async (t) => {
  const file = await temporaryFile(t)
  const first = open(t, file)
  for (let at = 0; at < 5_000; at++) first.write(beat({ at: START + at }))
  await first.close()
  const bytes = await readFile(file)
  await writeFile(file, bytes.fill(0x5a, 8_192))
  const store = open(t, file)
  store.write(beat())
  await written(store)
  assert.match(store.status.problem ?? '', /a new one begun/)
  assert.equal((await store.nodeHistory('node', BEATWISE, PATIENT)).points.length, 1)
})

test('a file of a newer version is refused and left as it was', async (t) => {
  const file = await temporaryFile(t)
  const db = new DatabaseSync(file)
  migrate(db, file, [...STEPS, 'CREATE TABLE later (x)'])
  db.close()
  const before = await readFile(file)
  const store = open(t, file, { limits: { rememberTimeout: 20, closeTimeout: 100 } })
  store.write(beat())
  await failing(store)
  assert.match(store.status.problem ?? '', /written by a newer version of fil-heartbeat/)
  assert.deepEqual(await store.remembered(), { rows: [], alerts: [] })
  await assert.rejects(store.alerts(1, 0, PATIENT), { message: /newer version/ })
  await store.close()
  assert.deepEqual(await readFile(file), before)
})

test('a place where no file can be made is said, and used as soon as it can', async (t) => {
  const file = await temporaryFile(t)
  await mkdir(file)
  const store = open(t, file, { limits: { rememberTimeout: 20 } })
  store.write(beat())
  await failing(store)
  assert.match(store.status.problem ?? '', /cannot be opened or written .* check that its folder/)
  await rmdir(file)
  await written(store)
  assert.equal(store.status.state, 'open')
})

test('a stop gives up after a while, and counts what was lost', async (t) => {
  const file = await temporaryFile(t)
  const store = open(t, file, { limits: { busyTimeout: 1, closeTimeout: 50 } })
  await store.remembered()
  beside(t, file).exec('BEGIN EXCLUSIVE')
  store.write(beat())
  await store.close()
  const { state, queued, lost } = store.status
  assert.deepEqual({ state, queued, lost }, { state: 'closed', queued: 0, lost: 1 })
})
