import type { Alert } from './alert.ts'
import type { Liveness } from './liveness.ts'

/** A stretch of time, in ms since 1970, and how fine it is told. */
export interface Range {
  readonly from: number
  /** Not included. */
  readonly to: number
  /** Length of each point, in ms: a multiple of a minute, or 0 for every single beat. */
  readonly step: number
}

/** A watched node over `step` ms, or one beat of it where `step` is 0. */
export interface NodePoint {
  /** When it began, in ms since 1970. */
  readonly at: number
  /** Beats taken in it. */
  readonly beats: number
  /** Its highest epoch, in decimal digits; absent when nothing was heard. */
  readonly height?: string
  /** Epochs behind the references at the end; absent when that is not known. */
  readonly behind?: number
  /** Median of the round trips that it reported, in ms. */
  readonly rtt?: number
}

/** From `at` on (ms since 1970), a watched node was this. */
export interface StatusChange {
  readonly at: number
  readonly status: Liveness
}

/** What is kept of one watched node. */
export interface NodeHistory extends Range {
  readonly peer: string
  /** In order of time; where nothing was heard there is no point: a gap. */
  readonly points: readonly NodePoint[]
  /** In order of time; the first may lie before `from`, and tells how it began. */
  readonly statuses: readonly StatusChange[]
  /** Those that stood at any moment of the range, in order of time. */
  readonly alerts: readonly Alert[]
  /** The references' height over the same time. */
  readonly network: readonly { readonly at: number; readonly height: string }[]
}

/** The network over `step` ms, from samples of `NetworkState`. */
export interface NetworkPoint {
  /** When it began, in ms since 1970. */
  readonly at: number
  /** Highest number of nodes that were there (beating, asleep or overdue). */
  readonly nodes: number
  /** Watched nodes that were down at the end. */
  readonly down: number
  readonly same: number
  readonly differs: number
  readonly unknown: number
  readonly inConsensus: number
  readonly inDispute: number
  /** Beats taken in it. */
  readonly beats: number
  /** Decimal digits; absent while there are no references. */
  readonly networkHeight?: string
  readonly rttP50?: number
  readonly rttP95?: number
  /** Nodes by epochs behind, as in `NetworkState.spread`, at the end. */
  readonly spread: readonly { readonly from: number; readonly nodes: number }[]
}

/** What is kept of the network. */
export interface NetworkHistory extends Range {
  readonly points: readonly NetworkPoint[]
  readonly alerts: readonly Alert[]
}
