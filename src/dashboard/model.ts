import type { Alert, NetworkState, NodeRow } from '../aggregator/index.ts'
import { DASHBOARD_MAX_SKEW } from '../constants.ts'
import type { Connection } from './connection.ts'
import type { FeedEvent } from './feed.ts'
import { type TrendPoint, withMoment } from './trend.ts'

/** All that is told live. A state never changes: a new one takes its place. */
export interface DashboardState {
  readonly connection: Connection
  /** Absent until the first is heard. */
  readonly network?: NetworkState
  /** By peer id. */
  readonly watched: ReadonlyMap<string, NodeRow>
  /** Those that stand, the newest first. */
  readonly standing: readonly Alert[]
  /** The last hour, a point a minute. */
  readonly trend: readonly TrendPoint[]
  /** What the aggregator's clock is ahead of the browser's, in ms; 0 while it hardly differs. */
  readonly skew: number
}

/** Before anything is heard. */
export const NOTHING_HEARD: DashboardState = {
  connection: { phase: 'connecting' },
  watched: new Map(),
  standing: [],
  trend: [],
  skew: 0
}

/** The state after one event of the feed, which came at `now` (ms since 1970, by the browser's clock). */
export function apply(state: DashboardState, event: FeedEvent, now: number): DashboardState {
  switch (event.type) {
    case 'snapshot': {
      const { nodes, network, alerts } = event.data
      const watched = new Map(nodes.filter(isWatched).map((row) => [row.peer, row]))
      const standing = alerts.filter(stands).sort(byNewest)
      return withNetwork({ ...state, watched, standing }, network, now)
    }
    case 'node':
      return isWatched(event.data) ? withNode(state, event.data) : state
    case 'gone':
      return withoutNode(state, event.data.peer)
    case 'network':
      return withNetwork(state, event.data, now)
    case 'alert':
      return { ...state, standing: withAlert(state.standing, event.data) }
    default:
      return event satisfies never
  }
}

function withNode(state: DashboardState, row: NodeRow): DashboardState {
  return { ...state, watched: new Map(state.watched).set(row.peer, row) }
}

function withoutNode(state: DashboardState, peer: string): DashboardState {
  if (!state.watched.has(peer)) return state
  const watched = new Map(state.watched)
  watched.delete(peer)
  return { ...state, watched }
}

function withNetwork(state: DashboardState, network: NetworkState, now: number): DashboardState {
  const ahead = network.at - now
  // Kept while it is about the same, so that times do not tremble with each message.
  const steady = Math.abs(ahead - state.skew) < DASHBOARD_MAX_SKEW
  const skew = Math.abs(ahead) < DASHBOARD_MAX_SKEW ? 0 : steady ? state.skew : ahead
  return { ...state, network, skew, trend: withMoment(state.trend, network) }
}

function withAlert(standing: readonly Alert[], alert: Alert): readonly Alert[] {
  const others = standing.filter(({ id }) => id !== alert.id)
  return stands(alert) ? [alert, ...others].sort(byNewest) : others
}

function stands({ until }: Alert): boolean {
  return until === undefined
}

function isWatched({ watched }: NodeRow): boolean {
  return watched === true
}

function byNewest(a: Alert, b: Alert): number {
  return b.since - a.since
}
