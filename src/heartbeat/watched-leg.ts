import {
  ACCEPT_TIMEOUT,
  MAX_UNANSWERED_BEATS,
  SILENCE_PERIOD,
  SUSPICION_ROUND_TRIPS
} from '../constants.ts'
import { type FailingLayer, RouteError } from '../errors.ts'
import type { Clock } from '../timing/index.ts'
import type { Ack, Answer, Beat, Bye } from '../wire/index.ts'
import type { Leg, Version } from './route.ts'

/**
 * What is thought of a leg: `new` until anything was answered on it, then `trusted`; `doubted` when
 * it must prove itself after a sleep; `suspect` when an answer is overdue.
 */
export type Trust = 'new' | 'trusted' | 'doubted' | 'suspect'

/** Told what becomes of a leg. */
export interface LegObserver {
  /** The aggregator takes heartbeats on it; `rtt` in ms, where it was measured. */
  accepted(leg: WatchedLeg, rtt: number | undefined): void
  /** The other end is there: it has answered, after `rtt` ms where that was measured. */
  alive(leg: WatchedLeg, rtt: number | undefined): void
  acknowledged(leg: WatchedLeg, ack: Ack, rtt: number | undefined): void
  farewell(leg: WatchedLeg, bye: Bye): void
  /** It must prove itself anew. */
  doubted(leg: WatchedLeg): void
  /** An answer is overdue. */
  suspect(leg: WatchedLeg): void
  /** It was suspect for so long that nobody can say any more that beats arrive. */
  silent(leg: WatchedLeg): void
  /** It is gone, or never came to life. Said once, and nothing after it. */
  lost(leg: WatchedLeg, error: RouteError): void
}

/** What a leg is watched with. */
export interface WatchInit {
  readonly clock: Clock
  /** Least time after which an unanswered beat makes the leg suspect, in ms. */
  readonly suspicionPeriod: () => number
  /** How long it took to open the leg, in ms: no round trip is longer. */
  readonly openingTime: number
  readonly observer: LegObserver
}

/**
 * A leg under watch: which of its beats were answered, and whether it is still to be trusted.
 *
 * Beats of the first version are never answered, so a probe follows them. Only its answer proves
 * that the other end is there, and only its silence makes the leg suspect. A probe that fails says
 * neither: most peers that fail it know no ping. A leg without a probe proves nothing after its
 * acceptance; its end is told by its stream alone.
 */
export class WatchedLeg {
  readonly leg: Leg
  readonly #init: WatchInit
  /** Beats under way, by their numbers: when they left, by the clock's measure. Eldest first. */
  readonly #unanswered = new Map<number, number>()
  readonly #probing = new AbortController()
  #trust: Trust = 'new'
  #rtt: number | undefined
  #isAccepted = false
  #isProbing = false
  #isOver = false
  /** Version that the last beat was sent in. */
  #sentVersion: Version | undefined
  #cancelCheck: (() => void) | undefined

  constructor(leg: Leg, init: WatchInit) {
    this.leg = leg
    this.#init = init
    leg.listen((answer) => this.#take(answer))
    leg.accepted.then(
      (rtt) => this.#accept(rtt),
      (cause) => this.#lose('aggregator', 'the server takes no heartbeats', cause)
    )
    leg.closed.then(() => this.#lose('aggregator', `the ${leg.way} leg was closed`))
    this.#check(this.#patience)
  }

  get trust(): Trust {
    return this.#trust
  }

  /** Whether the aggregator has answered that it takes heartbeats here. */
  get isAccepted(): boolean {
    return this.#isAccepted
  }

  /** Whether the last beat left in a version that turned out not to be spoken: nobody has read it. */
  get wasMisunderstood(): boolean {
    return this.#sentVersion !== undefined && this.#sentVersion !== this.leg.version
  }

  /**
   * Sends a beat. A suspect leg takes none: what is under way on it will do.
   *
   * @returns the bytes that left
   */
  send(beat: Beat): Uint8Array | undefined {
    if (this.#trust === 'suspect') return undefined
    const bytes = this.leg.send(beat)
    if (bytes === undefined) return undefined
    const { version, probe } = this.leg
    this.#sentVersion = version
    if (version === 1 && probe === undefined) return bytes
    this.#unanswered.set(beat.seq, this.#init.clock.elapsed())
    const [eldest] = this.#unanswered.keys()
    if (this.#unanswered.size > MAX_UNANSWERED_BEATS && eldest !== undefined) {
      this.#unanswered.delete(eldest)
    }
    if (version === 1) void this.#probe(beat.seq)
    this.#check(this.#patience)
    return bytes
  }

  /** It must prove itself anew. */
  doubt(): void {
    if (this.#trust === 'trusted') this.#trust = 'doubted'
    this.#init.observer.doubted(this)
  }

  /** Looks away, and closes the leg. */
  async end(): Promise<void> {
    this.#lookAway()
    await this.leg.close()
  }

  /** Looks away, and ends the leg within this call. */
  abort(): void {
    this.#lookAway()
    this.leg.abort()
  }

  #lookAway(): void {
    this.#isOver = true
    this.#cancelCheck?.()
    this.#probing.abort()
  }

  /** For how long an answer may take, in ms. */
  get #patience(): number {
    const { suspicionPeriod, openingTime } = this.#init
    const least = suspicionPeriod()
    if (this.#rtt !== undefined) return Math.max(least, SUSPICION_ROUND_TRIPS * this.#rtt)
    const slow = SUSPICION_ROUND_TRIPS * Math.max(least, openingTime)
    return Math.min(ACCEPT_TIMEOUT, slow)
  }

  // One timer a leg. One that fires late proves only that this machine slept: it starts anew.
  #check(delay: number): void {
    if (this.#cancelCheck !== undefined || this.#isOver) return
    const { clock } = this.#init
    const due = clock.elapsed() + delay
    this.#cancelCheck = clock.after(delay, () => {
      this.#cancelCheck = undefined
      const now = clock.elapsed()
      if (now - due > this.#init.suspicionPeriod()) return this.#check(this.#patience)
      if (this.#trust === 'new') {
        return this.#lose('aggregator-silent', 'the server does not answer')
      }
      const [sentAt] = this.#unanswered.values()
      if (sentAt === undefined || this.#trust === 'suspect') return
      const left = sentAt + this.#patience - now
      if (left > 0) return this.#check(left)
      this.#trust = 'suspect'
      const patience = Math.min(this.#init.suspicionPeriod(), SILENCE_PERIOD)
      this.#cancelCheck = clock.after(patience, () => {
        this.#cancelCheck = undefined
        if (this.#trust === 'suspect') this.#init.observer.silent(this)
      })
      this.#init.observer.suspect(this)
    })
  }

  #accept(rtt: number | undefined): void {
    if (this.#isOver) return
    this.#isAccepted = true
    if (this.wasMisunderstood) this.#unanswered.clear()
    this.#prove(rtt)
    this.#init.observer.accepted(this, rtt)
    if (!this.#isOver) this.#init.observer.alive(this, rtt)
  }

  #take(answer: Answer): void {
    if (this.#isOver) return
    if (answer.type === 'bye') return this.#init.observer.farewell(this, answer)
    const rtt = this.#answer(answer.seq)
    this.#init.observer.acknowledged(this, answer, rtt)
    if (!this.#isOver) this.#init.observer.alive(this, rtt)
  }

  /** Takes the beats up to `seq` for answered. @returns the round trip of that one, in ms */
  #answer(seq: number): number | undefined {
    const sentAt = this.#unanswered.get(seq)
    this.#forget(seq)
    const rtt = sentAt === undefined ? undefined : this.#init.clock.elapsed() - sentAt
    this.#prove(rtt)
    return rtt
  }

  #forget(seq: number): void {
    for (const each of this.#unanswered.keys()) if (each <= seq) this.#unanswered.delete(each)
  }

  #prove(rtt: number | undefined): void {
    const now = this.#init.clock.elapsed()
    this.#rtt = rtt ?? this.#rtt
    this.#trust = 'trusted'
    // The check under way was set when more patience was due.
    this.#cancelCheck?.()
    this.#cancelCheck = undefined
    const [sentAt] = this.#unanswered.values()
    if (sentAt !== undefined) this.#check(Math.max(0, sentAt + this.#patience - now))
  }

  async #probe(seq: number): Promise<void> {
    if (this.#isProbing) return
    this.#isProbing = true
    try {
      await this.leg.probe?.(this.#probing.signal)
      if (!this.#isOver) this.#init.observer.alive(this, this.#answer(seq))
    } catch {
      this.#forget(seq)
      // It takes beats again, and another one is still looked for.
      if (this.#trust === 'suspect') this.#trust = 'doubted'
    } finally {
      this.#isProbing = false
    }
  }

  #lose(layer: FailingLayer, problem: string, cause?: unknown): void {
    if (this.#isOver) return
    this.#lookAway()
    this.#init.observer.lost(this, new RouteError(layer, problem, { cause }))
  }
}
