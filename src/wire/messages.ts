import type { Heartbeat } from './heartbeat.ts'

/** A tipset at one height. */
export interface SettledTipset {
  readonly height: bigint
  /** CIDs of its blocks, as text. */
  readonly head: readonly string[]
}

/** A heartbeat that is to be acknowledged: a message of `/fil/heartbeat/2.0.0`. */
export interface Beat extends Heartbeat {
  /** 1, 2, 3 … within the session. */
  readonly seq: number
  /** 8 random bytes, new each time that the sender starts. */
  readonly session: Uint8Array
  /** The next beat is due within so many ms. */
  readonly next: number
  /** The head source failed: this is the last known head. */
  readonly stale?: boolean
  /** Whether the page that beats is seen, hidden, or on its way out. */
  readonly page?: 'visible' | 'hidden' | 'leaving'
  /** Round trip of the last beat that was answered, in ms, by the sender's own clock. */
  readonly rtt?: number
  /** The sender's own tipset a few epochs deep, where its source can tell. */
  readonly settled?: SettledTipset
  /** FEVM block hash of `height`, 32 bytes, from a wallet that knows heights only. */
  readonly ethHash?: Uint8Array
}

/** Why an aggregator does not take a beat that reached it. */
export type RejectReason =
  | 'wrong-network'
  | 'too-often'
  | 'replayed'
  | 'duplicate-identity'
  | 'malformed'
  | 'refused'

/** Whether the sender's settled tipset is the one that the operator's references have. */
export type Agreement = 'same' | 'differs' | 'unknown'

/** The operator's second opinion on the chain, as far as there is one. */
export interface Opinion {
  /** Height of the references. */
  readonly networkHeight?: bigint
  readonly agreement?: Agreement
  /** The settled height that was compared. */
  readonly at?: bigint
  /** How many references are of that opinion. */
  readonly witnesses?: number
}

/** The answer to a beat: it was received, and what became of it. */
export interface Ack extends Opinion {
  readonly type: 'ack'
  /** Acknowledges every beat of the session up to this one. */
  readonly seq: number
  /** Absent when the beat was accepted. */
  readonly reason?: RejectReason
  /** Beat at this period from now on, in ms. */
  readonly pace?: number
}

/** The aggregator goes down: come back after a random time within `retry` ms. */
export interface Bye {
  readonly type: 'bye'
  readonly retry: number
}

/** What an aggregator says on a heartbeat stream. */
export type Answer = Ack | Bye
