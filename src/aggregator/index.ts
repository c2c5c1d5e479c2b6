// The aggregator: heartbeats of strangers enter by libp2p streams and are answered there; a roster
// of who is there leaves by HTTP and a feed of server-sent events. It believes no claim about who
// sent a beat, and compares heads with the operator's own references alone.

import type { IceServer } from '../net/ice-server.ts'
import type { ClientLimits, RelayStatus } from '../net/server.ts'
import type { Duration } from '../timing/index.ts'
import { buildAggregator } from './aggregator.ts'
import type { Alert } from './alert.ts'
import type { HttpOptions } from './http/http-options.ts'
import type { IntakeCounts } from './intake.ts'
import type { LimitOptions } from './limit-options.ts'
import type { StoreOptions } from './memory-options.ts'
import type { NetworkState } from './network-state.ts'
import type { ReferenceStatus } from './reference.ts'
import type { NodeRow } from './row.ts'
import type { StoreStatus } from './store/index.ts'
import type { WebhookStatus } from './webhook.ts'

export type { IceServer } from '../net/ice-server.ts'
export type { ClientLimits, RelayStatus } from '../net/server.ts'
export type { Alert, AlertKind } from './alert.ts'
export type {
  AlertsPage,
  ApiError,
  FeedEvents,
  NodesOrder,
  NodesPage,
  NodesQuery,
  Readiness
} from './api.ts'
export type {
  NetworkHistory,
  NetworkPoint,
  NodeHistory,
  NodePoint,
  Range,
  StatusChange
} from './history.ts'
export type { HttpOptions } from './http/http-options.ts'
export type { IntakeCounts } from './intake.ts'
export type { LimitOptions } from './limit-options.ts'
export type { Liveness } from './liveness.ts'
export type { StoreOptions } from './memory-options.ts'
export type { LivenessCounts, NetworkState, SpreadBin } from './network-state.ts'
export type { ReferenceStatus } from './reference.ts'
export type { BeatRoute } from './route.ts'
export type { NodeRow } from './row.ts'
export type { StoreStatus } from './store/index.ts'
export type { WebhookMessage, WebhookStatus } from './webhook.ts'

/** What an aggregator is told. */
export interface AggregatorInit {
  /** Path of the private key; made on the first run. With it the peer id survives a restart. */
  readonly keyFile: string
  /** WebSocket multiaddrs to listen on. @default every interface, port 4002 */
  readonly listen?: readonly string[]
  /** Multiaddrs to tell others instead, where a proxy stands in front. */
  readonly announce?: readonly string[]
  /** Multiaddrs of relays to be reachable through, each ending in `/p2p/<peer id>`. */
  readonly relays?: readonly string[]
  /** WebRTC connections at once; each costs about 0.8 MB. @default 500 */
  readonly maxWebRtcConnections?: number
  /** The one UDP port of all WebRTC connections, to be let through a firewall. @default any for each */
  readonly webRtcPort?: number
  /** Proxies, by address or CIDR, whose `X-Forwarded-For` is believed. @default none */
  readonly trustedProxies?: readonly string[]
  /** What one IP address, or IPv6 /64, may take. This machine and proxies are exempt. */
  readonly clientLimits?: ClientLimits
  /** STUN and TURN servers. @default none */
  readonly iceServers?: readonly IceServer[]
  /** Where and to whom to answer HTTP. */
  readonly http?: HttpOptions
  /** Folder of the built dashboard, shown at `/`. @default none */
  readonly dashboard?: string
  /** Origins of other sites whose pages may read the HTTP answers. @default none */
  readonly corsOrigins?: readonly string[]
  /**
   * CID of the genesis block of the network that is watched: beats of another are rejected.
   *
   * @default that which all references tell that answer; while they differ nothing is rejected
   */
  readonly genesis?: string
  /** Length of the network's epochs. @default Filecoin's 30 s */
  readonly epochPeriod?: Duration
  /** Lotus nodes of the operator, http: or https:, that heads are compared with. @default none */
  readonly references?: readonly string[]
  /** Peer ids whose own beats are compared with, too, while they beat. @default none */
  readonly watched?: readonly string[]
  /** The period that every client is asked to beat at, from its first answer on. @default its own */
  readonly pace?: Duration
  /** Where history of watched nodes and of the network is kept. @default nowhere */
  readonly store?: StoreOptions
  /**
   * Where each alert is told once when it is raised and once when it is over, by a POST of JSON:
   * an https: URL, or http: on this machine. @default nowhere
   */
  readonly webhook?: string
  /** What strangers may cost. @default what `constants.ts` gives a reason for */
  readonly limits?: LimitOptions
  /** Peer ids that alone may beat; all others are told that they are refused. @default everybody */
  readonly allow?: readonly string[]
  /** Peer ids that may not beat, and are told so. @default nobody */
  readonly deny?: readonly string[]
}

/** What `GET /api/aggregator` answers. */
export interface AggregatorInfo {
  readonly peerId: string
  readonly addresses: readonly string[]
  readonly relays: readonly RelayStatus[]
  readonly counts: IntakeCounts
  readonly references: readonly ReferenceStatus[]
  /** Absent where no history is kept. */
  readonly store?: StoreStatus
  /** Absent where alerts are told nobody. */
  readonly webhook?: WebhookStatus
}

/** An aggregator: runs once, from `start` to `stop`. */
export interface Aggregator {
  readonly peerId: string
  /** Multiaddrs by which it can be reached now, through relays too; each ends in `/p2p/<peer id>`. */
  readonly addresses: readonly string[]
  /** Where it answers HTTP, without a final slash; `undefined` while it does not run. */
  readonly httpUrl: string | undefined
  /** What came since it started. */
  readonly counts: IntakeCounts
  /** Everybody who has sent a beat and is there, or left a short while ago. */
  nodes(): NodeRow[]
  /** The relays, in the order that they were given in. */
  relays(): RelayStatus[]
  /** The network, summed up a moment ago. */
  network(): NetworkState
  /** Alerts that stand, the eldest first. */
  alerts(): Alert[]
  /** Whom heads are compared with, nodes first, in the order that they were given in. */
  references(): ReferenceStatus[]
  /**
   * Resolves when it listens; relays are reserved in the background.
   *
   * @throws {ListenError} when it cannot listen where it was told to
   */
  start(): Promise<void>
  /**
   * Ends all streams, answers and timers, and waits until they have ended. May be called twice. Where a
   * WebRTC peer vanished, node-datachannel may hold the process for a while yet: a program that ends
   * then exits by itself, or calls that package's `cleanup()`.
   */
  stop(): Promise<void>
}

/**
 * Makes an aggregator; it does nothing before `start`.
 *
 * @throws {OptionError} when an option is wrong, or the key cannot be read or made
 */
export async function createAggregator(init: AggregatorInit): Promise<Aggregator> {
  return await buildAggregator(init)
}
