import type { Wire } from './wire.ts'

/** One way for a beat to go, as `routes` spells it. */
export type Routes = 'websocket' | 'relayed' | 'relayed webrtc'

/** A client that beats. */
export interface Beating {
  /** Whether it has begun to look for a better way behind its beats. */
  climbs(): boolean
  /** Whether its beats go straight to the aggregator over WebRTC. */
  isDirect(): boolean
  stop(): Promise<void>
}

/** A relay and an aggregator behind it, a distance apart, and the distance to each of them. */
export interface Net {
  /** Starts a fresh client that beats to the aggregator by way of `wire`. */
  beat(wire: Wire, routes: Routes): Promise<Beating>
  /** Where wires begin: the address of the aggregator, or of the relay, as if it were near. */
  addressOf(who: 'aggregator' | 'relay'): string
  /** How many clients the aggregator has heard a beat of. */
  heard(): number
  stop(): Promise<void>
}

/** Any free port of this machine alone. */
export const LOOPBACK = '/ip4/127.0.0.1/tcp/0/ws'

/** The first of a list that must not be empty. */
export function first<T>(list: readonly T[]): T {
  const [value] = list
  if (value === undefined) throw new Error('there is none')
  return value
}

/** Resolves as soon as `holds` does; rejects, naming `what`, when it does not within 20 s. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const end = performance.now() + 20_000
  while (!holds()) {
    if (performance.now() > end) throw new Error(`waited in vain for: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}
