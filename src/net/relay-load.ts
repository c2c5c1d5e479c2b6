import type { CircuitRelayService } from '@libp2p/circuit-relay-v2'
import type { Libp2p } from '@libp2p/interface'

const STOP_PROTOCOL = '/libp2p/circuit/relay/0.2.0/stop'

/** A node that passes circuits on. */
export type RelayNode = Libp2p<{ relay: CircuitRelayService }>

/** How much a relay has to do now. */
export interface RelayLoad {
  /** Aggregators that hold a reservation and are connected, so that wallets can reach them. */
  readonly reservations: number
  /** Circuits open through this relay. */
  readonly circuits: number
}

/** Counts a relay's reservations and circuits; costs as much as there are circuits. */
export function relayLoad(node: RelayNode): RelayLoad {
  let reservations = 0
  let circuits = 0
  // js-libp2p keeps the reservation of a peer that left for as long as it was granted.
  for (const peer of node.services.relay.reservations.keys()) {
    const connections = node.getConnections(peer)
    if (connections.length > 0) reservations++
    for (const { streams } of connections) {
      for (const { direction, protocol } of streams) {
        if (direction === 'outbound' && protocol === STOP_PROTOCOL) circuits++
      }
    }
  }
  return { reservations, circuits }
}
