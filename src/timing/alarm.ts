import type { Clock } from './clock.ts'

/** A sleeper that can be woken. One waits on it at a time. */
export class Alarm {
  readonly #clock: Clock
  #wake: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Ends the wait under way, if there is one. */
  ring(): void {
    this.#wake?.()
  }

  /** Waits until the clock's measure reaches `until` (ms; endlessly without it), or it is rung. Never throws. */
  async wait(until: number | undefined, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    await new Promise<void>((resolve) => {
      const end = (): void => {
        cancel?.()
        signal.removeEventListener('abort', end)
        this.#wake = undefined
        resolve()
      }
      const delay = until === undefined ? undefined : Math.max(0, until - this.#clock.elapsed())
      const cancel = delay === undefined ? undefined : this.#clock.after(delay, end)
      signal.addEventListener('abort', end, { once: true })
      this.#wake = end
    })
  }
}
