import { Alarm, type Clock } from '../timing/index.ts'
import type { BackOff } from './back-off.ts'
import { asError } from './beat-source.ts'
import type { Legs } from './legs.ts'
import type { Leg, Route } from './route.ts'

/** Told what comes of the search for legs. `climb` ends the search for something better. */
export interface SeekObserver {
  /** A leg is being opened, while there may be others in doubt. */
  seeking(): void
  /** It took `openingTime` ms to open this leg. */
  found(leg: Leg, climb: AbortController, openingTime: number): void
  /** A better leg than the one found before it has come up. */
  foundBetter(leg: Leg, climb: AbortController): void
  /** No way leads to the aggregator. */
  failed(error: Error): void
}

/** What a seeker is made of. */
export interface SeekerInit {
  readonly route: Route
  readonly legs: Legs
  readonly backOff: BackOff
  readonly clock: Clock
  readonly observer: SeekObserver
}

/** Looks for a leg, one at a time, while there is none to be trusted. */
export class Seeker {
  readonly #init: SeekerInit
  readonly #alarm: Alarm
  /** The opening of a leg that is under way. */
  #opening: AbortController | undefined

  constructor(init: SeekerInit) {
    this.#init = init
    this.#alarm = new Alarm(init.clock)
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, legs, backOff } = this.#init
    while (!signal.aborted) {
      const at = legs.needsAnother ? backOff.retryAt : Infinity
      if (clock.elapsed() >= at) await this.#open()
      else await this.#alarm.wait(at === Infinity ? undefined : at, signal)
    }
  }

  /** Looks again whether a leg is needed, and may be opened. */
  look(): void {
    this.#alarm.ring()
  }

  /** Gives up the leg that is being opened. */
  giveUp(): void {
    this.#opening?.abort()
  }

  async #open(): Promise<void> {
    const { clock, route, legs, backOff, observer } = this.#init
    const opening = new AbortController()
    const { signal } = opening
    this.#opening = opening
    observer.seeking()
    const openedAt = clock.elapsed()
    backOff.tried(openedAt)
    const onBetter = (better: Leg): void => {
      if (signal.aborted) void better.close()
      else observer.foundBetter(better, opening)
    }
    try {
      const leg = await route.open(signal, onBetter, { doubt: !legs.isEmpty })
      if (signal.aborted || !legs.needsAnother) return await leg.close()
      observer.found(leg, opening, clock.elapsed() - openedAt)
    } catch (error) {
      if (!signal.aborted) observer.failed(asError(error))
    } finally {
      this.#opening = undefined
    }
  }
}
