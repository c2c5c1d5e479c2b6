import type { Witness } from './agreement.ts'

/** What the operator sees of one reference. */
export interface ReferenceStatus {
  /** What it is: a node's host, or a peer id. Never holds a token. */
  readonly name: string
  readonly kind: 'rpc' | 'peer'
  /** Whether it can be compared with; what else is wrong with it, such as a lag, is its `problem`. */
  readonly ok: boolean
  /** Epoch of the head that it told last, in decimal digits. */
  readonly height?: string
  /** What is wrong with it. */
  readonly problem?: string
  /** Since when it is ok, or is not, in ms since 1970. */
  readonly since: number
}

/** Whom the operator trusts about the chain. */
export interface Reference extends Witness {
  readonly status: ReferenceStatus
  /** Whether what it says counts at `now`, in ms that never jump. */
  isLive(now: number): boolean
}
