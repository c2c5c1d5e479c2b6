import { RouteError } from '../errors.ts'
import { type HeartbeatConnection, openLeg } from './leg.ts'
import type { Target } from './options.ts'
import { type Leg, type Route, wayOf } from './route.ts'

/** The part of a libp2p node's connection manager that the sender needs. */
export interface HeartbeatConnectionManager {
  getConnections(): HeartbeatConnection[]
  /** Takes js-libp2p's own multiaddrs, which are not named here: then who uses this needs none. */
  openConnection(
    addresses: never[],
    options: { signal: AbortSignal; force?: boolean }
  ): Promise<HeartbeatConnection>
}

/**
 * The way to one target on a libp2p node that somebody else configured: over the connection that
 * the node has to it, or else a new one. A connection of the node's stays when its stream is closed.
 * There is no probe: it would need a ping of the node's. So of a target that speaks only version 1
 * nothing tells that it is alive, and only the end of its stream that it is not.
 */
export function directRoute(connections: HeartbeatConnectionManager, target: Target): Route {
  const olderPeers = new Set<string>()
  const openStream = async (connection: HeartbeatConnection, signal: AbortSignal): Promise<Leg> => {
    const way = wayOf(connection.remoteAddr.toString())
    return await openLeg({ connection, way, olderPeers }, signal)
  }
  // What was opened beside a connection that is in doubt is this route's own, and ends with its leg.
  const openAnew = async (signal: AbortSignal): Promise<Leg> => {
    const connection = await dial(signal, true)
    const way = wayOf(connection.remoteAddr.toString())
    const release = async (): Promise<void> => await connection.close()
    try {
      return await openLeg({ connection, way, olderPeers, release }, signal)
    } catch (error) {
      await release()
      throw error
    }
  }
  const dial = async (signal: AbortSignal, force: boolean): Promise<HeartbeatConnection> => {
    try {
      return await connections.openConnection([...target.addresses] as never[], { signal, force })
    } catch (cause) {
      throw new RouteError('aggregator', `no connection to ${target.peerId}`, { cause })
    }
  }
  return {
    async open(signal, _onBetter, { doubt = false } = {}) {
      if (doubt) return await openAnew(signal)
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
        return await openAnew(signal)
      }
    }
  }
}
