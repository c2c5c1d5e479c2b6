import { MAX_NEXT_PERIOD, MIN_PERIOD } from '../constants.ts'
import { Alarm, type Clock } from '../timing/index.ts'
import type { Beat } from '../wire/index.ts'
import type { BeatContent, BeatSource } from './beat-source.ts'
import { Cadence, type PageVisibility } from './cadence.ts'
import type { Legs } from './legs.ts'
import type { SenderEvent } from './sender-event.ts'
import type { Session } from './session.ts'

/** What a beater is made of. */
export interface BeaterInit {
  readonly source: BeatSource
  readonly session: Session
  readonly legs: Legs
  /** How often to beat, in ms, unless the aggregator asks for another pace. */
  readonly beatPeriod: () => number
  /** How late a beat may be before this machine must have slept, in ms. */
  readonly suspicionPeriod: () => number
  readonly clock: Clock
  readonly onEvent: (event: SenderEvent) => void
}

/** Beats over the legs that there are, strictly one beat after another. */
export class Beater {
  readonly #init: BeaterInit
  readonly #alarm: Alarm
  readonly #cadence = new Cadence()
  #page: PageVisibility
  #pace: number | undefined
  /** Round trip of the last answered beat, in whole ms. */
  #rtt: number | undefined
  /** When the last beat was due, or left if that was much later, by the clock's measure. */
  #last = 0
  /** When the next beat is due, by the clock's measure. */
  #due = 0
  /** The last beat found no head. */
  #isStarved = false

  constructor(init: BeaterInit, page: PageVisibility) {
    this.#init = init
    this.#page = page
    this.#alarm = new Alarm(init.clock)
  }

  /** How often it beats, in ms. */
  get period(): number {
    return this.#pace === undefined ? this.#init.beatPeriod() : Math.max(this.#pace, MIN_PERIOD)
  }

  /** Whether so much time has passed since the last beat that this machine must have slept. */
  get hasSlept(): boolean {
    const { clock, suspicionPeriod } = this.#init
    return this.#cadence.hasSlept(clock.elapsed(), suspicionPeriod())
  }

  // Beats are timed by a clock that never jumps: one that is set back by an hour must not silence
  // them for an hour.
  async run(signal: AbortSignal): Promise<void> {
    const { clock, legs, source } = this.#init
    while (!signal.aborted) {
      if (legs.isEmpty) {
        // Where no beats leave, their absence says nothing of a sleep.
        this.#cadence.reset()
        await this.#alarm.wait(undefined, signal)
      } else if (clock.elapsed() < this.#due) {
        await this.#alarm.wait(this.#due, signal)
      } else {
        if (this.hasSlept) this.doubt()
        // Beats that were missed are not made up for, and a late one is not followed at once by the
        // next: where a browser wakes its timers once a second, two would come at a time.
        const now = clock.elapsed()
        this.#last = now - this.#due > this.period / 2 ? now : this.#due
        this.#due = this.#last + this.period
        const content = await source.next(signal).catch(() => undefined)
        // A beat that was asked for meanwhile is this very one.
        if (content !== undefined) this.#due = this.#last + this.period
        if (!signal.aborted) this.#send(content)
      }
    }
  }

  beatNow(): void {
    this.#due = this.#init.clock.elapsed()
    this.#alarm.ring()
  }

  /** The legs may have died unnoticed: doubts them, and beats at once. */
  doubt(): void {
    this.#cadence.reset()
    this.#init.legs.doubt()
    this.beatNow()
  }

  /** Beats at once if the last beat found no head: there is one now. */
  headArrived(): void {
    if (!this.#isStarved) return
    this.#isStarved = false
    this.beatNow()
  }

  /** Takes note of how the page is seen. One that is about to be frozen says so in a last beat. */
  setPage(page: PageVisibility): void {
    this.#page = page
    const { last } = this.#init.source
    if (page === 'frozen' && last !== undefined) this.#send(last)
  }

  /** Beats sooner if the period has become shorter. What the last beat announced is always kept. */
  hurry(): void {
    this.#due = Math.min(this.#due, this.#last + this.period)
    this.#alarm.ring()
  }

  /** Beats as often as the aggregator asks, from the next beat on. */
  obey(pace: number): void {
    if (pace === this.#pace) return
    this.#pace = pace
    this.#init.onEvent({ type: 'paced', period: this.period })
  }

  /** Takes note of how long an answer took, in ms, for the next beat to tell. */
  answered(rtt: number): void {
    this.#rtt = Math.min(Math.round(rtt), MAX_NEXT_PERIOD)
  }

  /** Says farewell: the page is going away. */
  leave(): void {
    const { source, legs } = this.#init
    if (source.last !== undefined) legs.send(this.#compose(source.last, 'leaving'))
  }

  #send(content: BeatContent | undefined): void {
    const { clock, legs, session, onEvent } = this.#init
    if (legs.isEmpty) return
    const now = clock.elapsed()
    const at = clock.now()
    const nextAt = at + Math.max(0, this.#due - now)
    this.#isStarved = content === undefined
    if (content === undefined) return this.#skip('no-head', nextAt)
    const beat = this.#compose(content)
    const sent = legs.send(beat)
    if (sent === undefined)
      return this.#skip(legs.areSuspect ? 'unanswered' : 'needs-drain', nextAt)
    session.record(beat)
    this.#cadence.record(now, beat.next, this.period)
    const isSlowed = this.#page === 'frozen' || this.#cadence.isSlowed
    onEvent({ type: 'sent', beat, ...sent, at, nextAt, isSlowed })
  }

  #skip(reason: (SenderEvent & { type: 'skipped' })['reason'], nextAt: number): void {
    this.#cadence.reset()
    this.#init.onEvent({ type: 'skipped', reason, nextAt })
  }

  #compose(content: BeatContent, page?: Beat['page']): Beat {
    return this.#init.session.compose(content, {
      next: this.#cadence.next(this.period, this.#page),
      page: page ?? (this.#page === 'visible' ? 'visible' : 'hidden'),
      ...(this.#rtt !== undefined && { rtt: this.#rtt })
    })
  }
}
