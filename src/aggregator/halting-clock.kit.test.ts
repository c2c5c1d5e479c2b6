import type { Clock } from '../timing/index.ts'

/** Time of a process that stands still now and then: what was due meanwhile comes afterwards. */
export class HaltingClock implements Clock {
  readonly #clock: Clock
  readonly #due: (() => void)[] = []
  isHalted = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  now(): number {
    return this.#clock.now()
  }

  elapsed(): number {
    return this.#clock.elapsed()
  }

  after(delay: number, run: () => void): () => void {
    return this.#clock.after(delay, () => this.whenAwake(run))
  }

  whenAwake(run: () => void): void {
    if (this.isHalted) this.#due.push(run)
    else run()
  }

  resume(): void {
    this.isHalted = false
    for (const run of this.#due.splice(0)) run()
  }
}
