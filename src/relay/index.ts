// The circuit relay: what enters are a key, an address to listen on and the aggregators that may
// be reached through it; what leaves are circuits from wallets to them. It reads no beat.

import type { ClientLimits } from '../net/server.ts'
import { checkInit } from './options.ts'
import { LibP2pRelay } from './relay.ts'

export type { ClientLimits } from '../net/server.ts'

/** Which aggregators may be reached through a relay: their peer ids, or any that asks. */
export type AllowedAggregators = readonly string[] | 'any'

/** What a relay is told. */
export interface RelayInit {
  /** File of the private key, made on the first run. The peer id, and so the address, comes from it. */
  readonly keyFile: string
  /** Multiaddrs to listen on; `DEFAULT_RELAY_LISTEN` when absent. */
  readonly listen?: readonly string[]
  /** Multiaddrs to tell others instead, where a proxy stands in front. */
  readonly announce?: readonly string[]
  /** Who may reserve a slot, and so be reached through this relay; nobody when absent. */
  readonly aggregators?: AllowedAggregators
  /** Where to answer `/livez`, `/readyz` and `/metrics`; nowhere when absent. */
  readonly http?: RelayHttpOptions
  /** Proxies, by address or CIDR, whose `X-Forwarded-For` is believed; none when absent. */
  readonly trustedProxies?: readonly string[]
  /** What one IP address, or IPv6 /64, may take. This machine and proxies are exempt. */
  readonly clientLimits?: ClientLimits
}

/** Where a relay answers HTTP. Whoever reaches it may read the figures. */
export interface RelayHttpOptions {
  /** An IP address or `localhost`. @default 127.0.0.1 */
  readonly host?: string
  /** 0 for any. @default 4004 */
  readonly port?: number
}

/** What can be told of a relay at one moment. */
export interface RelayReport {
  readonly peerId: string
  /** Where it can be dialled, each ending in `/p2p/<peer id>`; empty unless it runs. */
  readonly addresses: readonly string[]
  /** Connections open, of wallets and aggregators. */
  readonly connections: number
  /** Aggregators that can be reached through it now. */
  readonly reservations: number
  /** Circuits open through it. */
  readonly circuits: number
}

/** A circuit relay fit for heartbeats. */
export interface Relay {
  readonly peerId: string
  /** Where it can be dialled, each ending in `/p2p/<peer id>`; empty unless it runs. */
  readonly addresses: readonly string[]
  /** Where it answers HTTP, without a final slash; `undefined` while it does not. */
  readonly httpUrl: string | undefined
  /**
   * Begins to listen. Does nothing when it listens already.
   *
   * @throws {ListenError} when it cannot listen where it was told to
   */
  start(): Promise<void>
  /** Cuts every circuit and connection and waits until all is quiet. May be called twice. */
  stop(): Promise<void>
  /** Counts what goes through it now. */
  status(): RelayReport
}

/**
 * Makes a circuit relay, which `start()` sets to work. It grants slots to the listed aggregators
 * alone, and passes circuits to nobody else.
 *
 * @throws {OptionError} when an option is wrong or unknown, or the key file cannot be used
 */
export async function createRelay(init: RelayInit): Promise<Relay> {
  return await LibP2pRelay.create(checkInit(init))
}
