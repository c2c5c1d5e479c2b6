// Stands in, in the page's bundle, for those parts of js-libp2p that a node which only dials never
// uses, and cannot be told to leave out: looking for relays, reserving slots on them, listening on
// circuits, reconnecting by itself, asking about for peers, and answering offers of WebRTC. 7 kB of
// gzip.

import { UnreachableError } from '../../errors.ts'

class Idle extends EventTarget {
  start(): void {}
  stop(): void {}
}

/** Discovers no relay. */
export class RelayDiscovery extends Idle {
  startDiscovery(): void {}
  stopDiscovery(): void {}
}

/** Reserves nothing. */
export class ReservationStore extends Idle {
  hasReservation(): boolean {
    return false
  }
}

/** Reconnects to nobody. */
export class ReconnectQueue extends Idle {}

/** Meets nobody. */
export class RandomWalk extends Idle {
  async *walk(): AsyncGenerator<never> {}
}

/** Listens to nobody. */
export class WebRTCPeerListener extends Idle {}

/** @throws {UnreachableError} always: a page answers no offer */
export function handleIncomingStream(): never {
  throw new UnreachableError('a page answers no offer')
}

/** @throws {UnreachableError} always: a page listens nowhere */
export function createListener(): never {
  throw new UnreachableError('a page listens nowhere')
}
