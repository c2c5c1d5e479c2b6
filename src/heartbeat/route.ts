import type { Answer, Beat } from '../wire/index.ts'

/** Which way a leg goes. */
export type Way = 'websocket' | 'relayed' | 'webrtc'

/** Version of the heartbeat protocol: the first one is never answered, the second always. */
export type Version = 1 | 2

/** One stream to the aggregator, and the way it goes. */
export interface Leg {
  readonly way: Way
  /** Where the leg leads, as text: the remote multiaddr of its connection. */
  readonly address: string
  /** What is spoken on it: the newest version, until the aggregator turns out to be older. */
  readonly version: Version
  /**
   * Resolves when the aggregator has answered that it takes heartbeats here, with the round trip
   * that this took, in ms, where it was measured; rejects when it will not. From then on `version`
   * is certain.
   */
  readonly accepted: Promise<number | undefined>
  /** Resolves when the leg is gone, however it went. js-libp2p tells no reason when a relay cuts. */
  readonly closed: Promise<void>
  /** Says who is told what the aggregator answers. */
  listen(onAnswer: (answer: Answer) => void): void
  /**
   * Sends one beat. A leg that cannot take it now drops it: a heartbeat says *now*, and a queue
   * would say *then*.
   *
   * @returns the very bytes that left, or `undefined` when it was dropped
   * @throws when the leg is closed
   */
  send(beat: Beat): Uint8Array | undefined
  /**
   * Asks the other end whether it is there, where beats are not answered: resolves when it is,
   * rejects when that cannot be told, or the signal aborts. Absent where nobody can be asked.
   */
  readonly probe: ((signal: AbortSignal) => Promise<void>) | undefined
  /** Ends the leg so that the other side sees an orderly end, and all that was opened for it. */
  close(): Promise<void>
  /** Ends the leg's stream at once, within this very call: the page is going away. */
  abort(): void
}

/** How the sender gets legs: the seam between beating and dialling. */
export interface Route {
  /**
   * Opens a leg, by the quickest way. A better one that comes up later is handed to `onBetter`;
   * the sender moves to it, then closes the one it had.
   *
   * @param options.doubt what is open may be dead, so that the new leg must not depend on it
   * @throws {RouteError} when no way leads to the aggregator
   */
  open(
    signal: AbortSignal,
    onBetter: (leg: Leg) => void,
    options?: { doubt?: boolean }
  ): Promise<Leg>
}

/** The way that a multiaddr goes. */
export function wayOf(address: string): Way {
  if (/\/webrtc(\/|$)/.test(address)) return 'webrtc'
  return address.includes('/p2p-circuit') ? 'relayed' : 'websocket'
}
