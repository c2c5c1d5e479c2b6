import type { DatabaseSync } from 'node:sqlite'
import type { NetworkHistory, NetworkPoint, Range } from '../history.ts'
import { alertsWithin } from './alert-history.ts'
import { minutesOf } from './node-history.ts'
import { MINUTE, median } from './rollup.ts'

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

/**
 * Some minutes as one point: the most nodes, all beats, the highest height, the median of the
 * minutes' medians and the worst of their 95th percentiles; all else as it was at the end.
 *
 * @param points at least one, in order of time
 */
export function gather(at: number, points: readonly NetworkPoint[]): NetworkPoint {
  const last = points.at(-1)
  if (last === undefined) throw new RangeError('there is nothing to gather')
  const { networkHeight: _height, rttP50: _p50, rttP95: _p95, ...end } = last
  const networkHeight = highest(points)
  const rttP50 = median(points.flatMap((point) => point.rttP50 ?? []))
  const slow = points.flatMap((point) => point.rttP95 ?? [])
  return {
    ...end,
    at,
    nodes: Math.max(...points.map(({ nodes }) => nodes)),
    beats: points.reduce((sum, { beats }) => sum + beats, 0),
    ...(networkHeight !== undefined && { networkHeight }),
    ...(rttP50 !== undefined && { rttP50 }),
    ...(slow.length > 0 && { rttP95: Math.max(...slow) })
  }
}

function highest(points: readonly NetworkPoint[]): string | undefined {
  let top: bigint | undefined
  for (const { networkHeight } of points) {
    if (networkHeight === undefined) continue
    const height = BigInt(networkHeight)
    if (top === undefined || height > top) top = height
  }
  return top?.toString()
}
