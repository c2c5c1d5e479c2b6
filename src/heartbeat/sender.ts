import {
  MIN_PERIOD,
  OFFLINE_RETRY_PERIOD,
  RECONNECT_SHARE,
  REFUSAL_PERIOD,
  SESSION_BYTES,
  SUSPICION_PERIOD,
  SUSPICION_PERIODS
} from '../constants.ts'
import { type FailingLayer, RouteError } from '../errors.ts'
import { Alarm, type Clock, retryDelay } from '../timing/index.ts'
import type { Ack, Beat, Bye, RejectReason } from '../wire/index.ts'
import { asError, type BeatContent, type BeatSource } from './beat-source.ts'
import { Cadence, type PageVisibility } from './cadence.ts'
import { FailureLog } from './failure-log.ts'
import type { Leg, Route } from './route.ts'
import type { SenderEvent } from './sender-event.ts'
import { type LegObserver, WatchedLeg } from './watched-leg.ts'

/** What a sender is made of. */
export interface SenderInit {
  readonly route: Route
  readonly source: BeatSource
  /** How often to beat, in ms, unless the aggregator asks for another pace. */
  readonly beatPeriod: number
  /** First back-off window, in ms. */
  readonly reconnectPeriod: number
  /** Least wait for an answer before a leg is suspect, in ms. @default 5 s, or two periods if that is less */
  readonly suspicionPeriod?: number
  readonly clock: Clock
  readonly random: () => number
  readonly onEvent: (event: SenderEvent) => void
}

/**
 * Beats to one target, strictly one beat after another, and comes back whenever the way is lost,
 * for as long as it runs. Two loops do it: one beats over the legs that there are, the other looks
 * for a leg while there is none to be trusted. A leg in doubt is kept until another one answers.
 */
export class Sender {
  readonly #init: SenderInit
  readonly #failures = new FailureLog()
  readonly #cadence = new Cadence()
  readonly #beatAlarm: Alarm
  readonly #seekAlarm: Alarm
  readonly #suspicionPeriod: number
  #controller: AbortController | undefined
  #running: Promise<unknown> | undefined

  /** Legs in use: one, or in doubt two, of which the one in doubt comes first. */
  #legs: readonly WatchedLeg[] = []
  /** The leg that was last told of as the one in use. */
  #shown: WatchedLeg | undefined
  /** The opening of a leg that is under way. */
  #opening: AbortController | undefined
  /** Openings that succeeded, by what came of them: each may look for a better way than its leg. */
  readonly #climbs = new Map<WatchedLeg, AbortController>()
  /** Since when the leg in use has yet to prove that beats are taken there; absent once it has. */
  #provingSince: number | undefined

  #session = newSession()
  #seq = 0
  #lastBeat: Beat | undefined
  #pace: number | undefined
  #page: PageVisibility = 'visible'
  /** When the next beat is due, and when the next leg may be opened, by the clock's measure. */
  #due = 0
  #retryAt = 0
  /** Before then not even a wake opens a leg: the aggregator refused this peer. */
  #refusedUntil = 0
  /** The aggregator will not take these beats, however often they are sent. */
  #isHalted = false
  #isOnline = true
  /** The last beat found no head. */
  #isStarved = false
  #attempts = 0
  #failingLayer: FailingLayer | undefined

  constructor(init: SenderInit) {
    this.#init = init
    this.#beatAlarm = new Alarm(init.clock)
    this.#seekAlarm = new Alarm(init.clock)
    this.#suspicionPeriod =
      init.suspicionPeriod ?? Math.min(SUSPICION_PERIOD, SUSPICION_PERIODS * init.beatPeriod)
  }

  /** Begins to beat, in a new session. Does nothing when it beats already. */
  start(): void {
    if (this.#controller !== undefined) return
    this.#controller = new AbortController()
    const { signal } = this.#controller
    this.#session = newSession()
    this.#seq = 0
    this.#isHalted = false
    this.#running = Promise.all([this.#beatLoop(signal), this.#seekLoop(signal)])
  }

  /** Stops beating; resolves when every leg is closed. May be called twice. */
  async stop(): Promise<void> {
    this.#abort(new Error('the sender was stopped'))
    await this.#running
    await this.#dropLegs()
    this.#controller = undefined
  }

  /** Says farewell and ends every leg within this call: the page is going away. Then `stop`. */
  leave(): void {
    const content = this.#init.source.last
    if (content !== undefined && !this.#isHalted) {
      const beat = this.#compose(content, 'leaving')
      for (const leg of this.#legs) attempt(() => leg.send(beat))
    }
    for (const leg of this.#legs) leg.abort()
    this.#setLegs([])
    this.#abort(new Error('the page went away'))
  }

  /**
   * Tries again at once if it waits for the next try: the device came back, say. If so much time has
   * passed that this machine must have slept, the leg is doubted as well.
   */
  wake(): void {
    this.#retryAt = this.#refusedUntil
    this.#seekAlarm.ring()
    if (this.#hasSlept()) this.doubt()
  }

  /** The way may have died unnoticed: beats at once, and opens another way at the same time. */
  doubt(): void {
    this.#cadence.reset()
    if (this.#legs.length === 0) return
    for (const leg of this.#legs) leg.doubt()
    this.#retryAt = Math.max(this.#init.clock.elapsed(), this.#refusedUntil)
    this.#beatNow()
    this.#seekAlarm.ring()
  }

  /** Takes note of what the browser says of the network. It can be wrong, so tries go on, seldom. */
  setOnline(isOnline: boolean): void {
    const cameBack = isOnline && !this.#isOnline
    this.#isOnline = isOnline
    if (!cameBack) return
    this.wake()
    this.doubt()
  }

  /** Takes note of how the page is seen. A page that is about to be frozen says so in a last beat. */
  setPage(page: PageVisibility): void {
    if (page === this.#page) return
    const wasFrozen = this.#page === 'frozen'
    this.#page = page
    if (page === 'frozen' && this.#init.source.last !== undefined) {
      this.#send(this.#init.source.last)
    }
    if (page === 'visible' || wasFrozen) this.wake()
    if (wasFrozen) this.doubt()
  }

  /** Beats at once if the last beat found no head: there is one now. */
  headArrived(): void {
    if (!this.#isStarved) return
    this.#isStarved = false
    this.#beatNow()
  }

  get #period(): number {
    if (this.#pace === undefined) return this.#init.beatPeriod
    return Math.max(this.#pace, MIN_PERIOD)
  }

  // ── Beating ──────────────────────────────────────────────────────────────

  // Beats are timed by a clock that never jumps: one that is set back by an hour must not silence
  // them for an hour.
  async #beatLoop(signal: AbortSignal): Promise<void> {
    const { clock, source } = this.#init
    while (!signal.aborted) {
      if (this.#legs.length === 0) {
        await this.#beatAlarm.wait(undefined, signal)
      } else if (clock.elapsed() < this.#due) {
        await this.#beatAlarm.wait(this.#due, signal)
      } else {
        if (this.#hasSlept()) this.doubt()
        // After a sleep the beats that were missed are not made up for.
        const now = clock.elapsed()
        const onTime = this.#due + this.#period
        const next = onTime <= now ? now + this.#period : onTime
        this.#due = next
        const content = await source.next(signal).catch(() => undefined)
        // A beat that was asked for meanwhile is this very one.
        if (content !== undefined) this.#due = Math.max(this.#due, next)
        if (!signal.aborted) this.#send(content)
      }
    }
  }

  #beatNow(): void {
    this.#due = this.#init.clock.elapsed()
    this.#beatAlarm.ring()
  }

  #send(content: BeatContent | undefined): void {
    if (this.#legs.length === 0) return
    const { clock, onEvent } = this.#init
    const now = clock.elapsed()
    const nextAt = clock.now() + Math.max(0, this.#due - now)
    this.#isStarved = content === undefined
    if (content === undefined) return this.#skip('no-head', nextAt)
    const beat = this.#compose(content)
    // One beat for all legs: where it arrives twice, it is counted once.
    const sent = this.#legs.map((leg) => {
      const { version } = leg.leg
      const bytes = attempt(() => leg.send(beat))
      return bytes && { bytes, version }
    })
    const first = sent.find((each) => each !== undefined)
    if (first === undefined) {
      const isSuspect = this.#legs.every(({ trust }) => trust === 'suspect')
      return this.#skip(isSuspect ? 'unanswered' : 'needs-drain', nextAt)
    }
    this.#seq = beat.seq
    this.#lastBeat = beat
    this.#cadence.record(now, beat.next)
    const isSlowed = this.#page === 'frozen' || this.#cadence.isSlowed(this.#period)
    onEvent({ type: 'sent', beat, ...first, at: clock.now(), nextAt, isSlowed })
    this.#noteWork()
  }

  // Where no beats leave, their absence says nothing of a sleep.
  #skip(reason: (SenderEvent & { type: 'skipped' })['reason'], nextAt: number): void {
    this.#cadence.reset()
    this.#init.onEvent({ type: 'skipped', reason, nextAt })
  }

  #compose(content: BeatContent, page?: Beat['page']): Beat {
    return {
      ...content,
      seq: this.#seq + 1,
      session: this.#session,
      next: this.#cadence.next(this.#period, this.#page),
      page: page ?? (this.#page === 'visible' ? 'visible' : 'hidden')
    }
  }

  #hasSlept(): boolean {
    return this.#cadence.hasSlept(this.#init.clock.elapsed(), this.#suspicionPeriod)
  }

  // ── Seeking ──────────────────────────────────────────────────────────────

  async #seekLoop(signal: AbortSignal): Promise<void> {
    const { clock } = this.#init
    while (!signal.aborted) {
      if (!this.#needsLeg) await this.#seekAlarm.wait(undefined, signal)
      else if (clock.elapsed() < this.#retryAt) await this.#seekAlarm.wait(this.#retryAt, signal)
      else await this.#open(signal)
    }
  }

  get #needsLeg(): boolean {
    if (this.#isHalted) return false
    return !this.#legs.some(({ trust }) => trust === 'trusted' || trust === 'new')
  }

  async #open(signal: AbortSignal): Promise<void> {
    const { clock, route, onEvent } = this.#init
    const opening = new AbortController()
    this.#opening = opening
    const doubt = this.#legs.length > 0
    if (!doubt) onEvent({ type: 'connecting', attempt: this.#attempts + 1 })
    const openedAt = clock.elapsed()
    const onBetter = (better: Leg): void => this.#offer(better, opening)
    try {
      const leg = await route.open(opening.signal, onBetter, { doubt })
      if (opening.signal.aborted || !this.#needsLeg) return await leg.close()
      this.#adopt(this.#watch(leg, clock.elapsed() - openedAt), opening)
    } catch (error) {
      if (!signal.aborted && !opening.signal.aborted) this.#failed(asError(error))
    } finally {
      this.#opening = undefined
    }
  }

  #adopt(leg: WatchedLeg, opening: AbortController): void {
    // Of two legs that do not answer, the first is kept: what is under way on it may arrive.
    for (const worse of this.#legs.slice(1)) void worse.end()
    this.#climbs.set(leg, opening)
    this.#setLegs([...this.#legs.slice(0, 1), leg])
    this.#provingSince = this.#init.clock.elapsed()
    if (this.#legs.length === 1) this.#show(leg)
    this.#beatNow()
  }

  #watch(leg: Leg, openingTime: number): WatchedLeg {
    const { clock } = this.#init
    const observer = this.#observer
    return new WatchedLeg(leg, {
      clock,
      suspicionPeriod: this.#suspicionPeriod,
      openingTime,
      observer
    })
  }

  #offer(better: Leg, opening: AbortController): void {
    if (opening.signal.aborted || this.#isHalted) {
      void better.close()
      return
    }
    this.#opening?.abort(new Error('a better way came up'))
    const wasEmpty = this.#legs.length === 0
    const leg = this.#watch(better, 0)
    for (const worse of this.#legs) {
      void worse.end()
      // It goes on for the leg that it brought.
      if (this.#climbs.get(worse) === opening) this.#climbs.delete(worse)
    }
    this.#climbs.set(leg, opening)
    this.#setLegs([leg])
    this.#show(leg)
    if (wasEmpty) this.#beatNow()
  }

  #show(leg: WatchedLeg | undefined): void {
    this.#shown = leg
    if (leg === undefined) return
    this.#init.onEvent({ type: 'connected', way: leg.leg.way, address: leg.leg.address })
  }

  // ── What becomes of the legs ─────────────────────────────────────────────

  readonly #observer: LegObserver = {
    accepted: (leg, rtt) => {
      const { version } = leg.leg
      if (leg === this.#shown) {
        this.#init.onEvent({ type: 'accepted', version, ...(rtt !== undefined && { rtt }) })
      }
      if (leg.wasMisunderstood) this.#beatNow()
    },
    alive: (leg, rtt) => {
      this.#opening?.abort(new Error('the leg in doubt answered'))
      this.#keepOnly(leg)
      this.#init.onEvent({ type: 'alive', ...(rtt !== undefined && { rtt }) })
    },
    acknowledged: (leg, ack, rtt) => {
      this.#worked()
      this.#keepOnly(leg)
      this.#note(ack, rtt)
    },
    farewell: (_, bye) => this.#farewell(bye),
    suspect: (leg) => {
      if (leg === this.#shown) this.#init.onEvent({ type: 'suspect' })
      // A leg that never worked is no better than one that could not be opened: a server that takes
      // streams and answers no beat is not to be dialled without end.
      if (this.#provingSince !== undefined) this.#failed(unanswered())
      else this.#retryAt = Math.max(this.#init.clock.elapsed(), this.#refusedUntil)
      this.#seekAlarm.ring()
    },
    lost: (leg, error) => {
      void leg.end()
      const hadWorked = leg === this.#shown && this.#provingSince === undefined
      this.#setLegs(this.#legs.filter((each) => each !== leg))
      if (this.#legs.length > 0 || !hadWorked) this.#failed(error)
      else this.#lost(error)
      this.#seekAlarm.ring()
    }
  }

  /** The first leg to answer wins: the others end. */
  #keepOnly(leg: WatchedLeg): void {
    if (this.#legs.length > 1) {
      for (const other of this.#legs) if (other !== leg) void other.end()
      this.#setLegs([leg])
    }
    if (leg === this.#shown) return
    this.#show(leg)
    const { version } = leg.leg
    if (leg.isAccepted) this.#init.onEvent({ type: 'accepted', version })
  }

  #note(ack: Ack, rtt: number | undefined): void {
    const { clock, onEvent } = this.#init
    if (ack.pace !== undefined && ack.pace !== this.#pace) {
      this.#pace = ack.pace
      onEvent({ type: 'paced', period: this.#period })
    }
    if (ack.reason !== undefined) return this.#rejected(ack.reason)
    const beat = this.#lastBeat?.seq === ack.seq ? this.#lastBeat : undefined
    onEvent({
      type: 'acknowledged',
      ack,
      at: clock.now(),
      ...(beat && { beat }),
      ...(rtt !== undefined && { rtt })
    })
  }

  #rejected(reason: RejectReason): void {
    const { clock, onEvent } = this.#init
    switch (reason) {
      case 'too-often':
        return onEvent({ type: 'rejected', reason })
      case 'replayed':
        this.#session = newSession()
        this.#seq = 0
        return onEvent({ type: 'rejected', reason })
      case 'refused':
        this.#refusedUntil = clock.elapsed() + REFUSAL_PERIOD
        this.#retryAt = this.#refusedUntil
        void this.#dropLegs()
        this.#seekAlarm.ring()
        return onEvent({ type: 'rejected', reason, retryAt: clock.now() + REFUSAL_PERIOD })
      case 'wrong-network':
      case 'duplicate-identity':
      case 'malformed':
        this.#isHalted = true
        void this.#dropLegs()
        return onEvent({ type: 'rejected', reason, isFinal: true })
      default:
        reason satisfies never
    }
  }

  // Every leg leads to the same server.
  #farewell({ retry }: Bye): void {
    const { clock, random } = this.#init
    void this.#dropLegs()
    const delay = random() * retry
    this.#retryAt = Math.max(clock.elapsed() + delay, this.#refusedUntil)
    const error = new RouteError('aggregator', 'the server goes down, and asks to come back later')
    this.#tellFailure(error, delay)
    this.#seekAlarm.ring()
  }

  /** Gives up every leg, and the one that is being opened. */
  async #dropLegs(): Promise<void> {
    this.#opening?.abort(new Error('no leg is wanted now'))
    const legs = this.#legs
    this.#setLegs([])
    await Promise.all(legs.map((leg) => leg.end()))
  }

  // Where a leg is gone there is nothing to better; where all are, no beats leave.
  #setLegs(legs: readonly WatchedLeg[]): void {
    this.#legs = legs
    for (const [leg, climb] of this.#climbs) {
      if (legs.includes(leg)) continue
      climb.abort(new Error('the leg is gone'))
      this.#climbs.delete(leg)
    }
    if (legs.length === 0) this.#cadence.reset()
  }

  #abort(reason: Error): void {
    this.#controller?.abort(reason)
    this.#opening?.abort(reason)
  }

  // ── Losses and failures ──────────────────────────────────────────────────

  // A server that refuses in its handler has accepted the protocol first, so where nothing is
  // acknowledged, a leg has worked only once it was still there for its second beat.
  #noteWork(): void {
    const since = this.#provingSince
    if (since === undefined || !this.#shown?.isAccepted) return
    if (this.#shown.leg.version === 2) return
    if (this.#init.clock.elapsed() - since >= this.#period) this.#worked()
  }

  #worked(): void {
    this.#provingSince = undefined
    this.#attempts = 0
    this.#failures.recovered()
  }

  /** A leg that worked is gone, and no other is there. */
  #lost(error: Error): void {
    const { beatPeriod, reconnectPeriod, clock, random, onEvent } = this.#init
    const window = Math.min(reconnectPeriod, beatPeriod * RECONNECT_SHARE)
    this.#retryAt = Math.max(clock.elapsed() + random() * window, this.#refusedUntil)
    onEvent({ type: 'lost', error })
  }

  #failed(error: Error): void {
    const { reconnectPeriod, clock, random } = this.#init
    // Another layer fails now: something came back, so the next try is worth making soon.
    const layer = error instanceof RouteError ? error.layer : undefined
    if (layer !== this.#failingLayer) this.#attempts = 0
    this.#failingLayer = layer
    const delay = Math.max(
      retryDelay(this.#attempts++, reconnectPeriod, random),
      this.#isOnline ? 0 : OFFLINE_RETRY_PERIOD
    )
    this.#retryAt = Math.max(clock.elapsed() + delay, this.#refusedUntil)
    this.#tellFailure(error, delay)
  }

  #tellFailure(error: Error, delay: number): void {
    const { clock, onEvent } = this.#init
    const now = clock.now()
    const level = this.#failures.failed(now)
    const since = this.#failures.since ?? now
    const attempts = this.#attempts
    const isKept = this.#legs.length > 0
    onEvent({ type: 'failed', error, level, attempts, since, retryAt: now + delay, isKept })
  }
}

function unanswered(): RouteError {
  return new RouteError('aggregator-silent', 'the server answers no beat')
}

function newSession(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(SESSION_BYTES))
}

/** What `run` gives; `undefined` when it throws: a leg that was just closed tells by itself. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch {
    return undefined
  }
}
