import assert from 'node:assert/strict'
import { readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { until } from '../../net/test-kit.ts'
import { FakeClock } from '../../timing/fake-clock.ts'
import {
  alert,
  BEATWISE,
  beat,
  beside,
  HOUR,
  open,
  openWithThreads,
  PATIENT,
  row,
  START,
  temporaryFile,
  written
} from './test-kit.ts'

test('everything that was written before it was closed is there when it is opened again', async (t) => {
  const file = await temporaryFile(t)
  const store = open(t, file, { limits: { writeDelay: 60_000 } })
  for (let at = 0; at < 12_000; at++) store.write(beat({ at: START + at }))
  await store.close()
  assert.deepEqual([store.status.state, store.status.queued, store.status.lost], ['closed', 0, 0])
  const again = open(t, file)
  const { points } = await again.nodeHistory('node', BEATWISE, PATIENT)
  assert.equal(points.length, 12_000)
})

test('only its owner can read the history, and what SQLite lays beside it', async (t) => {
  const file = await temporaryFile(t)
  const store = open(t, file)
  store.write(beat())
  await written(store)
  const folder = dirname(file)
  const files = await readdir(folder)
  assert.ok(files.length > 1, 'there is nothing beside it')
  for (const each of files) assert.equal((await stat(join(folder, each))).mode & 0o777, 0o600, each)
})

test('remembers the last rows, and the alerts that stand', async (t) => {
  const file = await temporaryFile(t)
  const store = open(t, file)
  assert.deepEqual(await store.remembered(), { rows: [], alerts: [] })
  store.write({ kind: 'row', row: row({ beats: 1 }) })
  store.write({ kind: 'row', row: row({ beats: 2 }) })
  store.write({ kind: 'alert', alert: alert() })
  store.write({ kind: 'alert', alert: alert({ subject: 'other' }) })
  store.write({ kind: 'alert', alert: alert({ subject: 'other', until: START + 1 }) })
  await store.close()
  const again = open(t, file)
  assert.deepEqual(await again.remembered(), { rows: [row({ beats: 2 })], alerts: [alert()] })
})

test('records are gathered, and written together after a moment', async (t) => {
  const clock = new FakeClock(START)
  const store = open(t, await temporaryFile(t), { clock, limits: { writeDelay: 250 } })
  await store.remembered()
  await clock.waiting()
  for (const height of [1n, 2n, 3n]) store.write(beat({ height }))
  await clock.waiting((delay) => delay === 250)
  clock.advance(249)
  assert.equal(store.status.queued, 3)
  clock.advance(1)
  await written(store)
  assert.ok(store.status.bytes > 0)
})

test('a record that cannot be is left out and counted, the others are written', async (t) => {
  const store = open(t, await temporaryFile(t))
  store.write(beat({ height: 2n ** 64n }))
  store.write(beat({ height: -1n }))
  store.write(beat({ behind: 2 ** 60 }))
  await written(store)
  assert.deepEqual([store.status.lost, store.status.state], [2, 'open'])
  const { points } = await store.nodeHistory('node', BEATWISE, PATIENT)
  assert.deepEqual(
    points.map(({ behind }) => behind),
    [Number.MAX_SAFE_INTEGER]
  )
})

test('a thread that died is started anew, and no beat is lost or written twice', async (t) => {
  const [store, threads] = openWithThreads(t, await temporaryFile(t))
  await store.remembered()
  for (let round = 0; round < 5; round++) {
    for (let at = 0; at < 400; at++) store.write(beat({ at: START + round * 400 + at }))
    await until('the records to be under way', () => threads.length > round)
    await threads.at(-1)?.terminate()
    await written(store)
  }
  assert.ok(threads.length > 5)
  const hour = await store.nodeHistory('node', BEATWISE, PATIENT)
  assert.equal(hour.points.length, 2_000)
  const minutes = await store.nodeHistory('node', HOUR, PATIENT)
  assert.equal(minutes.points[0]?.beats, 2_000)
  assert.deepEqual([store.status.state, store.status.lost], ['open', 0])
})

test('a batch whose answer was lost is not written twice', async (t) => {
  const file = await temporaryFile(t)
  const [store, threads] = openWithThreads(t, file)
  await store.remembered()
  const [thread] = threads
  // The thread dies with its answer: all that it says after this is not heard.
  thread?.removeAllListeners('message')
  store.write(beat())
  const db = beside(t, file)
  await until('the beat to be on disk', () => db.prepare('SELECT 1 FROM beats').get() !== undefined)
  assert.equal(store.status.queued, 1)
  await thread?.terminate()
  await written(store)
  assert.equal(db.prepare('SELECT count(*) AS count FROM beats').get()?.count, 1)
  assert.equal(db.prepare('SELECT beats FROM minutes').get()?.beats, 1)
})

test('what is asked of a thread that dies is refused plainly', async (t) => {
  const [store, threads] = openWithThreads(t, await temporaryFile(t))
  await store.remembered()
  await store.alerts(1, 0, PATIENT)
  // It dies before it answered.
  threads[0]?.removeAllListeners('message')
  const asked = store.nodeHistory('node', BEATWISE, PATIENT)
  await threads[0]?.terminate()
  await assert.rejects(asked, { name: 'StoreError', message: /started anew/ })
  const { points } = await store.nodeHistory('node', BEATWISE, PATIENT)
  assert.deepEqual(points, [])
})

test('a question that is given up is refused at once', async (t) => {
  const store = open(t, await temporaryFile(t))
  const gone = AbortSignal.abort()
  const refused = { name: 'StoreError', message: /given up/ }
  await assert.rejects(store.nodeHistory('node', BEATWISE, gone), refused)
  await assert.rejects(store.networkHistory(HOUR, gone), refused)
  await assert.rejects(store.alerts(1, 0, gone), refused)
})

test('is closed once, takes nothing more, and says so', async (t) => {
  const store = open(t, await temporaryFile(t))
  await Promise.all([store.close(), store.close()])
  store.write(beat())
  assert.deepEqual([store.status.state, store.status.lost], ['closed', 1])
  await assert.rejects(store.alerts(1, 0, PATIENT), { name: 'StoreError' })
  assert.deepEqual(await store.remembered(), { rows: [], alerts: [] })
})
