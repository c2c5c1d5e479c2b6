import type { Beat } from '../wire/index.ts'
import type { Leg, Version } from './route.ts'
import type { SenderEvent } from './sender-event.ts'
import { WatchedLeg, type WatchInit } from './watched-leg.ts'

/** What the legs are watched with, and who is told which one is in use. */
export interface LegsInit extends Omit<WatchInit, 'openingTime'> {
  readonly onEvent: (event: SenderEvent) => void
}

/**
 * The legs in use: one, or in doubt two, of which the one in doubt comes first. Those that leave
 * are ended, and with them the search for something better than they are.
 */
export class Legs {
  readonly #init: LegsInit
  #legs: readonly WatchedLeg[] = []
  /** The leg that was last told of as the one in use. */
  #shown: WatchedLeg | undefined
  /** Openings that succeeded, by what came of them: each may look for a better way than its leg. */
  readonly #climbs = new Map<WatchedLeg, AbortController>()

  constructor(init: LegsInit) {
    this.#init = init
  }

  get shown(): WatchedLeg | undefined {
    return this.#shown
  }

  get isEmpty(): boolean {
    return this.#legs.length === 0
  }

  /** Whether none of them is to be trusted. */
  get needsAnother(): boolean {
    return !this.#legs.some(({ trust }) => trust === 'trusted' || trust === 'new')
  }

  get areSuspect(): boolean {
    return this.#legs.every(({ trust }) => trust === 'suspect')
  }

  /**
   * Takes in a leg that was looked for.
   *
   * @param climb ends the search for something better
   * @param openingTime how long it took to open it, in ms
   */
  adopt(leg: Leg, climb: AbortController, openingTime: number): void {
    const watched = this.#watch(leg, climb, openingTime)
    // Of two legs that do not answer, the first is kept: what is under way on it may arrive.
    void this.#set([...this.#legs.slice(0, 1), watched])
    if (this.#legs.length === 1) this.#show(watched)
  }

  /** Moves to a leg that is better than all others, and was accepted. */
  moveTo(leg: Leg, climb: AbortController): void {
    // It goes on for the leg that it brought.
    for (const [worse, each] of this.#climbs) if (each === climb) this.#climbs.delete(worse)
    const better = this.#watch(leg, climb, 0)
    void this.#set([better])
    this.#show(better)
  }

  /** The first leg to answer wins: the others end. */
  keepOnly(leg: WatchedLeg): void {
    void this.#set([leg])
    if (leg === this.#shown) return
    this.#show(leg)
    const { version } = leg.leg
    if (leg.isAccepted) this.#init.onEvent({ type: 'accepted', version })
  }

  drop(leg: WatchedLeg): void {
    void this.#set(this.#legs.filter((each) => each !== leg))
  }

  /**
   * Sends one beat over all of them: where it arrives twice, it is counted once.
   *
   * @returns what left over the first that took it
   */
  send(beat: Beat): { bytes: Uint8Array; version: Version } | undefined {
    const sent = this.#legs.map((leg) => {
      const { version } = leg.leg
      const bytes = attempt(() => leg.send(beat))
      return bytes && { bytes, version }
    })
    return sent.find((each) => each !== undefined)
  }

  /** All must prove themselves anew. */
  doubt(): void {
    for (const leg of this.#legs) leg.doubt()
  }

  /** Ends them all; resolves when they are closed. */
  async end(): Promise<void> {
    await this.#set([])
  }

  /** Ends them all within the call. */
  abort(): void {
    void this.#set([], (leg) => leg.abort())
  }

  #watch(leg: Leg, climb: AbortController, openingTime: number): WatchedLeg {
    const watched = new WatchedLeg(leg, { ...this.#init, openingTime })
    this.#climbs.set(watched, climb)
    return watched
  }

  async #set(legs: readonly WatchedLeg[], end = (leg: WatchedLeg): unknown => leg.end()) {
    const gone = this.#legs.filter((each) => !legs.includes(each))
    this.#legs = legs
    for (const leg of gone) {
      this.#climbs.get(leg)?.abort()
      this.#climbs.delete(leg)
    }
    await Promise.all(gone.map(end))
  }

  #show(leg: WatchedLeg): void {
    this.#shown = leg
    this.#init.onEvent({ type: 'connected', way: leg.leg.way, address: leg.leg.address })
  }
}

/** What `run` gives; `undefined` when it throws: a leg that was just closed tells by itself. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch {
    return undefined
  }
}
