// The sender: a head source and a libp2p node go in, heartbeats leave, one after another, for as
// long as the node runs, and answers are read. It does not choose between ways (client does).

import type { Ack, Beat, RejectReason } from '../wire/index.ts'
import type { HeartbeatConnectionManager } from './direct-route.ts'
import { checkInit, type HeartbeatInit } from './options.ts'
import type { Way } from './route.ts'
import { HeartbeatService } from './service.ts'

export { asError, type BeatContent, BeatSource, type BeatSourceInit } from './beat-source.ts'
export type { PageVisibility } from './cadence.ts'
export { checkNickname, checkPeriod } from './checks.ts'
export type { HeartbeatConnectionManager } from './direct-route.ts'
export type { FailureLevel } from './failure-log.ts'
export {
  type HeartbeatConnection,
  type HeartbeatStream,
  type LegInit,
  openLeg
} from './leg.ts'
export { type HeartbeatInit, parseAddress, parseAddresses, type TargetInit } from './options.ts'
export { type Leg, type Route, type Version, type Way, wayOf } from './route.ts'
export { type Periods, Sender, type SenderInit } from './sender.ts'
export type { SenderEvent } from './sender-event.ts'

/** What happens to a heartbeat. `to` is the peer id of the target, as text. */
export interface HeartbeatEvents {
  /** A beat left this node. */
  'beat:sent': { to: string; beat: Beat }
  /**
   * The target has received it, and all before it; `rtt` in ms. Targets that speak only version 1
   * of the protocol never say so.
   */
  'beat:acknowledged': { to: string; ack: Ack; rtt?: number }
  /** The target has received it, and does not take it. */
  'beat:rejected': { to: string; reason: RejectReason }
  /** A beat was due and did not leave: no head is known, the stream wants to drain, or the last is unanswered. */
  'beat:skipped': { to: string; reason: 'no-head' | 'needs-drain' | 'unanswered' }
  /** There is a stream to the target. */
  'target:connected': { to: string; way: Way }
  /** The target has not answered in time; another stream is opened, and the first to answer is kept. */
  'target:suspect': { to: string }
  /** The stream to the target is gone; it is opened again. */
  'target:lost': { to: string; error: Error }
  /** The target cannot be reached, since `since` (ms since 1970). */
  'target:failed': { to: string; error: Error; since: number }
}

/** An event of a heartbeat. */
export type HeartbeatEvent<T extends keyof HeartbeatEvents> = CustomEvent<HeartbeatEvents[T]>

// As the browser's types have it, or those of Node, whichever a program is compiled with.
type Listening = Parameters<EventTarget['addEventListener']>

/** A running heartbeat: a libp2p service that starts and stops with its node. */
export interface Heartbeat extends EventTarget {
  addEventListener<T extends keyof HeartbeatEvents>(
    type: T,
    listener: (event: HeartbeatEvent<T>) => void,
    options?: Listening[2]
  ): void
  addEventListener(type: string, listener: Listening[1], options?: Listening[2]): void
  start(): void
  afterStart(): void
  beforeStop(): Promise<void>
  stop(): void
}

/** What the service needs of a libp2p node. */
export interface HeartbeatComponents {
  readonly connectionManager: HeartbeatConnectionManager
  readonly logger: { forComponent(name: string): HeartbeatLogger }
}

/** libp2p's logger, as far as it is used. */
export interface HeartbeatLogger {
  (format: string, ...args: unknown[]): void
  error(format: string, ...args: unknown[]): void
  trace(format: string, ...args: unknown[]): void
}

/**
 * A libp2p service that sends heartbeats to one aggregator or several: acknowledged ones
 * (`/fil/heartbeat/2.0.0`), or go-filecoin's (`fil/heartbeat/1.0.0`) to those that know no others.
 *
 * ```ts
 * const node = await createLibp2p({
 *   // transports, encrypters, muxers …
 *   services: {
 *     heartbeat: heartbeat({
 *       beatTarget: '/dns4/heartbeat.example/tcp/443/wss/p2p/12D3Koo…',
 *       head: lotusHttpHead('http://127.0.0.1:1234/rpc/v1')
 *     })
 *   }
 * })
 * ```
 *
 * @throws {OptionError} here, when an option is wrong
 */
export function heartbeat(init: HeartbeatInit): (components: HeartbeatComponents) => Heartbeat {
  const targets = checkInit(init)
  return (components) => new HeartbeatService(components, init, targets)
}
