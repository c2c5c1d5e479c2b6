// The Node side of the room: nodes that listen, the key that keeps their address, and the
// watchdog of an aggregator's reservation.

export { checkNetworks, type Networks } from './client-address.ts'
export {
  ClientGate,
  type ClientLimits,
  type ClientRefusal,
  checkClientLimits
} from './client-limits.ts'
export { makeFolder } from './folder.ts'
export { loadOrCreateKey } from './key-file.ts'
export { type RelayLoad, type RelayNode, relayLoad } from './relay-load.ts'
export type { RelayStatus } from './reservations.ts'
export {
  type AggregatorNode,
  type AggregatorNodeInit,
  type ConnectionBounds,
  createAggregatorNode,
  createRelayNode,
  type RelayNodeInit,
  type ReservationRefusal,
  type ServerNodeInit
} from './server-node.ts'
export {
  checkAnnounce,
  checkHttpAddress,
  checkKeyFile,
  checkListen,
  checkMultiaddr,
  checkPeer,
  checkTexts,
  quote
} from './server-options.ts'
export { Traffic } from './traffic.ts'
