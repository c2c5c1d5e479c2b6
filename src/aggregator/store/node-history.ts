import type { DatabaseSync } from 'node:sqlite'
import { MAX_HISTORY_ALERTS, MAX_HISTORY_BEATS, MINUTE } from '../../constants.ts'
import { StoreError } from '../../errors.ts'
import type { NodeHistory, NodePoint, Range, StatusChange } from '../history.ts'
import type { Liveness } from '../liveness.ts'
import { alertsWithin } from './alert-history.ts'
import { heightOf } from './height.ts'
import { type Gathered, median, Rollup } from './rollup.ts'
import { gatheredOf, IDS_PER_MS } from './writer.ts'

/**
 * What is kept of one node: single beats when `step` is 0, else its minutes, gathered to steps that
 * begin at multiples of `step`. The first is told whole, where the range begins within it.
 *
 * @throws {StoreError} when there are too many single beats
 */
export function nodeHistory(db: DatabaseSync, peer: string, range: Range): NodeHistory {
  const id = db.prepare('SELECT id FROM nodes WHERE peer = ?').get(peer)?.id
  const node = id === undefined ? undefined : Number(id)
  return {
    ...range,
    peer,
    points: node === undefined ? [] : pointsOf(db, node, range),
    statuses: node === undefined ? [] : statusesOf(db, node, range),
    alerts: alertsWithin(db, range, peer),
    network: networkHeights(db, range)
  }
}

/** Some beats of a node as one point. */
export function pointOf(at: number, { beats, height, behind, rtts }: Gathered): NodePoint {
  const rtt = median(rtts)
  return {
    at,
    beats,
    height: String(height),
    ...(behind !== undefined && { behind }),
    ...(rtt !== undefined && { rtt })
  }
}

/** The first minute of a range, and the one after its last. */
export function minutesOf({ from, to, step }: Range): readonly [number, number] {
  const unit = Math.max(step, MINUTE)
  return [(Math.floor(from / unit) * unit) / MINUTE, Math.ceil(to / MINUTE)]
}

function pointsOf(db: DatabaseSync, node: number, range: Range): NodePoint[] {
  return range.step === 0 ? beatsOf(db, node, range) : stepsOf(db, node, range)
}

function beatsOf(db: DatabaseSync, node: number, { from, to }: Range): NodePoint[] {
  const rows = db
    .prepare('SELECT * FROM beats WHERE node = ? AND id >= ? AND id < ? ORDER BY id LIMIT ?')
    .all(node, from * IDS_PER_MS, to * IDS_PER_MS, MAX_HISTORY_BEATS + 1)
  if (rows.length > MAX_HISTORY_BEATS) {
    throw new StoreError(
      `there are more than ${MAX_HISTORY_BEATS} single beats in this time: ask for less time, or for minutes`
    )
  }
  return rows.map(({ id, height, behind, rtt }) => ({
    at: Math.floor(Number(id) / IDS_PER_MS),
    beats: 1,
    height: String(heightOf(height as Uint8Array)),
    ...(behind !== null && { behind: Number(behind) }),
    ...(rtt !== null && { rtt: Number(rtt) })
  }))
}

function stepsOf(db: DatabaseSync, node: number, range: Range): NodePoint[] {
  const minutesPerStep = range.step / MINUTE
  const rows = db
    .prepare('SELECT * FROM minutes WHERE node = ? AND minute >= ? AND minute < ? ORDER BY minute')
    .iterate(node, ...minutesOf(range))
  const points: NodePoint[] = []
  let step: number | undefined
  let rollup = new Rollup()
  const end = (): void => {
    if (step !== undefined) points.push(pointOf(step * range.step, rollup))
    rollup = new Rollup()
  }
  for (const row of rows) {
    const its = Math.floor(Number(row.minute) / minutesPerStep)
    if (its !== step) end()
    step = its
    rollup.take(gatheredOf(row))
  }
  end()
  return points
}

function statusesOf(db: DatabaseSync, node: number, { from, to }: Range): StatusChange[] {
  return db
    .prepare(
      `SELECT at, status FROM statuses WHERE node = ?1 AND at < ?3 AND at >= coalesce(
        (SELECT max(at) FROM statuses WHERE node = ?1 AND at <= ?2), ?2)
      ORDER BY at DESC LIMIT ${MAX_HISTORY_ALERTS}`
    )
    .all(node, from, to)
    .map(({ at, status }) => ({ at: Number(at), status: status as Liveness }))
    .reverse()
}

function networkHeights(db: DatabaseSync, range: Range): NodeHistory['network'] {
  const minutesPerStep = Math.max(1, range.step / MINUTE)
  return db
    .prepare(
      `SELECT minute / ${minutesPerStep} AS step, max(height) AS height FROM network
      WHERE minute >= ? AND minute < ? AND height IS NOT NULL GROUP BY step ORDER BY step`
    )
    .all(...minutesOf(range))
    .map(({ step, height }) => ({
      at: Number(step) * minutesPerStep * MINUTE,
      height: String(heightOf(height as Uint8Array))
    }))
}
