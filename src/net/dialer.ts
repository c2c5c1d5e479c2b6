import { type Connection, type ConnectionGater, serviceCapabilities } from '@libp2p/interface'
import type { TransportManager } from '@libp2p/interface-internal'
import { peerIdFromString } from '@libp2p/peer-id'
import { CODE_P2P, type Multiaddr } from '@multiformats/multiaddr'
import { DIAL_TIMEOUT } from '../constants.ts'
import { UnreachableError } from '../errors.ts'
import { withTimeout } from '../timing/index.ts'

/** What the dialer needs of a libp2p node. */
export interface DialerComponents {
  readonly transportManager: Pick<TransportManager, 'dial'>
  readonly connectionGater: ConnectionGater
}

/**
 * Dials one address, now, past libp2p's dial queue, which joins or serialises dials to one peer
 * and so cannot race two ways to it. The gater's checks, which that bypasses, are repeated here.
 */
export class Dialer {
  readonly #components: DialerComponents

  constructor(components: DialerComponents) {
    this.#components = components
  }

  // WebRTC asks for identify, which it needs only to listen; a page has no use for its 9 kB.
  readonly [serviceCapabilities] = ['@libp2p/identify']

  /**
   * Opens a new connection to `address`, which ends in `/p2p/<id>`, within `DIAL_TIMEOUT`.
   *
   * @throws {UnreachableError} when the gater refuses the address, or the dial fails or takes too
   * long; the signal's reason when it aborts
   */
  async dial(address: Multiaddr, signal: AbortSignal): Promise<Connection> {
    signal.throwIfAborted()
    const { connectionGater } = this.#components
    const peer = targetPeerId(address)
    if (peer !== undefined && (await connectionGater.denyDialPeer?.(peerIdFromString(peer)))) {
      throw new UnreachableError(`this node may not dial ${peer}`)
    }
    if (await connectionGater.denyDialMultiaddr?.(address)) {
      throw new UnreachableError(
        `this page may not dial ${address}: not encrypted, or a private network`
      )
    }
    try {
      return await withTimeout('the dial', DIAL_TIMEOUT, signal, (each) =>
        this.#open(address, each)
      )
    } catch (cause) {
      signal.throwIfAborted()
      if (cause instanceof UnreachableError) throw cause
      const problem = cause instanceof Error ? cause.message : 'the transport gave no reason'
      throw new UnreachableError(`${address}: ${problem}`, { cause })
    }
  }

  // A transport that heeds its signal too late must not leave a connection that nobody knows of.
  async #open(address: Multiaddr, signal: AbortSignal): Promise<Connection> {
    const connection = await this.#components.transportManager.dial(address, { signal })
    if (signal.aborted) connection.abort(new UnreachableError('the dial was given up'))
    return connection
  }
}

/** The peer id that an address ends at, as text; `undefined` when it names none. */
export function targetPeerId(address: Multiaddr): string | undefined {
  const last = address.getComponents().at(-1)
  return last?.code === CODE_P2P ? last.value : undefined
}
