import type { DatabaseSync } from 'node:sqlite'
import { DAY, MINUTE, STORE_TIDY_PAGES } from '../../constants.ts'
import type { Tidying } from './message.ts'
import { numberOf } from './schema.ts'
import { IDS_PER_MS } from './writer.ts'

// Of each node the status that held at the time stays: it tells how what follows began.
const OLD: readonly { readonly sql: string; readonly until: (cutoffs: Cutoffs) => number }[] = [
  {
    sql: 'DELETE FROM beats WHERE id IN (SELECT id FROM beats WHERE id < ? ORDER BY id LIMIT ?)',
    until: ({ beats }) => beats * IDS_PER_MS
  },
  {
    sql: `DELETE FROM minutes WHERE (node, minute) IN (
      SELECT node, minute FROM nodes CROSS JOIN minutes ON node = nodes.id WHERE minute < ? LIMIT ?)`,
    until: ({ rollups }) => Math.floor(rollups / MINUTE)
  },
  {
    sql: `DELETE FROM statuses WHERE (node, at) IN (
      SELECT node, at FROM nodes CROSS JOIN statuses ON node = nodes.id
      WHERE at < (SELECT max(at) FROM statuses WHERE node = nodes.id AND at < ?) LIMIT ?)`,
    until: ({ rollups }) => rollups
  },
  {
    sql: `DELETE FROM network WHERE minute IN (
      SELECT minute FROM network WHERE minute < ? ORDER BY minute LIMIT ?)`,
    until: ({ rollups }) => Math.floor(rollups / MINUTE)
  },
  {
    sql: 'DELETE FROM alerts WHERE id IN (SELECT id FROM alerts WHERE until < ? LIMIT ?)',
    until: ({ rollups }) => rollups
  },
  {
    sql: 'DELETE FROM rows WHERE node IN (SELECT node FROM rows WHERE at < ? LIMIT ?)',
    until: ({ rollups }) => rollups
  }
]

const OLDEST: readonly string[] = [
  'DELETE FROM beats WHERE id IN (SELECT id FROM beats ORDER BY id LIMIT ?)',
  `DELETE FROM minutes WHERE (node, minute) IN (
    SELECT node, minute FROM nodes CROSS JOIN minutes ON node = nodes.id
    WHERE minute < ${DAY / MINUTE} + (
      SELECT min((SELECT min(minute) FROM minutes WHERE node = nodes.id)) FROM nodes
    ) LIMIT ?)`
]

interface Cutoffs {
  readonly beats: number
  readonly rollups: number
}

/**
 * Deletes a chunk of what is too old, or too much, and gives free room back to the disk.
 *
 * @returns whether there is more to do
 * @throws what SQLite throws
 */
export function tidy(db: DatabaseSync, { now, retention, maxBytes, maxRecords }: Tidying): boolean {
  const cutoffs = { beats: now - retention.beats, rollups: now - retention.rollups }
  let left = maxRecords
  for (const { sql, until } of OLD) {
    if (left > 0) left -= Number(db.prepare(sql).run(until(cutoffs), left).changes)
  }
  for (const sql of OLDEST) {
    if (left > 0 && usedBytes(db) > maxBytes) left -= Number(db.prepare(sql).run(left).changes)
  }
  if (left <= 0 || giveBack(db)) return true
  return left < maxRecords && usedBytes(db) > maxBytes
}

/** Gives some pages back when many are free; a few are kept, since they are soon used again. */
function giveBack(db: DatabaseSync): boolean {
  const free = numberOf(db, 'freelist_count')
  if (free <= Math.max(STORE_TIDY_PAGES, numberOf(db, 'page_count') / 4)) return false
  db.exec(`PRAGMA incremental_vacuum(${STORE_TIDY_PAGES})`)
  return numberOf(db, 'freelist_count') < free
}

function usedBytes(db: DatabaseSync): number {
  const pages = numberOf(db, 'page_count') - numberOf(db, 'freelist_count')
  return pages * numberOf(db, 'page_size')
}
