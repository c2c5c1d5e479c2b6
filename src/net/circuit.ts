import {
  type CircuitRelayTransportComponents,
  type CircuitRelayTransportInit,
  circuitRelayTransport
} from '@libp2p/circuit-relay-v2'
import type { Connection, PeerId, Stream, Transport } from '@libp2p/interface'
import { eagerUpgrader, overlay } from './eager.ts'
import { newestFirst } from './newest-first.ts'

/** The private part of js-libp2p's circuit transport that takes a circuit from a relay. */
interface Internals {
  onStop(stream: Stream, connection: Connection): Promise<void>
}

/** What a node wants of circuits. */
export interface EagerCircuitsInit extends CircuitRelayTransportInit {
  /**
   * Whether circuits from this relay are taken. js-libp2p takes them from anybody, and asks whoever
   * sends one for a reservation, so that a stranger could appoint himself a relay.
   */
  readonly isRelay: (peer: PeerId) => boolean
}

/**
 * js-libp2p's circuit relay transport, with eager upgrades from end to end, over the newest
 * connection to a relay, and relays that were chosen.
 */
export function eagerCircuits({
  isRelay,
  ...init
}: EagerCircuitsInit): (components: CircuitRelayTransportComponents) => Transport {
  const create = circuitRelayTransport(init)
  return (components) => {
    const upgrader = eagerUpgrader(components.upgrader)
    const connectionManager = newestFirst(components.connectionManager)
    const mended = overlay(components, { upgrader, connectionManager })
    const transport = create(mended) as Transport & Internals
    const onStop = transport.onStop
    return Object.assign(transport, {
      onStop: async (stream, connection) => {
        if (isRelay(connection.remotePeer)) await onStop(stream, connection)
        else stream.abort(new Error(`${connection.remotePeer} is none of this node's relays`))
      }
    } satisfies Internals)
  }
}
