import {
  CIRCUIT_CHECK_PERIOD,
  RACE_STAGGER,
  UPGRADE_ATTEMPTS,
  UPGRADE_RETRY_DELAY,
  UPGRADE_TIMEOUT
} from '../constants.ts'
import { RouteError } from '../errors.ts'
import { asError, type Leg, type Route, type Way } from '../heartbeat/index.ts'
import { type Clock, retryDelay, sleep, withTimeout } from '../timing/index.ts'
import type { Addresses, Candidate, Circuit } from './addresses.ts'
import { CircuitLimits } from './circuit-limits.ts'
import type { OpenedLeg, Ways } from './page-ways.ts'
import { race } from './race.ts'
import type { BeatingState } from './state.ts'

/** What a ladder is made of. */
export interface LadderInit {
  readonly ways: Ways
  /** Where the aggregator is to be found now; asked whenever a leg is opened. */
  readonly addresses: (signal: AbortSignal) => Promise<Addresses>
  readonly routes: readonly Way[]
  /** Whether WebRTC may be used, and this platform has it. */
  readonly webrtc: boolean
  readonly clock: Clock
  readonly random?: () => number
  /** Longest wait for one attempt at WebRTC, in ms. @default UPGRADE_TIMEOUT */
  readonly upgradeTimeout?: number
  /** Told how the attempt at a direct connection goes. */
  readonly onUpgrade: (upgrade: BeatingState['upgrade']) => void
}

interface Opened extends OpenedLeg {
  readonly candidate: Candidate
}

/**
 * The ways to one aggregator, as a ladder: beat by the quickest of them, then climb from a circuit
 * to WebRTC behind it, and replace a circuit before its relay cuts it. The relay's own connection
 * stays, idle, for the way back.
 */
export class Ladder implements Route {
  readonly #init: LadderInit
  /** The relay that leads to the leg in use. */
  #relayId: string | undefined

  constructor(init: LadderInit) {
    this.#init = init
  }

  async open(
    signal: AbortSignal,
    onBetter: (leg: Leg) => void,
    { doubt = false }: { doubt?: boolean } = {}
  ): Promise<Leg> {
    const { routes, ways } = this.#init
    const opened = await this.#race(signal, doubt)
    const { leg, candidate } = opened
    const leaveOthers = (): void => {
      this.#relayId = candidate.way === 'relayed' ? candidate.relayId : undefined
      ways.leaveRelays(this.#relayId)
    }
    // What is doubted may still answer first.
    if (doubt) leg.accepted.then(leaveOthers).catch(() => ways.leaveRelays(this.#relayId))
    else leaveOthers()
    if (candidate.way === 'websocket') return leg
    if (routes.includes('relayed')) {
      void this.#climb(candidate, leg, signal, onBetter)
      void this.#renew(candidate, opened, signal, onBetter)
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

  async #race(signal: AbortSignal, doubt: boolean): Promise<Opened> {
    const { addresses, ways, clock } = this.#init
    const { candidates } = await addresses(signal)
    const runners = candidates.map((candidate) => async (each: AbortSignal): Promise<Opened> => {
      return { ...(await ways.open(candidate, each, doubt)), candidate }
    })
    const discard = ({ leg }: Opened): void => void leg.close()
    try {
      return await race(runners, signal, { stagger: RACE_STAGGER, clock, discard })
    } catch (error) {
      if (doubt) ways.leaveRelays(this.#relayId)
      signal.throwIfAborted()
      throw summary(error)
    }
  }

  // Make before break: the sender closes the circuit once it has moved.
  async #climb(
    circuit: Circuit,
    leg: Leg,
    outer: AbortSignal,
    onBetter: (leg: Leg) => void
  ): Promise<void> {
    const { webrtc, onUpgrade, clock, random } = this.#init
    if (!webrtc) return onUpgrade('off')
    onUpgrade('trying')
    const { signal, release } = untilGone(leg, outer)
    try {
      await leg.accepted
      for (let attempt = 0; attempt < UPGRADE_ATTEMPTS; attempt++) {
        if (attempt > 0) {
          await sleep(retryDelay(attempt - 1, UPGRADE_RETRY_DELAY, random), signal, clock)
        }
        const better = await this.#tryWebRtc(circuit, signal)
        if (better !== undefined) return onBetter(better)
      }
      onUpgrade('failed')
    } catch {
      // The circuit is gone, and with it the reason to leave it.
    } finally {
      release()
    }
  }

  async #tryWebRtc(circuit: Circuit, signal: AbortSignal): Promise<Leg | undefined> {
    const { ways, clock, upgradeTimeout = UPGRADE_TIMEOUT } = this.#init
    try {
      return await withTimeout(
        'WebRTC',
        upgradeTimeout,
        signal,
        async (each) => {
          const leg = await ways.openWebRtc(circuit, each)
          // Nobody waits for it any more.
          if (each.aborted) await leg.close()
          return leg
        },
        clock
      )
    } catch {
      signal.throwIfAborted()
      return undefined
    }
  }

  // A new circuit through the same relay takes the place of one whose time is nearly over.
  async #renew(
    circuit: Circuit,
    { leg, limits: left }: OpenedLeg,
    outer: AbortSignal,
    onBetter: (leg: Leg) => void
  ): Promise<void> {
    if (left === undefined) return
    const { ways, clock } = this.#init
    const limits = new CircuitLimits(left)
    const openedAt = clock.elapsed()
    const period = Math.min(CIRCUIT_CHECK_PERIOD, (limits.lifetime ?? Infinity) / 8)
    const { signal, release } = untilGone(leg, outer)
    try {
      while (!limits.isDue(clock.elapsed() - openedAt)) await sleep(period, signal, clock)
      for (;;) {
        const next = await ways.open(circuit, signal, false).catch(() => undefined)
        if (next !== undefined) {
          // What has taken the old one's place is no worse than another circuit.
          if (signal.aborted) return void next.leg.close()
          void this.#renew(circuit, next, outer, onBetter)
          return onBetter(next.leg)
        }
        await sleep(period, signal, clock)
      }
    } catch {
      // The circuit is gone: what takes its place looks after itself.
    } finally {
      release()
    }
  }
}

/** A signal that aborts with another one, or when a leg is gone. */
function untilGone(leg: Leg, outer: AbortSignal): { signal: AbortSignal; release: () => void } {
  const gone = new AbortController()
  const abort = (): void => gone.abort(outer.reason)
  outer.addEventListener('abort', abort, { once: true })
  if (outer.aborted) abort()
  leg.closed.then(() => gone.abort(new Error('the leg is gone')))
  return { signal: gone.signal, release: () => outer.removeEventListener('abort', abort) }
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
