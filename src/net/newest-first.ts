import type { ConnectionManager } from '@libp2p/interface-internal'
import { overlay } from './eager.ts'

/**
 * The same connection manager, but of several connections to one peer the newest comes first.
 * js-libp2p's transports take the first, which is the one most likely to be dead.
 */
export function newestFirst(manager: ConnectionManager): ConnectionManager {
  const getConnections: ConnectionManager['getConnections'] = (peer) =>
    [...manager.getConnections(peer)].reverse()
  return overlay(manager, { getConnections })
}
