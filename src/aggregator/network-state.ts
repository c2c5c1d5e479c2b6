import type { Liveness } from './liveness.ts'

/** Nodes by whether they are there. */
export type LivenessCounts = Readonly<Record<Liveness, number>>

/** The network at one moment, as this aggregator hears it. Fit for JSON. */
export interface NetworkState {
  /** Ms since 1970. */
  readonly at: number
  /** Of all nodes, watched ones and visitors. */
  readonly nodes: LivenessCounts
  /** Of the watched ones alone. */
  readonly watched: LivenessCounts
  /** Nodes that are there, by whether their settled tipset is the references'. */
  readonly agreement: { readonly same: number; readonly differs: number; readonly unknown: number }
  /**
   * As go-filecoin's aggregator counted it, over the nodes that are there and told a head: how many
   * share the head that most have, and how many have another. A majority of strangers: no verdict.
   */
  readonly consensus: { readonly inConsensus: number; readonly inDispute: number }
  /** Epoch of the references' head, in decimal digits; absent while there is none. */
  readonly networkHeight?: string
  /**
   * The epoch that nodes are compared with: the references'; while there are none the highest of the
   * watched nodes, and without those that of the head which most nodes share. Strangers who lie about
   * their height do not move it.
   */
  readonly topHeight?: string
  /** When that epoch was reached, in ms since 1970. */
  readonly topSince?: number
  /** Nodes that are there by how far their head is behind `topHeight`, in epochs; the last is open-ended. */
  readonly spread: readonly SpreadBin[]
  /** Beats taken a second, over the last few seconds. */
  readonly beatsPerSecond: number
  /** Round trips that nodes report of themselves, in ms; absent while none does. */
  readonly rtt?: { readonly p50: number; readonly p95: number }
  /** References that can be compared with, and all there are. */
  readonly references: { readonly ok: number; readonly all: number }
  /** Alerts that stand now. */
  readonly alerts: number
  /** Verdicts stand still, since the observer itself is unwell: why. */
  readonly frozen?: string
}

/** Nodes whose head is `from` epochs behind or more, up to the next bin. */
export interface SpreadBin {
  readonly from: number
  readonly nodes: number
}
