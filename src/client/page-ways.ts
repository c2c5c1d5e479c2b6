import type { Connection, Stream } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { RELAY_STAGGER } from '../constants.ts'
import { RouteError } from '../errors.ts'
import { asError } from '../heartbeat/beat-source.ts'
import type { HeartbeatConnection, Leg, LegInit } from '../heartbeat/index.ts'
import { openLeg } from '../heartbeat/leg.ts'
import { wayOf } from '../heartbeat/route.ts'
import { type PageNode, pingConnection, whenAccepted } from '../net/index.ts'
import { type Clock, systemClock } from '../timing/index.ts'
import { type Candidate, type Circuit, hostOf } from './addresses.ts'
import type { LimitsLeft } from './circuit-limits.ts'
import { race } from './race.ts'

/** A leg that was opened, and what its relay allows it. */
export interface OpenedLeg {
  readonly leg: Leg
  readonly limits?: LimitsLeft
}

/** Opens single legs: the seam between the ladder and libp2p. */
export interface Ways {
  /**
   * Opens the leg of one candidate.
   *
   * @param doubt what is open may be dead: nothing is built on it alone
   * @throws {RouteError} when that does not lead to the aggregator
   */
  open(candidate: Candidate, signal: AbortSignal, doubt: boolean): Promise<OpenedLeg>
  /** Opens a WebRTC leg that is arranged over a circuit. */
  openWebRtc(circuit: Circuit, signal: AbortSignal): Promise<OpenedLeg>
  /** Closes the connections to all relays but one. */
  leaveRelays(except: string | undefined): void
}

/** The ways of a page's own libp2p node. Connections to relays are kept for the way back. */
export class PageWays implements Ways {
  readonly #node: PageNode
  readonly #clock: Clock
  readonly #relays = new Map<string, Connection>()
  readonly #olderPeers = new Set<string>()

  constructor(node: PageNode, clock = systemClock) {
    this.#node = node
    this.#clock = clock
  }

  async open(candidate: Candidate, signal: AbortSignal, doubt: boolean): Promise<OpenedLeg> {
    if (candidate.way === 'relayed') return await this.#openCircuit(candidate, signal, doubt)
    const { address } = candidate
    return await this.#openLeg(await this.#dial(address, signal, 'aggregator', address), signal)
  }

  async openWebRtc({ relay, webrtc }: Circuit, signal: AbortSignal): Promise<OpenedLeg> {
    return await this.#openThrough(relay, webrtc, signal)
  }

  leaveRelays(except: string | undefined): void {
    for (const [id, connection] of this.#relays) {
      if (id === except) continue
      this.#relays.delete(id)
      closeConnection(connection)
    }
  }

  // A connection can be open with nobody behind it: only a new one can tell, so that the two race.
  async #openCircuit(circuit: Circuit, outer: AbortSignal, doubt: boolean): Promise<OpenedLeg> {
    const existing = this.#relays.get(circuit.relayId)
    if (existing?.status !== 'open') return await this.#openAnew(circuit, outer)
    let answer: unknown
    const through = async (signal: AbortSignal): Promise<OpenedLeg> => {
      try {
        return await this.#openThrough(circuit.relay, circuit.address, signal)
      } catch (error) {
        if (isRelaysAnswer(error)) answer = error
        throw error
      }
    }
    const anew = async (signal: AbortSignal): Promise<OpenedLeg> => {
      // The relay is well; it is the aggregator that is missing.
      if (answer !== undefined) throw answer
      return await this.#openAnew(circuit, signal, existing)
    }
    try {
      return await race([through, anew], outer, {
        stagger: doubt ? 0 : RELAY_STAGGER,
        clock: this.#clock,
        discard: ({ leg }) => void leg.close()
      })
    } catch (error) {
      outer.throwIfAborted()
      throw error instanceof AggregateError ? error.errors.at(-1) : error
    }
  }

  /** @param existing the connection to that relay which stays if the new one leads nowhere */
  async #openAnew(
    circuit: Circuit,
    signal: AbortSignal,
    existing?: Connection
  ): Promise<OpenedLeg> {
    const relay = await this.#dial(circuit.relay, signal, 'relay', circuit.relay)
    this.#relays.set(circuit.relayId, relay)
    const goBack = (): void => {
      if (existing?.status !== 'open' || this.#relays.get(circuit.relayId) !== relay) return
      this.#relays.set(circuit.relayId, existing)
      closeConnection(relay)
    }
    try {
      const opened = await this.#openThrough(circuit.relay, circuit.address, signal)
      if (existing) opened.leg.accepted.then(() => closeConnection(existing), goBack)
      return opened
    } catch (error) {
      goBack()
      throw error
    }
  }

  async #openThrough(
    relay: Multiaddr,
    address: Multiaddr,
    signal: AbortSignal
  ): Promise<OpenedLeg> {
    return await this.#openLeg(await this.#dial(address, signal, 'aggregator', relay), signal)
  }

  async #dial(
    address: Multiaddr,
    signal: AbortSignal,
    layer: 'relay' | 'aggregator',
    via: Multiaddr
  ): Promise<Connection> {
    try {
      return await this.#node.services.dialer.dial(address, signal)
    } catch (cause) {
      signal.throwIfAborted()
      const host = hostOf(via)
      const problem =
        layer === 'relay'
          ? `the relay at ${host} does not answer`
          : wayOf(address.toString()) === 'websocket'
            ? `the server at ${host} does not answer`
            : `the relay at ${host} does not reach the server`
      throw new RouteError(layer, problem, { cause, host })
    }
  }

  /** Opens the heartbeat stream of a connection that is this leg's alone. */
  async #openLeg(connection: Connection, signal: AbortSignal): Promise<OpenedLeg> {
    const way = wayOf(connection.remoteAddr.toString())
    const init: LegInit = {
      connection: connection as HeartbeatConnection,
      way,
      olderPeers: this.#olderPeers,
      whenAccepted: (stream) => whenAccepted(stream as Stream),
      probe: (each) => pingConnection(connection, each),
      release: async () => {
        await connection.close().catch((error) => connection.abort(error))
      }
    }
    try {
      const leg = await openLeg(init, signal)
      return { leg, ...(connection.limits && { limits: connection.limits }) }
    } catch (cause) {
      connection.abort(asError(cause))
      signal.throwIfAborted()
      throw new RouteError('aggregator', 'the server opens no stream', { cause })
    }
  }
}

function closeConnection(connection: Connection): void {
  connection.close().catch((error) => connection.abort(error))
}

/** Whether the relay itself answered, so that its connection is a good one. */
function isRelaysAnswer(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each.message.includes('via relay with status')) return true
  }
  return false
}
