// The one narrow port between the page's side of the client and its network side: plain data that
// survives a structured clone, so that the network side can live in another realm.

import type { Head } from '../head/index.ts'
import type { PageVisibility, Periods, Way } from '../heartbeat/index.ts'
import type { Chain } from '../timing/index.ts'
import type { ConnectionState } from './state.ts'
import type { SecondOpinion } from './view.ts'

/** What the network side is told when it starts. Periods are in ms. */
export interface RuntimeOptions extends Periods {
  /** Multiaddrs of one aggregator, or the URL of its discovery document. */
  readonly targets: readonly string[]
  readonly relays: readonly string[]
  readonly routes: readonly Way[]
  readonly nickname: string
  readonly minerAddress: string
  readonly chain: Chain
  /** Lotus RPC to follow, where the page hands in no heads; `http(s)` or `ws(s)`. */
  readonly rpc?: string
  /** Seed of the Ed25519 key to be known by, 32 bytes; a fresh key when absent. */
  readonly identity?: Uint8Array
  /** STUN and TURN servers. */
  readonly iceServers: RTCIceServer[]
  /** The page itself is on loopback, so private and unencrypted addresses may be dialled. */
  readonly onLoopback: boolean
}

/** A beat that left, as it left. Times are ms since 1970. */
export interface SentBeat {
  readonly at: number
  readonly nextAt: number
  readonly height: bigint
  readonly head: readonly string[]
  readonly stale: boolean
  /** What it says, for people. */
  readonly text: string
  /** The very bytes. */
  readonly bytes: Uint8Array
}

/** Options and heads go in. */
export type Inbound =
  | { readonly type: 'start'; readonly options: RuntimeOptions }
  /** `age`: how long ago the wallet handed it in, in ms. */
  | { readonly type: 'head'; readonly head: Head; readonly age: number }
  | { readonly type: 'head-failed'; readonly problem: string }
  | { readonly type: 'page'; readonly visibility: PageVisibility }
  | { readonly type: 'network'; readonly online: boolean }
  | { readonly type: 'periods'; readonly periods: Periods }
  | { readonly type: 'wake' }
  /** The page goes away. */
  | { readonly type: 'leave' }
  | { readonly type: 'stop' }

/** State comes out, with the heads that the network side learnt by itself. */
export type Outbound =
  | { readonly type: 'state'; readonly state: ConnectionState }
  | { readonly type: 'beat'; readonly beat: SentBeat }
  | { readonly type: 'opinion'; readonly opinion: SecondOpinion }
  | { readonly type: 'head'; readonly head: Head }
  | { readonly type: 'head-failed'; readonly problem: string }
  | { readonly type: 'stopped' }

/** One end of the port: a MessagePort, or anything that behaves like one. */
export interface Port<In, Out> {
  postMessage(message: Out): void
  addEventListener(type: 'message', listener: (event: { data: In }) => void): void
  start(): void
  close(): void
}
