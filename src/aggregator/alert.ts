/** What an alert is about. Each can be switched on by name in a rules file. */
export type AlertKind =
  /** A watched node no longer beats. */
  | 'node-down'
  /** A watched node beats, but its head does not move while the network's does. */
  | 'node-stalled'
  /** A watched node's head moves, far behind the network's. */
  | 'node-behind'
  /** A watched node is on another chain than the references. */
  | 'node-on-other-chain'
  /** Two programs use the key of a watched node. */
  | 'duplicate-identity'
  /** References tell different things of the same height. */
  | 'references-disagree'
  /** There are references, and none can be compared with. */
  | 'references-lost'
  /** No node at all is heard. */
  | 'nothing-heard'
  /** The aggregator itself stood still, or lost a large share of its nodes at once. */
  | 'observer-unwell'

/** One thing that is wrong, from when it was noticed until it was over. Fit for JSON. */
export interface Alert {
  /** `kind` and `subject`, and when it was raised: never used again. */
  readonly id: string
  readonly kind: AlertKind
  /** Peer id of a watched node; `''` where the alert is about none. */
  readonly subject: string
  /** That node's nickname when the alert was raised, where it has one. Written by a stranger. */
  readonly nickname?: string
  /** Since when, in ms since 1970. */
  readonly since: number
  /** When it was over, in ms since 1970; absent while it stands. */
  readonly until?: number
  /** What was seen, in one sentence that an operator can act on. */
  readonly evidence: string
}
