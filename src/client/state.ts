import type { FailingLayer } from '../errors.ts'
import type { Way } from '../heartbeat/index.ts'
import type { RejectReason } from '../wire/index.ts'

export type { RejectReason } from '../wire/index.ts'

/**
 * What is known of a beat's arrival. Version 1 of the protocol never answers: `unconfirmed`. Times
 * are ms since 1970.
 */
export type Delivery =
  | { readonly kind: 'acknowledged'; readonly at: number }
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
  /** The aggregator does not take these reports, so none are sent. */
  | {
      readonly phase: 'rejected'
      readonly reason: RejectReason
      readonly since: number
      /** When it is tried again; absent when only other options can help. */
      readonly nextTryAt?: number
    }
  /** The browser lets this page beat only now and then, or not at all. */
  | { readonly phase: 'asleep'; readonly since: number }

/** The one honest answer to: do this wallet's reports arrive? Structured-cloneable. */
export type ClientState =
  | { readonly phase: 'idle' }
  | ConnectionState
  /** Another tab of this origin reports for this wallet, and this is what it says. */
  | { readonly phase: 'following'; readonly since: number; readonly leader: ConnectionState }
