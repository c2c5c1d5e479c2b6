import {
  type CircuitRelayTransportComponents,
  type CircuitRelayTransportInit,
  circuitRelayTransport
} from '@libp2p/circuit-relay-v2'
import type { Transport } from '@libp2p/interface'
import { eagerUpgrader, overlay } from './eager.ts'

/** js-libp2p's circuit relay transport, with eager upgrades from end to end. */
export function eagerCircuits(
  init: CircuitRelayTransportInit = {}
): (components: CircuitRelayTransportComponents) => Transport {
  const create = circuitRelayTransport(init)
  return (components) =>
    create(overlay(components, { upgrader: eagerUpgrader(components.upgrader) }))
}
