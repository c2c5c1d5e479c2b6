import { DASHBOARD_RETRY_QUESTION_PERIOD } from '../constants.ts'
import type { Clock } from '../timing/index.ts'

/** What a repeated question works with. */
export interface RefetchInit<T> {
  readonly ask: (signal: AbortSignal) => Promise<T>
  /** Least time from one question's begin to the next's, in ms. */
  readonly period: number
  readonly clock: Clock
  readonly onAnswer: (answer: T) => void
  readonly onProblem: (error: unknown) => void
}

/** Asks the same again and again: one question at a time, and never more often than its period. */
export class Refetch<T> {
  readonly #init: RefetchInit<T>
  #flight: AbortController | undefined
  #cancelTimer: (() => void) | undefined
  #askedAt = Number.NEGATIVE_INFINITY
  #isPaused = false
  #hasFailed = false

  constructor(init: RefetchInit<T>) {
    this.#init = init
  }

  /** Goes on asking, beginning as soon as the period allows. */
  start(): void {
    this.#isPaused = false
    if (this.#flight !== undefined || this.#cancelTimer !== undefined) return
    const { clock, period } = this.#init
    const least = this.#hasFailed ? Math.min(period, DASHBOARD_RETRY_QUESTION_PERIOD) : period
    const delay = Math.max(0, this.#askedAt + least - clock.elapsed())
    this.#cancelTimer = clock.after(delay, () => {
      this.#cancelTimer = undefined
      void this.#ask()
    })
  }

  /** The question is another now: what is under way no longer matters. */
  renew(): void {
    this.stop()
    this.#askedAt = Number.NEGATIVE_INFINITY
    this.start()
  }

  /** Asks no more until `start`, but still takes the answer to what was asked. */
  pause(): void {
    this.#isPaused = true
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }

  /** Asks no more; what is under way is given up, and its answer is not told. */
  stop(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    this.#flight?.abort()
    this.#flight = undefined
  }

  async #ask(): Promise<void> {
    const { ask, clock, onAnswer, onProblem } = this.#init
    const flight = new AbortController()
    this.#flight = flight
    this.#askedAt = clock.elapsed()
    try {
      const answer = await ask(flight.signal)
      this.#hasFailed = false
      if (!flight.signal.aborted) onAnswer(answer)
    } catch (error) {
      this.#hasFailed = true
      if (!flight.signal.aborted) onProblem(error)
    }
    if (flight.signal.aborted) return
    this.#flight = undefined
    if (!this.#isPaused) this.start()
  }
}
