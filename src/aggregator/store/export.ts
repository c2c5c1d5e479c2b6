import type { DatabaseSync } from 'node:sqlite'
import { MINUTE, STORE_EXPORT_RECORDS } from '../../constants.ts'
import { heightOf } from './height.ts'
import type { ExportTopic } from './index.ts'
import type { Cursor, ExportChunk, Questions } from './message.ts'
import { pointOf } from './node-history.ts'
import { gatheredOf, IDS_PER_MS } from './writer.ts'

/** A stretch of time in ms since 1970, and where in it to go on. */
interface Part {
  readonly from: number
  readonly to: number
  readonly cursor: Cursor | undefined
}

const TOPICS: Record<ExportTopic, (db: DatabaseSync, part: Part) => ExportChunk> = {
  beats: exportBeats,
  nodes: exportNodes,
  network: exportNetwork,
  alerts: exportAlerts
}

/** The next lines of an export. Nothing is held open between two of them. */
export function exportChunk(
  db: DatabaseSync,
  { topic, range, cursor }: Questions['export']['ask']
): ExportChunk {
  return TOPICS[topic](db, { from: range.from, to: range.to, cursor })
}

function exportBeats(db: DatabaseSync, { from, to, cursor }: Part): ExportChunk {
  const rows = db
    .prepare(
      `SELECT beats.id, peer, height, behind, rtt, route FROM beats JOIN nodes ON nodes.id = node
      WHERE beats.id > ? AND beats.id < ? ORDER BY beats.id LIMIT ${STORE_EXPORT_RECORDS}`
    )
    .all(cursor?.[0] ?? from * IDS_PER_MS - 1, to * IDS_PER_MS)
  const lines = rows.map(({ id, peer, height, behind, rtt, route }) => ({
    peer,
    at: Math.floor(Number(id) / IDS_PER_MS),
    height: String(heightOf(height as Uint8Array)),
    ...(behind !== null && { behind }),
    ...(rtt !== null && { rtt }),
    route
  }))
  return chunkOf(lines, rows.length, [Number(rows.at(-1)?.id), ''])
}

/** Minutes and status changes of all nodes, some minutes of everything at a time. */
function exportNodes(db: DatabaseSync, { from, to, cursor }: Part): ExportChunk {
  const start = cursor?.[0] ?? Math.floor(from / MINUTE)
  const end = Math.ceil(to / MINUTE)
  const first = firstMinute(db, start)
  if (first === undefined || first >= end) return { text: '' }
  const nodes = Number(db.prepare('SELECT count(*) AS count FROM nodes').get()?.count)
  const next = Math.min(end, first + Math.max(1, Math.floor(STORE_EXPORT_RECORDS / nodes)))
  const minutes = db
    .prepare(
      `SELECT peer, minutes.* FROM nodes CROSS JOIN minutes ON node = nodes.id
      WHERE minute >= ? AND minute < ?`
    )
    .all(first, next)
    .map((row) => ({ peer: row.peer, ...pointOf(Number(row.minute) * MINUTE, gatheredOf(row)) }))
  const statuses = db
    .prepare(
      `SELECT peer, at, status FROM nodes CROSS JOIN statuses ON node = nodes.id
      WHERE at >= ? AND at < ?`
    )
    .all(Math.max(from, first * MINUTE), Math.min(to, next * MINUTE))
    .map(({ peer, at, status }) => ({ peer, at: Number(at), status }))
  const lines = [...minutes, ...statuses].sort((a, b) => a.at - b.at)
  return { text: linesOf(lines), ...(next < end && { cursor: [next, ''] }) }
}

/** The first minute from `start` on that anything is known of. */
function firstMinute(db: DatabaseSync, start: number): number | undefined {
  const { first } =
    db
      .prepare(
        `SELECT min(first) AS first FROM (
          SELECT (SELECT min(minute) FROM minutes WHERE node = nodes.id AND minute >= ?1) AS first
          FROM nodes
          UNION ALL
          SELECT (SELECT min(at) / ${MINUTE} FROM statuses WHERE node = nodes.id AND at >= ?2)
          FROM nodes)`
      )
      .get(start, start * MINUTE) ?? {}
  return typeof first === 'number' ? first : undefined
}

function exportNetwork(db: DatabaseSync, { from, to, cursor }: Part): ExportChunk {
  const rows = db
    .prepare(
      `SELECT minute, point FROM network WHERE minute > ? AND minute < ?
      ORDER BY minute LIMIT ${STORE_EXPORT_RECORDS}`
    )
    .all(cursor?.[0] ?? Math.floor(from / MINUTE) - 1, Math.ceil(to / MINUTE))
  const text = rows.map(({ point }) => `${point}\n`).join('')
  return goOn(text, rows.length, [Number(rows.at(-1)?.minute), ''])
}

function exportAlerts(db: DatabaseSync, { from, to, cursor }: Part): ExportChunk {
  const rows = db
    .prepare(
      `SELECT since, id, alert FROM alerts
      WHERE (since, id) > (?, ?) AND since < ? AND (until IS NULL OR until >= ?)
      ORDER BY since, id LIMIT ${STORE_EXPORT_RECORDS}`
    )
    .all(...(cursor ?? [-1, '']), to, from)
  const last = rows.at(-1)
  const text = rows.map(({ alert }) => `${alert}\n`).join('')
  return goOn(text, rows.length, [Number(last?.since), String(last?.id)])
}

function chunkOf(lines: readonly object[], count: number, cursor: Cursor): ExportChunk {
  return goOn(linesOf(lines), count, cursor)
}

function goOn(text: string, count: number, cursor: Cursor): ExportChunk {
  return count < STORE_EXPORT_RECORDS ? { text } : { text, cursor }
}

function linesOf(lines: readonly object[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}
