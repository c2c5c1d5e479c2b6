import type { NetworkHistory, NetworkState } from '../aggregator/index.ts'
import { DASHBOARD_TREND_POINTS, DASHBOARD_TREND_STEP } from '../constants.ts'

/** The four headlines in one minute. */
export interface TrendPoint {
  /** When the minute began, in ms since 1970. */
  readonly at: number
  /** Nodes that were there. */
  readonly nodes: number
  readonly same: number
  readonly differs: number
  /** The references' epoch; absent while there is none. */
  readonly height?: number
  /** Alerts that stood. */
  readonly alerts: number
}

/** The trend with what is heard now: its minute's point is replaced, and the oldest ones go. */
export function withMoment(trend: readonly TrendPoint[], network: NetworkState): TrendPoint[] {
  const { nodes, agreement, networkHeight, topHeight } = network
  const height = networkHeight ?? topHeight
  const point = {
    at: Math.floor(network.at / DASHBOARD_TREND_STEP) * DASHBOARD_TREND_STEP,
    nodes: nodes.beating + nodes.asleep + nodes.overdue,
    same: agreement.same,
    differs: agreement.differs,
    ...(height !== undefined && { height: Number(height) }),
    alerts: network.alerts
  }
  return merge(trend, [point])
}

/** The trend with what was kept of the last hour; what was heard live meanwhile counts. */
export function withHistory(trend: readonly TrendPoint[], history: NetworkHistory): TrendPoint[] {
  const kept = history.points.map(({ at, nodes, same, differs, networkHeight }) => ({
    at,
    nodes,
    same,
    differs,
    ...(networkHeight !== undefined && { height: Number(networkHeight) }),
    alerts: history.alerts.filter(
      ({ since, until = Number.POSITIVE_INFINITY }) => since < at + history.step && until > at
    ).length
  }))
  return merge(kept, trend)
}

function merge(older: readonly TrendPoint[], newer: readonly TrendPoint[]): TrendPoint[] {
  const points = new Map([...older, ...newer].map((point) => [point.at, point]))
  const sorted = [...points.values()].sort((a, b) => a.at - b.at)
  return sorted.slice(-DASHBOARD_TREND_POINTS)
}
