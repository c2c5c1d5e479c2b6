import type { DatabaseSync } from 'node:sqlite'
import { MINUTE } from '../../constants.ts'
import type { NetworkHistory, NetworkPoint, Range } from '../history.ts'
import { alertsWithin } from './alert-history.ts'
import { gather } from './network-point.ts'
import { minutesOf } from './node-history.ts'

/**
 * The network's minutes, gathered to steps that begin at multiples of `step`; 0 tells each minute.
 * The first step is told whole, where the range begins within it.
 */
export function networkHistory(db: DatabaseSync, range: Range): NetworkHistory {
  const unit = Math.max(range.step, MINUTE)
  const rows = db
    .prepare('SELECT minute, point FROM network WHERE minute >= ? AND minute < ? ORDER BY minute')
    .iterate(...minutesOf(range))
  const points: NetworkPoint[] = []
  let gathered: NetworkPoint[] = []
  let step: number | undefined
  const end = (): void => {
    if (step !== undefined) points.push(gather(step * unit, gathered))
    gathered = []
  }
  for (const { minute, point } of rows) {
    const its = Math.floor((Number(minute) * MINUTE) / unit)
    if (its !== step) end()
    step = its
    gathered.push(JSON.parse(String(point)))
  }
  end()
  return { ...range, points, alerts: alertsWithin(db, range) }
}
