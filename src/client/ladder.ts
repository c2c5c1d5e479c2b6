import {
  ACCEPT_TIMEOUT,
  CIRCUIT_CHECK_PERIOD,
  CIRCUIT_CHECKS,
  RACE_STAGGER,
  UPGRADE_ATTEMPTS,
  UPGRADE_RETRY_DELAY,
  UPGRADE_TIMEOUT
} from '../constants.ts'
import { RouteError } from '../errors.ts'
import { asError } from '../heartbeat/beat-source.ts'
import type { Leg, Route, Way } from '../heartbeat/index.ts'
import { type Clock, retryDelay, sleep, withTimeout } from '../timing/index.ts'
import type { Addresses, Candidate, Circuit } from './addresses.ts'
import { CircuitLimits, type LimitsLeft } from './circuit-limits.ts'
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

/** The time behind a circuit, and behind those that replace it, until something else is in use. */
class Stay {
  readonly #over = new AbortController()
  readonly signal = this.#over.signal
  #leg: Leg | undefined

  constructor(outer: AbortSignal) {
    const { signal } = this
    outer.addEventListener('abort', () => this.end(), { signal })
    if (outer.aborted) this.end()
  }

  /** Goes on behind this circuit: the end of the one before it means nothing any more. */
  goOn(leg: Leg): void {
    this.#leg = leg
    leg.closed.then(() => leg === this.#leg && this.end())
  }

  end(): void {
    this.#over.abort()
  }
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
  /** How the climb behind each circuit in use goes; the one opened last comes last. */
  readonly #climbs = new Map<Stay, 'trying' | 'failed'>()

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
      const stay = new Stay(signal)
      stay.goOn(leg)
      void this.#climb(candidate, leg, stay, onBetter)
      void this.#renew(candidate, opened.limits, stay, onBetter)
      return leg
    }
    // Beats may not go over the circuit: it is for signalling only.
    try {
      const direct = await this.#tryWebRtc(candidate, signal)
      if (direct !== undefined) return direct.leg
      throw new RouteError('aggregator', 'no direct connection to the server comes up')
    } finally {
      await leg.close()
    }
  }

  async #race(signal: AbortSignal, doubt: boolean): Promise<Opened> {
    const { addresses, ways, clock } = this.#init
    const { candidates, refused = [] } = await addresses(signal)
    const runners = candidates.map((candidate) => async (each: AbortSignal): Promise<Opened> => {
      return { ...(await ways.open(candidate, each, doubt)), candidate }
    })
    const discard = ({ leg }: Opened): void => void leg.close()
    try {
      return await race(runners, signal, { stagger: RACE_STAGGER, clock, discard })
    } catch (error) {
      if (doubt) ways.leaveRelays(this.#relayId)
      signal.throwIfAborted()
      throw summary(error, refused)
    }
  }

  // Make before break: the sender closes the circuit once it has moved.
  async #climb(
    circuit: Circuit,
    leg: Leg,
    stay: Stay,
    onBetter: (leg: Leg) => void
  ): Promise<void> {
    const { webrtc, onUpgrade, clock, random } = this.#init
    if (!webrtc) return onUpgrade('off')
    const { signal } = stay
    signal.addEventListener('abort', () => this.#endClimb(stay))
    this.#tell(stay, 'trying')
    try {
      await leg.accepted
      for (let attempt = 0; attempt < UPGRADE_ATTEMPTS; attempt++) {
        if (attempt > 0) {
          await sleep(retryDelay(attempt - 1, UPGRADE_RETRY_DELAY, random), signal, clock)
        }
        const better = await this.#tryWebRtc(circuit, signal)
        if (better === undefined) continue
        // No circuit may take the place of what is better.
        stay.end()
        return onBetter(better.leg)
      }
    } catch {
      // Most often the circuit is gone, and with it the reason to leave it.
    }
    this.#tell(stay, 'failed')
  }

  #tell(stay: Stay, upgrade: 'trying' | 'failed'): void {
    if (stay.signal.aborted) return
    this.#climbs.set(stay, upgrade)
    this.#init.onUpgrade(upgrade)
  }

  // Where two circuits were in use, what was told last may have been of the one that is gone.
  #endClimb(stay: Stay): void {
    this.#climbs.delete(stay)
    const [left] = this.#climbs.values()
    if (left !== undefined) this.#init.onUpgrade(left)
  }

  async #tryWebRtc(circuit: Circuit, signal: AbortSignal): Promise<OpenedLeg | undefined> {
    const { ways, upgradeTimeout = UPGRADE_TIMEOUT } = this.#init
    return await this.#try(upgradeTimeout, signal, (each) => ways.openWebRtc(circuit, each))
  }

  /** Opens a leg; gives none unless the server accepts it within `timeout` ms. */
  async #try(
    timeout: number,
    outer: AbortSignal,
    open: (signal: AbortSignal) => Promise<OpenedLeg>
  ): Promise<OpenedLeg | undefined> {
    const accept = async (signal: AbortSignal): Promise<OpenedLeg> => {
      const opened = await open(signal)
      const close = (): Promise<void> => opened.leg.close()
      signal.addEventListener('abort', close)
      try {
        signal.throwIfAborted()
        await opened.leg.accepted
        return opened
      } catch (error) {
        await close()
        throw error
      }
    }
    try {
      return await withTimeout('a leg', timeout, outer, accept, this.#init.clock)
    } catch {
      outer.throwIfAborted()
      return undefined
    }
  }

  // A new circuit through the same relay takes the place of one whose time is nearly over.
  async #renew(
    circuit: Circuit,
    left: LimitsLeft | undefined,
    stay: Stay,
    onBetter: (leg: Leg) => void
  ): Promise<void> {
    if (left === undefined) return
    const { ways, clock } = this.#init
    const { signal } = stay
    const limits = new CircuitLimits(left)
    const openedAt = clock.elapsed()
    const period = Math.min(CIRCUIT_CHECK_PERIOD, (limits.lifetime ?? Infinity) / CIRCUIT_CHECKS)
    try {
      for (;;) {
        await sleep(period, signal, clock)
        if (!limits.isDue(clock.elapsed() - openedAt)) continue
        const next = await this.#try(ACCEPT_TIMEOUT, signal, (each) =>
          ways.open(circuit, each, false)
        )
        if (next === undefined) continue
        // What has taken the old one's place is no worse than another circuit.
        if (signal.aborted) return void next.leg.close()
        stay.goOn(next.leg)
        void this.#renew(circuit, next.limits, stay, onBetter)
        return onBetter(next.leg)
      }
    } catch {
      // The circuit is gone: what takes its place looks after itself.
    }
  }
}

/**
 * One error for all ways: the relay is to blame only if no relay answered at all.
 *
 * @param refused addresses that were not tried, since they are not under their document's domain
 */
function summary(error: unknown, refused: readonly string[]): RouteError {
  const errors = error instanceof AggregateError ? error.errors : [error]
  const problems = [...new Set(errors.map((each) => asError(each).message))]
  if (refused.length > 0) problems.push(`not tried, of another domain: ${refused.join(', ')}`)
  const routeErrors = errors.filter((each): each is RouteError => each instanceof RouteError)
  const furthest = routeErrors.find(({ layer }) => layer !== 'relay') ?? routeErrors[0]
  const { layer = 'aggregator', host } = furthest ?? {}
  return new RouteError(layer, problems.join('; '), { cause: error, host })
}
