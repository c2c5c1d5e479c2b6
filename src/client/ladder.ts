import type { Connection, Stream } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import {
  HEARTBEAT_PROTOCOL_V1,
  RACE_STAGGER,
  UPGRADE_ATTEMPTS,
  UPGRADE_RETRY_DELAY,
  UPGRADE_TIMEOUT
} from '../constants.ts'
import { RouteError } from '../errors.ts'
import { asError, type Leg, type Route, streamLeg, type Way, wayOf } from '../heartbeat/index.ts'
import { type PageNode, whenAccepted } from '../net/index.ts'
import { type Clock, retryDelay, sleep, withTimeout } from '../timing/index.ts'
import { type Addresses, type Candidate, hostOf, webRtcAddress } from './addresses.ts'
import type { BeatingState } from './state.ts'

/** What a ladder is made of. */
export interface LadderInit {
  readonly node: PageNode
  readonly addresses: Addresses
  readonly routes: readonly Way[]
  /** Whether WebRTC may be used, and this platform has it. */
  readonly webrtc: boolean
  readonly clock: Clock
  /** Longest wait for one attempt at WebRTC, in ms. @default UPGRADE_TIMEOUT */
  readonly upgradeTimeout?: number
  /** Told how the attempt at a direct connection goes. */
  readonly onUpgrade: (upgrade: BeatingState['upgrade']) => void
}

type Circuit = Candidate & { readonly way: 'relayed' }

/**
 * The ways to one aggregator, as a ladder: beat by the quickest of them, then climb from a circuit
 * to WebRTC behind it. The relay's own connection stays, idle, for the way back.
 */
export class Ladder implements Route {
  readonly #init: LadderInit
  readonly #relays = new Map<string, Connection>()

  constructor(init: LadderInit) {
    this.#init = init
  }

  async open(signal: AbortSignal, onBetter: (leg: Leg) => void): Promise<Leg> {
    const { routes } = this.#init
    const { leg, candidate } = await this.#race(signal)
    if (candidate.way === 'websocket') return leg
    if (routes.includes('relayed')) {
      void this.#climb(candidate, leg, signal, onBetter)
      return leg
    }
    // Beats may not go over the circuit: it is for signalling only.
    try {
      const direct = await this.#tryWebRtc(candidate, signal)
      if (direct !== undefined) return direct
      throw new RouteError('aggregator', 'no direct connection to the server comes up')
    } finally {
      await leg.close()
    }
  }

  // Each candidate starts a little after the one before it, or as soon as that one failed.
  async #race(outer: AbortSignal): Promise<{ leg: Leg; candidate: Candidate }> {
    const { candidates } = this.#init.addresses
    const race = new AbortController()
    const signal = AbortSignal.any([outer, race.signal])
    let won = false
    let before: Promise<unknown> = Promise.resolve()
    const runs = candidates.map(async (candidate, index) => {
      const turn = before
      const own = Promise.withResolvers<void>()
      before = own.promise
      try {
        if (index > 0) await this.#turn(turn, signal)
        const leg = await this.#openCandidate(candidate, signal)
        if (won) await leg.close()
        won = true
        return { leg, candidate }
      } finally {
        own.resolve()
      }
    })
    try {
      const winner = await Promise.any(runs)
      const { candidate } = winner
      const kept = candidate.way === 'relayed' ? candidate.relayId : undefined
      void Promise.allSettled(runs).then(() => this.#closeRelays(kept))
      return winner
    } catch (error) {
      outer.throwIfAborted()
      throw summary(error)
    } finally {
      race.abort(new Error('another way was quicker'))
    }
  }

  async #turn(before: Promise<unknown>, signal: AbortSignal): Promise<void> {
    const timer = new AbortController()
    const both = AbortSignal.any([signal, timer.signal])
    await Promise.race([before, sleep(RACE_STAGGER, both, this.#init.clock).catch(() => {})])
    timer.abort()
    signal.throwIfAborted()
  }

  async #openCandidate(candidate: Candidate, signal: AbortSignal): Promise<Leg> {
    if (candidate.way === 'relayed') return await this.#openCircuit(candidate, signal)
    const { address } = candidate
    const connection = await this.#dial(address, signal, 'aggregator', hostOf(address))
    return await openLeg(connection, signal)
  }

  async #openCircuit(circuit: Circuit, signal: AbortSignal): Promise<Leg> {
    const existing = this.#relays.get(circuit.relayId)
    if (existing?.status === 'open') {
      try {
        return await this.#openThrough(circuit, signal)
      } catch (error) {
        signal.throwIfAborted()
        if (isRelaysAnswer(error)) throw error
        // It can be open with nobody behind it: only a new one can tell.
        existing.abort(new Error('the relay did not answer on it'))
      }
    }
    const relay = await this.#dial(circuit.relay, signal, 'relay', hostOf(circuit.relay))
    this.#relays.set(circuit.relayId, relay)
    return await this.#openThrough(circuit, signal)
  }

  async #openThrough({ relay, address }: Circuit, signal: AbortSignal): Promise<Leg> {
    return await openLeg(await this.#dial(address, signal, 'aggregator', hostOf(relay)), signal)
  }

  /** Closes the connections to relays that no way back leads through. */
  #closeRelays(except: string | undefined): void {
    for (const [id, connection] of this.#relays) {
      if (id === except) continue
      this.#relays.delete(id)
      connection.close().catch((error) => connection.abort(error))
    }
  }

  async #dial(
    address: Multiaddr,
    signal: AbortSignal,
    layer: 'relay' | 'aggregator',
    host: string
  ): Promise<Connection> {
    try {
      return await this.#init.node.services.dialer.dial(address, signal)
    } catch (cause) {
      signal.throwIfAborted()
      const problem =
        layer === 'relay'
          ? `the relay at ${host} does not answer`
          : wayOf(address.toString()) === 'websocket'
            ? `the server at ${host} does not answer`
            : `the relay at ${host} does not reach the server`
      throw new RouteError(layer, problem, { cause, host })
    }
  }

  // Make before break: the sender closes the circuit once it has moved.
  async #climb(
    circuit: Circuit,
    leg: Leg,
    outer: AbortSignal,
    onBetter: (leg: Leg) => void
  ): Promise<void> {
    const { webrtc, onUpgrade, clock } = this.#init
    if (!webrtc) return onUpgrade('off')
    onUpgrade('trying')
    const gone = new AbortController()
    leg.closed.then(() => gone.abort(new Error('the circuit is gone')))
    const signal = AbortSignal.any([outer, gone.signal])
    try {
      await leg.accepted
      for (let attempt = 0; attempt < UPGRADE_ATTEMPTS; attempt++) {
        const better = await this.#tryWebRtc(circuit, signal)
        if (better !== undefined) return onBetter(better)
        await sleep(retryDelay(attempt, UPGRADE_RETRY_DELAY), signal, clock)
      }
      onUpgrade('failed')
    } catch {
      // The circuit is gone, and with it the reason to leave it.
    }
  }

  async #tryWebRtc(circuit: Circuit, signal: AbortSignal): Promise<Leg | undefined> {
    const { clock, upgradeTimeout = UPGRADE_TIMEOUT } = this.#init
    try {
      return await withTimeout(
        'WebRTC',
        upgradeTimeout,
        signal,
        (each) => this.#openWebRtc(circuit, each),
        clock
      )
    } catch {
      signal.throwIfAborted()
      return undefined
    }
  }

  async #openWebRtc({ relay }: Circuit, signal: AbortSignal): Promise<Leg> {
    const { peerId } = this.#init.addresses
    const address = webRtcAddress(relay, peerId)
    const connection = await this.#dial(address, signal, 'aggregator', hostOf(relay))
    const leg = await openLeg(connection, signal)
    const given = Promise.withResolvers<never>()
    const giveUp = (): void => given.reject(signal.reason)
    signal.addEventListener('abort', giveUp, { once: true })
    try {
      await Promise.race([leg.accepted, given.promise])
      return leg
    } catch (error) {
      await leg.close()
      throw error
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
  }
}

/** Opens the heartbeat stream of a connection that is this leg's alone. */
async function openLeg(connection: Connection, signal: AbortSignal): Promise<Leg> {
  const address = connection.remoteAddr.toString()
  let stream: Stream
  try {
    const options = { signal, runOnLimitedConnection: true }
    stream = await connection.newStream(HEARTBEAT_PROTOCOL_V1, options)
  } catch (cause) {
    connection.abort(asError(cause))
    signal.throwIfAborted()
    throw new RouteError('aggregator', 'the server opens no stream', { cause })
  }
  const release = async (): Promise<void> => {
    await connection.close().catch((error) => connection.abort(error))
  }
  return streamLeg({
    stream,
    way: wayOf(address),
    address,
    accepted: whenAccepted(stream),
    release
  })
}

/** Whether the relay itself answered, so that its connection is a good one. */
function isRelaysAnswer(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each.message.includes('via relay with status')) return true
  }
  return false
}

/** One error for all ways: the relay is to blame only if no relay answered at all. */
function summary(error: unknown): RouteError {
  const errors = error instanceof AggregateError ? error.errors : [error]
  const problems = [...new Set(errors.map((each) => asError(each).message))].join('; ')
  const routeErrors = errors.filter((each): each is RouteError => each instanceof RouteError)
  const furthest = routeErrors.find(({ layer }) => layer !== 'relay') ?? routeErrors[0]
  const { layer = 'aggregator', host } = furthest ?? {}
  return new RouteError(layer, problems, { cause: error, host })
}
