import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { until } from '../../net/test-kit.ts'
import type { StoreRecord } from './index.ts'
import { migrate, numberOf } from './schema.ts'
import {
  alert,
  beat,
  MINUTE,
  minute,
  open,
  PATIENT,
  row,
  START,
  temporaryFile
} from './test-kit.ts'
import { tidy } from './tidy.ts'
import { Writer } from './writer.ts'

const NOW = START + 100 * MINUTE
const BOUNDS = { now: NOW, maxBytes: 1e12, maxRecords: 100 }
const RETENTION = { beats: 10 * MINUTE, rollups: 50 * MINUTE }

function holding(records: readonly StoreRecord[]): DatabaseSync {
  const db = new DatabaseSync(':memory:')
  migrate(db, 'h.db')
  new Writer(db).write({ session: 'test', number: 0, records })
  return db
}

const count = (db: DatabaseSync, table: string): unknown =>
  db.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.count

function tidyAll(db: DatabaseSync, bounds: Partial<Parameters<typeof tidy>[1]> = {}): number {
  for (let steps = 1; ; steps++) {
    if (!tidy(db, { ...BOUNDS, retention: RETENTION, ...bounds })) return steps
    assert.ok(steps < 1_000, 'it never ends')
  }
}

test('beats go before minutes, a chunk at a time', () => {
  const db = holding(
    Array.from({ length: 1_000 }, (_, index) =>
      beat({ peer: `node ${index % 4}`, at: START + index * 6_000 })
    )
  )
  assert.equal(tidy(db, { ...BOUNDS, retention: RETENTION }), true)
  assert.equal(count(db, 'beats'), 900)
  assert.ok(tidyAll(db) > 8)
  assert.equal(count(db, 'beats'), 100)
  const { first } = db.prepare('SELECT min(minute) AS first FROM minutes').get() ?? {}
  assert.equal(Number(first) * MINUTE, START + 50 * MINUTE)
})

test('of statuses the last before the cut stays, of alerts those that stand', () => {
  const status = (at: number): StoreRecord => ({ kind: 'status', peer: 'node', at, status: 'down' })
  const db = holding([
    status(START),
    status(START + MINUTE),
    status(NOW),
    { kind: 'alert', alert: alert() },
    { kind: 'alert', alert: alert({ subject: 'over', until: START + MINUTE }) },
    { kind: 'alert', alert: alert({ subject: 'recent', until: NOW }) },
    { kind: 'network', point: minute() },
    { kind: 'network', point: minute({ at: NOW }) },
    { kind: 'row', row: row() },
    { kind: 'row', row: row({ peer: 'there', lastBeatAt: NOW }) }
  ])
  tidyAll(db)
  const moments = db.prepare('SELECT at FROM statuses ORDER BY at').all()
  assert.deepEqual(
    moments.map(({ at }) => at),
    [START + MINUTE, NOW]
  )
  const tables = ['alerts', 'network', 'rows'].map((table) => count(db, table))
  assert.deepEqual(tables, [2, 1, 1])
})

test('a file that grows too large loses its oldest beats, then its oldest minutes', () => {
  const db = holding(
    Array.from({ length: 20_000 }, (_, index) => beat({ at: NOW - 1_000_000 + index * 50 }))
  )
  const retention = { beats: 1e12, rollups: 1e12 }
  const pages = numberOf(db, 'page_count')
  tidyAll(db, { retention, maxBytes: (pages * 4_096) / 2 })
  const left = Number(count(db, 'beats'))
  assert.ok(left > 5_000 && left < 15_000, `${left} are left`)
  const { first } = db.prepare('SELECT min(id) / 4096 AS first FROM beats').get() ?? {}
  assert.equal(first, NOW - 1_000_000 + (20_000 - left) * 50)
  assert.equal(Number(count(db, 'minutes')) > 15, true)
  tidyAll(db, { retention, maxBytes: 4_096 })
  assert.deepEqual([count(db, 'beats'), count(db, 'minutes')], [0, 0])
})

test('free room is given back to the disk', () => {
  const db = holding(Array.from({ length: 50_000 }, (_, index) => beat({ at: START + index })))
  const pages = numberOf(db, 'page_count')
  tidyAll(db, { maxRecords: 5_000 })
  assert.equal(count(db, 'beats'), 0)
  assert.ok(numberOf(db, 'page_count') < pages * 0.7, `${numberOf(db, 'page_count')} of ${pages}`)
})

test('a store deletes what is too old while it writes and reads', async (t) => {
  const file = await temporaryFile(t)
  const old = open(t, file)
  for (let at = 0; at < 5_000; at++) old.write(beat({ at: START + at }))
  await old.close()
  const store = open(t, file, {
    retention: { beats: 3_600_000, rollups: 1e13 },
    limits: { tidyRecords: 100, tidyPeriod: 10 }
  })
  const now = Date.now()
  store.write(beat({ at: now }))
  const left = async (from: number, to: number): Promise<number> =>
    (await store.nodeHistory('node', { from, to, step: 0 }, PATIENT)).points.length
  await until('the old beats to be gone', async () => (await left(START, START + 5_000)) === 0)
  await until('the new one to be there', async () => (await left(now, now + 1)) === 1)
})
