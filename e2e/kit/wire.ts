// A slow wire: a proxy in front of a node that makes a distance out of none, so that round trips can
// be counted instead of milliseconds.

import { type Passage, TcpProxy } from './tcp-proxy.ts'

/** A wire in front of a node. */
export interface Wire {
  /** The node's address by way of the wire. */
  readonly address: string
  /** When the first dial reached the wire, on the clock of `performance.now()`. */
  readonly dialledAt: number | undefined
  /** All that was given to the wire, in order. */
  readonly events: readonly Passage[]
  /** Cuts what is open, and ends. */
  close(): Promise<void>
}

/**
 * Starts a wire on which everything, the end of a connection too, is `oneWayDelay` ms under way.
 *
 * @param address a multiaddr with a `/tcp/<port>/` on loopback
 */
export async function startWire(address: string, oneWayDelay: number): Promise<Wire> {
  const events: Passage[] = []
  const proxy = await TcpProxy.start({ to: portOf(address) })
  proxy.latency(oneWayDelay)
  proxy.onPassage = (passage) => events.push(passage)
  return {
    address: throughPort(address, proxy.port),
    events,
    get dialledAt() {
      return proxy.dials[0]
    },
    close: () => proxy.close()
  }
}

/** The TCP port in a multiaddr. */
export function portOf(address: string): number {
  const port = /\/tcp\/(\d+)\//.exec(address)?.[1]
  if (port === undefined) throw new Error(`no TCP port in ${address}`)
  return Number(port)
}

/** A multiaddr as it is by way of another port. */
export function throughPort(address: string, port: number): string {
  return address.replace(/\/tcp\/\d+\//, `/tcp/${port}/`)
}
