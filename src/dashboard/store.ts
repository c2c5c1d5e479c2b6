import { type DashboardState, NOTHING_HEARD } from './model.ts'

/** Holds the present state, and tells whoever subscribed that it changed, at most once a frame. */
export class Store {
  readonly #schedule: (run: () => void) => void
  readonly #listeners = new Set<() => void>()
  #state = NOTHING_HEARD
  #isScheduled = false

  /** @param schedule calls once, soon; a frame of the page, which a hidden one is not given */
  constructor(schedule: (run: () => void) => void) {
    this.#schedule = schedule
  }

  get state(): DashboardState {
    return this.#state
  }

  /** Puts the next state in the place of the present one. */
  update(next: (state: DashboardState) => DashboardState): void {
    const before = this.#state
    this.#state = next(before)
    if (this.#state === before || this.#isScheduled) return
    this.#isScheduled = true
    this.#schedule(() => {
      this.#isScheduled = false
      for (const listener of [...this.#listeners]) listener()
    })
  }

  /** Calls `listener` after changes, until the returned function is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
