// What the HTTP interface takes and answers: plain JSON, moments in ms since 1970, heights in
// decimal digits. Shared with the dashboard.

import type { Alert } from './alert.ts'
import type { Liveness } from './liveness.ts'
import type { NetworkState } from './network-state.ts'
import type { NodeRow } from './row.ts'

/** How nodes can be ordered. `delay` is how far they are behind, then how long their last beat is ago. */
export type NodesOrder = 'height' | 'delay' | 'nickname' | 'status' | 'beats' | 'rtt' | 'first-beat'

/** What `GET /api/nodes` can be asked, as its query. */
export interface NodesQuery {
  /** Part of a nickname, a peer id or a miner's address, in any case. @default all */
  readonly search?: string
  /** @default 'height', highest first, then `delay` */
  readonly sort?: NodesOrder
  /** @default the one that shows what matters first */
  readonly order?: 'ascending' | 'descending'
  /** @default both */
  readonly group?: 'watched' | 'visitors'
  /** @default all */
  readonly status?: Liveness
  /** @default 0 */
  readonly offset?: number
  /** 1 to 500. @default 50 */
  readonly limit?: number
}

/** What `GET /api/nodes` answers. */
export interface NodesPage {
  /** How many nodes fit the query. */
  readonly total: number
  /** Which of them is the first here. */
  readonly offset: number
  readonly nodes: readonly NodeRow[]
}

/** What `GET /api/alerts` answers. */
export interface AlertsPage {
  readonly standing: readonly Alert[]
  /** Those that are over, the newest first. Empty without a store. */
  readonly past: readonly Alert[]
  /** Why those that are over cannot be told now. */
  readonly problem?: string
}

/** What `GET /readyz` answers: 200 when it is ready, 503 otherwise. */
export interface Readiness {
  readonly ready: boolean
  /** What is wrong, one sentence each; some of it may leave it ready. Empty for who lacks the token. */
  readonly problems: readonly string[]
}

/** Every refusal is answered so. */
export interface ApiError {
  /** What was wrong, and in which parameter. */
  readonly error: string
}

/**
 * What `GET /feed` tells, as server-sent events: first a `snapshot`, or after a short absence
 * (`Last-Event-ID`) only what changed meanwhile; then the rest as it happens. With
 * `?nodes=watched` only watched nodes are told of, with `?nodes=none` none.
 */
export interface FeedEvents {
  readonly snapshot: {
    readonly nodes: readonly NodeRow[]
    readonly network: NetworkState
    readonly alerts: readonly Alert[]
  }
  /** A node came or changed. */
  readonly node: NodeRow
  /** A node is no longer in the roster. */
  readonly gone: { readonly peer: string }
  /** Once a second at most. */
  readonly network: NetworkState
  /** An alert was raised, or is over. */
  readonly alert: Alert
}
