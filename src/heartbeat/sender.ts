import { ACCEPT_TIMEOUT, RECONNECT_SHARE } from '../constants.ts'
import { type FailingLayer, RouteError } from '../errors.ts'
import { type Clock, retryDelay } from '../timing/index.ts'
import type { Heartbeat } from '../wire/index.ts'
import { asError, type BeatSource } from './beat-source.ts'
import { type FailureLevel, FailureLog } from './failure-log.ts'
import type { Leg, Route, Way } from './route.ts'

/** What happens to a sender, in order. Times are ms since 1970. */
export type SenderEvent =
  | { readonly type: 'connecting'; readonly attempt: number }
  | { readonly type: 'connected'; readonly way: Way; readonly address: string }
  | { readonly type: 'accepted'; readonly rtt?: number }
  | {
      readonly type: 'sent'
      readonly beat: Heartbeat
      readonly bytes: Uint8Array
      readonly stale: boolean
      readonly at: number
      readonly nextAt: number
    }
  | {
      readonly type: 'skipped'
      readonly reason: 'no-head' | 'needs-drain'
      readonly nextAt: number
    }
  | { readonly type: 'lost'; readonly error: Error }
  | {
      readonly type: 'failed'
      readonly error: Error
      readonly level: FailureLevel
      readonly attempts: number
      readonly since: number
      readonly retryAt: number
    }

/** What a sender is made of. */
export interface SenderInit {
  readonly route: Route
  readonly source: BeatSource
  /** How often to beat, in ms. */
  readonly beatPeriod: number
  /** First back-off window, in ms. */
  readonly reconnectPeriod: number
  readonly clock: Clock
  readonly random: () => number
  readonly onEvent: (event: SenderEvent) => void
}

/** A leg that beats go over, and what became of it. */
interface Watch {
  readonly leg: Leg
  accepted: boolean
  lost: Error | undefined
  /** Looks away, and closes the leg. */
  end(): Promise<void>
}

/**
 * Beats to one target, strictly one beat after another, and comes back whenever the way is lost,
 * for as long as it runs.
 */
export class Sender {
  readonly #init: SenderInit
  readonly #failures = new FailureLog()
  #controller: AbortController | undefined
  #running: Promise<void> | undefined
  #attempts = 0
  #failingLayer: FailingLayer | undefined
  #better: Leg | undefined
  /** The last beat found no head. */
  #isStarved = false
  /** The next beat shall not wait for its time. */
  #isDueNow = false
  #wake: () => void = () => {}

  constructor(init: SenderInit) {
    this.#init = init
  }

  /** Begins to beat. Does nothing when it beats already. */
  start(): void {
    if (this.#controller !== undefined) return
    this.#controller = new AbortController()
    this.#running = this.#run(this.#controller.signal)
  }

  /** Stops beating; resolves when every leg is closed. May be called twice. */
  async stop(): Promise<void> {
    this.#controller?.abort(new Error('the sender was stopped'))
    await this.#running
    this.#controller = undefined
  }

  /** Tries again at once if it waits for the next try: the device came back, say. */
  wake(): void {
    this.#wake()
  }

  /** Beats at once if the last beat found no head: there is one now. */
  headArrived(): void {
    if (!this.#isStarved) return
    this.#isStarved = false
    this.#isDueNow = true
    this.#wake()
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      let worked = false
      try {
        const leg = await this.#nextLeg(signal)
        await this.#beatOn(leg, signal, () => {
          worked = true
          this.#attempts = 0
          this.#failures.recovered()
        })
      } catch (error) {
        if (signal.aborted) break
        const delay = this.#failed(asError(error), worked)
        if (this.#better === undefined) {
          await this.#pause(this.#init.clock.elapsed() + delay, signal)
        }
      }
    }
    await this.#takeBetter()?.close()
  }

  // A better leg that came up just when the old one went is the quickest way back.
  async #nextLeg(signal: AbortSignal): Promise<Leg> {
    const better = this.#takeBetter()
    if (better !== undefined) return better
    this.#init.onEvent({ type: 'connecting', attempt: this.#attempts + 1 })
    return await this.#init.route.open(signal, (leg) => this.#offer(leg, signal))
  }

  /** @returns how long to wait before the next try, in ms */
  #failed(error: Error, worked: boolean): number {
    const { beatPeriod, reconnectPeriod, clock, random, onEvent } = this.#init
    if (worked) {
      onEvent({ type: 'lost', error })
      return random() * Math.min(reconnectPeriod, beatPeriod * RECONNECT_SHARE)
    }
    const now = clock.now()
    // Another layer fails now: something came back, so the next try is worth making soon.
    const layer = error instanceof RouteError ? error.layer : undefined
    if (layer !== this.#failingLayer) this.#attempts = 0
    this.#failingLayer = layer
    const delay = retryDelay(this.#attempts++, reconnectPeriod, random)
    const level = this.#failures.failed(now)
    const since = this.#failures.since ?? now
    onEvent({ type: 'failed', error, level, attempts: this.#attempts, since, retryAt: now + delay })
    return delay
  }

  // Throws when the leg is lost; returns only when stopped. Beats are timed by a clock that never
  // jumps: one that is set back by an hour must not silence them for an hour.
  async #beatOn(first: Leg, signal: AbortSignal, onWorked: () => void): Promise<void> {
    const { beatPeriod, clock } = this.#init
    let watch = this.#adopt(first)
    const startedAt = clock.elapsed()
    try {
      let due = startedAt
      while (!signal.aborted && watch.lost === undefined) {
        due = this.#nextDue(due, beatPeriod)
        await this.#beat(watch.leg, due, signal)
        // A server that refuses in its handler has accepted the protocol first, so a leg has
        // worked only once it was still there for its second beat.
        if (watch.accepted && clock.elapsed() - startedAt >= beatPeriod) onWorked()
        while (!this.#isDueNow && !signal.aborted && !watch.lost && clock.elapsed() < due) {
          const better = this.#takeBetter()
          if (better === undefined) {
            await this.#pause(due, signal)
            continue
          }
          const worse = watch
          watch = this.#adopt(better)
          void worse.end()
        }
      }
    } catch (error) {
      watch.lost ??= asError(error)
    } finally {
      await watch.end()
    }
    if (watch.lost !== undefined) throw watch.lost
  }

  // After a sleep the beats that were missed are not made up for.
  #nextDue(due: number, period: number): number {
    const now = this.#init.clock.elapsed()
    const next = this.#isDueNow ? now + period : due + period
    this.#isDueNow = false
    return next <= now ? now + period : next
  }

  /** Keeps an eye on a leg from now on. */
  #adopt(leg: Leg): Watch {
    const { clock, onEvent } = this.#init
    onEvent({ type: 'connected', way: leg.way, address: leg.address })
    let isWatched = true
    const lose = (layer: FailingLayer, problem: string, cause?: unknown): void => {
      if (!isWatched) return
      watch.lost ??= new RouteError(layer, problem, { cause })
      this.#wake()
    }
    const cancel = clock.after(ACCEPT_TIMEOUT, () => {
      lose('aggregator-silent', 'the server does not answer')
    })
    const watch: Watch = {
      leg,
      accepted: false,
      lost: undefined,
      end: async () => {
        isWatched = false
        cancel()
        await leg.close()
      }
    }
    leg.accepted.then(
      (rtt) => {
        cancel()
        if (!isWatched) return
        watch.accepted = true
        onEvent({ type: 'accepted', ...(rtt !== undefined && { rtt }) })
      },
      (cause) => lose('aggregator', 'the server takes no heartbeats', cause)
    )
    leg.closed.then(() => lose('aggregator', `the ${leg.way} leg was closed`))
    return watch
  }

  async #beat(leg: Leg, due: number, signal: AbortSignal): Promise<void> {
    const { source, clock, onEvent } = this.#init
    const prepared = await source.next(signal)
    const nextAt = clock.now() + Math.max(0, due - clock.elapsed())
    if (prepared === undefined) {
      this.#isStarved = true
      onEvent({ type: 'skipped', reason: 'no-head', nextAt })
      return
    }
    this.#isStarved = false
    const { beat, bytes, stale } = prepared
    if (leg.send(bytes)) onEvent({ type: 'sent', beat, bytes, stale, at: clock.now(), nextAt })
    else onEvent({ type: 'skipped', reason: 'needs-drain', nextAt })
  }

  #offer(better: Leg, signal: AbortSignal): void {
    if (signal.aborted) {
      void better.close()
      return
    }
    void this.#better?.close()
    this.#better = better
    this.#wake()
  }

  #takeBetter(): Leg | undefined {
    const better = this.#better
    this.#better = undefined
    return better
  }

  /** Waits until the clock's measure reaches `until` (ms), or something wakes it. Never throws. */
  async #pause(until: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    const { clock } = this.#init
    await new Promise<void>((resolve) => {
      const end = (): void => {
        cancel()
        signal.removeEventListener('abort', end)
        this.#wake = () => {}
        resolve()
      }
      const cancel = clock.after(Math.max(0, until - clock.elapsed()), end)
      signal.addEventListener('abort', end, { once: true })
      this.#wake = end
    })
  }
}
