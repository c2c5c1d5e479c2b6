import type { Multiaddr } from '@multiformats/multiaddr'
import { HEARTBEAT_PROTOCOL_V1 } from '../constants.ts'
import { RouteError } from '../errors.ts'
import type { Target } from './options.ts'
import { type HeartbeatStream, type Leg, type Route, streamLeg, wayOf } from './route.ts'

/** The part of a libp2p connection that the sender needs. */
export interface HeartbeatConnection {
  readonly status: string
  readonly remoteAddr: { toString(): string }
  readonly remotePeer: { toString(): string }
  newStream(
    protocol: string,
    options: { signal: AbortSignal; runOnLimitedConnection: true }
  ): Promise<HeartbeatStream>
}

/** The part of a libp2p node's connection manager that the sender needs. */
export interface HeartbeatConnectionManager {
  getConnections(): HeartbeatConnection[]
  openConnection(
    addresses: Multiaddr[],
    options: { signal: AbortSignal; force?: boolean }
  ): Promise<HeartbeatConnection>
}

/**
 * The way to one target on a libp2p node that somebody else configured: over the connection that
 * the node has to it, or else a new one. The connection is the node's, so only the stream is closed.
 */
export function directRoute(connections: HeartbeatConnectionManager, target: Target): Route {
  const openStream = async (connection: HeartbeatConnection, signal: AbortSignal): Promise<Leg> => {
    const options = { signal, runOnLimitedConnection: true } as const
    const stream = await connection.newStream(HEARTBEAT_PROTOCOL_V1, options)
    const address = connection.remoteAddr.toString()
    return streamLeg({ stream, address, way: wayOf(address) })
  }
  const dial = async (signal: AbortSignal, force: boolean): Promise<HeartbeatConnection> => {
    try {
      return await connections.openConnection([...target.addresses], { signal, force })
    } catch (cause) {
      throw new RouteError('aggregator', `no connection to ${target.peerId}`, { cause })
    }
  }
  return {
    async open(signal) {
      const existing = connections
        .getConnections()
        .find(
          ({ status, remotePeer }) => status === 'open' && remotePeer.toString() === target.peerId
        )
      if (existing === undefined) return await openStream(await dial(signal, false), signal)
      try {
        return await openStream(existing, signal)
      } catch {
        // A connection can be open with a dead muxer: only a new one can tell.
        signal.throwIfAborted()
        return await openStream(await dial(signal, true), signal)
      }
    }
  }
}
