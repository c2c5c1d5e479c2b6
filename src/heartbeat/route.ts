import { STREAM_CLOSE_TIMEOUT } from '../constants.ts'
import { systemClock } from '../timing/index.ts'

/** Which way a leg goes. */
export type Way = 'websocket' | 'relayed' | 'webrtc'

/** One stream to the aggregator, and the way it goes. */
export interface Leg {
  readonly way: Way
  /** Where the leg leads, as text: the remote multiaddr of its connection. */
  readonly address: string
  /**
   * Resolves when the aggregator has answered that it takes heartbeats here, with the round trip
   * that this took, in ms, where it was measured; rejects when it will not.
   */
  readonly accepted: Promise<number | undefined>
  /** Resolves when the leg is gone, however it went. js-libp2p tells no reason when a relay cuts. */
  readonly closed: Promise<void>
  /**
   * Sends one encoded beat. A leg that cannot take it now drops it: a heartbeat says *now*, and a
   * queue would say *then*.
   *
   * @returns whether it left
   * @throws when the leg is closed
   */
  send(beat: Uint8Array): boolean
  /** Ends the leg so that the other side sees an orderly end, and all that was opened for it. */
  close(): Promise<void>
}

/** How the sender gets legs: the seam between beating and dialling. */
export interface Route {
  /**
   * Opens a leg, by the quickest way. A better one that comes up later is handed to `onBetter`;
   * the sender moves to it, then closes the one it had.
   *
   * @throws {RouteError} when no way leads to the aggregator
   */
  open(signal: AbortSignal, onBetter: (leg: Leg) => void): Promise<Leg>
}

/** The part of a libp2p stream that a leg needs. */
export interface HeartbeatStream {
  readonly writableNeedsDrain: boolean
  send(data: Uint8Array): boolean
  close(options?: { signal?: AbortSignal }): Promise<void>
  abort(error: Error): void
  addEventListener(type: 'close', listener: () => void): void
}

/** What a leg is made of. */
export interface LegInit {
  readonly stream: HeartbeatStream
  readonly way: Way
  readonly address: string
  /** When the aggregator's answer is still to come. */
  readonly accepted?: Promise<void>
  /** Ends what was opened for this leg alone, its connection say. */
  readonly release?: () => Promise<void>
}

/** Makes a leg of a libp2p stream. */
export function streamLeg(init: LegInit): Leg {
  const { stream, way, address, release } = init
  const openedAt = systemClock.elapsed()
  const accepted =
    init.accepted?.then(() => systemClock.elapsed() - openedAt) ?? Promise.resolve(undefined)
  // A leg that is given up before anybody asks is no unhandled failure.
  accepted.catch(() => {})
  const closed = new Promise<void>((resolve) => stream.addEventListener('close', () => resolve()))
  return {
    way,
    address,
    accepted,
    closed,
    send: (beat) => {
      if (stream.writableNeedsDrain) return false
      stream.send(beat)
      return true
    },
    close: async () => {
      try {
        await stream.close({ signal: AbortSignal.timeout(STREAM_CLOSE_TIMEOUT) })
      } catch (error) {
        stream.abort(error instanceof Error ? error : new Error('the stream did not close'))
      }
      await release?.()
    }
  }
}

/** The way that a multiaddr goes. */
export function wayOf(address: string): Way {
  if (/\/webrtc(\/|$)/.test(address)) return 'webrtc'
  return address.includes('/p2p-circuit') ? 'relayed' : 'websocket'
}
