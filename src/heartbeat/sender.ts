import { RECONNECT_SHARE } from '../constants.ts'
import { RouteError } from '../errors.ts'
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
  #better: Leg | undefined
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

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#init.onEvent({ type: 'connecting', attempt: this.#attempts + 1 })
      let worked = false
      try {
        const leg = await this.#init.route.open(signal, (better) => this.#offer(better, signal))
        await this.#beatOn(leg, signal, () => {
          worked = true
        })
      } catch (error) {
        if (signal.aborted) return
        const delay = this.#failed(asError(error), worked)
        await this.#pause(this.#init.clock.elapsed() + delay, signal)
      }
    }
  }

  /** @returns how long to wait before the next try, in ms */
  #failed(error: Error, worked: boolean): number {
    const { beatPeriod, reconnectPeriod, clock, random, onEvent } = this.#init
    if (worked) {
      onEvent({ type: 'lost', error })
      return random() * Math.min(reconnectPeriod, beatPeriod * RECONNECT_SHARE)
    }
    const now = clock.now()
    const delay = retryDelay(this.#attempts++, reconnectPeriod, random)
    const level = this.#failures.failed(now)
    const since = this.#failures.since ?? now
    onEvent({ type: 'failed', error, level, attempts: this.#attempts, since, retryAt: now + delay })
    return delay
  }

  // Throws when the leg is lost; returns only when stopped. Beats are timed by a clock that never
  // jumps: one that is set back by an hour must not silence them for an hour.
  async #beatOn(first: Leg, signal: AbortSignal, onAccepted: () => void): Promise<void> {
    const { beatPeriod, clock } = this.#init
    let leg = first
    let lost: Error | undefined
    const adopt = (next: Leg): void => {
      leg = next
      this.#adopt(next, onAccepted, (error) => {
        if (leg !== next) return
        lost ??= error
        this.#wake()
      })
    }
    adopt(first)
    try {
      let due = clock.elapsed()
      while (!signal.aborted && lost === undefined) {
        due += beatPeriod
        // After a sleep the beats that were missed are not made up for.
        if (due <= clock.elapsed()) due = clock.elapsed() + beatPeriod
        await this.#beat(leg, due, signal)
        while (!signal.aborted && lost === undefined && clock.elapsed() < due) {
          const better = this.#better
          if (better === undefined) {
            await this.#pause(due, signal)
            continue
          }
          const worse = leg
          this.#better = undefined
          adopt(better)
          void worse.close()
        }
      }
    } catch (error) {
      lost ??= asError(error)
    } finally {
      await leg.close()
    }
    if (lost !== undefined) throw lost
  }

  #adopt(leg: Leg, onAccepted: () => void, onLost: (error: Error) => void): void {
    const { onEvent } = this.#init
    onEvent({ type: 'connected', way: leg.way, address: leg.address })
    leg.accepted.then(
      (rtt) => {
        onAccepted()
        this.#attempts = 0
        this.#failures.recovered()
        onEvent({ type: 'accepted', ...(rtt !== undefined && { rtt }) })
      },
      (cause) => onLost(new RouteError('aggregator', 'the server takes no heartbeats', { cause }))
    )
    leg.closed.then(() => onLost(new RouteError('aggregator', `the ${leg.way} leg was closed`)))
  }

  async #beat(leg: Leg, due: number, signal: AbortSignal): Promise<void> {
    const { source, clock, onEvent } = this.#init
    const prepared = await source.next(signal)
    const nextAt = clock.now() + Math.max(0, due - clock.elapsed())
    if (prepared === undefined) {
      onEvent({ type: 'skipped', reason: 'no-head', nextAt })
      return
    }
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
