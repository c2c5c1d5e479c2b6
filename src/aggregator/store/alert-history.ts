import type { DatabaseSync } from 'node:sqlite'
import { MAX_HISTORY_ALERTS } from '../../constants.ts'
import type { Alert } from '../alert.ts'
import type { Range } from '../history.ts'
import type { NodeRow } from '../row.ts'
import type { Remembered } from './index.ts'

/** The newest alerts first, standing or over. */
export function newestAlerts(db: DatabaseSync, limit: number, offset: number): Alert[] {
  return db
    .prepare('SELECT alert FROM alerts ORDER BY since DESC, id DESC LIMIT ? OFFSET ?')
    .all(Math.max(0, Math.min(limit, MAX_HISTORY_ALERTS)), offset)
    .map(alertOf)
}

/** The alerts that stood at any moment of a range, in order of time; of very many, the newest. */
export function alertsWithin(db: DatabaseSync, { from, to }: Range, subject?: string): Alert[] {
  const mine = subject === undefined ? '' : 'AND subject = ?'
  return db
    .prepare(
      `SELECT alert FROM alerts WHERE since < ? AND (until IS NULL OR until >= ?) ${mine}
      ORDER BY since DESC, id DESC LIMIT ${MAX_HISTORY_ALERTS}`
    )
    .all(to, from, ...(subject === undefined ? [] : [subject]))
    .map(alertOf)
    .reverse()
}

/** The last rows of watched nodes, and the alerts that stand. */
export function remembered(db: DatabaseSync): Remembered {
  const rows = db.prepare('SELECT row FROM rows ORDER BY node').all()
  const alerts = db.prepare('SELECT alert FROM alerts WHERE until IS NULL ORDER BY since, id').all()
  return {
    rows: rows.map(({ row }): NodeRow => JSON.parse(String(row))),
    alerts: alerts.map(alertOf)
  }
}

function alertOf({ alert }: Record<string, unknown>): Alert {
  return JSON.parse(String(alert))
}
