import type { FailingLayer } from '../errors.ts'
import type { Way } from '../heartbeat/index.ts'

/** Why an aggregator does not take a beat that reached it. */
export type RejectReason =
  | 'wrong-network'
  | 'too-often'
  | 'replayed'
  | 'duplicate-identity'
  | 'malformed'
  | 'refused'

/** What is known of a beat's arrival. Version 1 of the protocol never answers: `unconfirmed`. */
export type Delivery =
  | { readonly kind: 'acknowledged' }
  | { readonly kind: 'unconfirmed' }
  | { readonly kind: 'rejected'; readonly reason: RejectReason }

/** Reports are on their way. Times are ms since 1970. */
export interface BeatingState {
  readonly phase: 'beating'
  readonly route: Way
  readonly delivery: Delivery
  /** Round trip to the aggregator, in ms. */
  readonly rtt?: number
  readonly lastBeat: { readonly at: number; readonly height: bigint }
  readonly nextBeatAt: number
  /** What became of the attempt at a direct connection; absent when the route needs none. */
  readonly upgrade?: 'trying' | 'failed' | 'off'
  /** The last beat was not answered in time; another way is being tried. */
  readonly suspect: boolean
}

/** What the connection itself can tell. Times are ms since 1970. */
export type ConnectionState =
  | { readonly phase: 'misconfigured'; readonly option: string; readonly problem: string }
  | { readonly phase: 'unsupported'; readonly problem: string }
  | { readonly phase: 'offline'; readonly since: number }
  | {
      readonly phase: 'connecting'
      readonly attempt: number
      /** Host that is being reached; absent while the network code is loaded. */
      readonly via?: string
      /** Connected, but there is no head to report yet. */
      readonly waitingFor?: 'head'
    }
  | BeatingState
  | {
      readonly phase: 'failing'
      readonly layer: FailingLayer
      readonly since: number
      readonly attempts: number
      /** Host that is being reached. */
      readonly via: string
      readonly problem: string
      readonly nextTryAt: number
    }
  | { readonly phase: 'asleep'; readonly since: number }

/** The one honest answer to: do this wallet's reports arrive? Structured-cloneable. */
export type ClientState =
  | { readonly phase: 'idle' }
  | ConnectionState
  | { readonly phase: 'following'; readonly since: number }
