// A clock for tests: time stands still until the test moves it. Never exported by the room's face.

import type { Clock } from './clock.ts'

interface Timer {
  readonly at: number
  readonly run: () => void
}

/** A clock whose time moves only by `advance`. For tests. */
export class FakeClock implements Clock {
  #now: number
  #elapsed = 0
  #timers = new Set<Timer>()
  #watchers = new Set<() => void>()

  /** @param now milliseconds since 1970 to begin at */
  constructor(now = 0) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  elapsed(): number {
    return this.#elapsed
  }

  after(delay: number, run: () => void): () => void {
    const timer = { at: this.#elapsed + Math.max(0, delay), run }
    this.#timers.add(timer)
    for (const notify of this.#watchers) notify()
    return () => void this.#timers.delete(timer)
  }

  /** How long each pending timer still has, in ms, soonest first. */
  get pending(): number[] {
    return [...this.#timers].map(({ at }) => at - this.#elapsed).sort((a, b) => a - b)
  }

  /**
   * Moves time by `period` ms and runs the timers that fall due, in their order, also those that
   * they set themselves. What they settle is seen by `await`s only afterwards.
   */
  advance(period: number): void {
    const end = this.#elapsed + period
    for (;;) {
      const next = this.#soonest()
      if (!next || next.at > end) break
      this.#moveTo(next.at)
      this.#timers.delete(next)
      next.run()
    }
    this.#moveTo(end)
  }

  /** Moves time as `advance` does, but lets every pending promise go on after each timer. */
  async tick(period: number): Promise<void> {
    const end = this.#elapsed + period
    for (;;) {
      await settled()
      const next = this.#soonest()
      if (!next || next.at > end) break
      this.advance(next.at - this.#elapsed)
    }
    this.advance(end - this.#elapsed)
    await settled()
  }

  /** Sets the wall clock alone, as a user or a time server does; measured time stays. */
  jump(now: number): void {
    this.#now = now
  }

  /** Resolves as soon as a pending timer fits: by default, as soon as there is any. */
  async waiting(fits: (delay: number) => boolean = () => true): Promise<void> {
    const found = (): boolean => this.pending.some(fits)
    if (found()) return
    await new Promise<void>((resolve) => {
      const notify = (): void => {
        if (!found()) return
        this.#watchers.delete(notify)
        resolve()
      }
      this.#watchers.add(notify)
    })
  }

  #soonest(): Timer | undefined {
    let soonest: Timer | undefined
    for (const timer of this.#timers) if (!soonest || timer.at < soonest.at) soonest = timer
    return soonest
  }

  #moveTo(elapsed: number): void {
    this.#now += elapsed - this.#elapsed
    this.#elapsed = elapsed
  }
}

/** Waits until no promise that is already settled has anything left to run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
