import { ANNOUNCE_DELAY } from '../constants.ts'

/**
 * What a screen reader is told: transitions, once they have held for a while, and nothing else. The
 * first thing that it hears of is no transition.
 */
export class Announcer {
  readonly #onNews: () => void
  #told: string | undefined
  #heard: string | undefined
  #news = ''
  #timer: ReturnType<typeof setTimeout> | undefined

  /** @param onNews called when there is something else to be told */
  constructor(onNews: () => void) {
    this.#onNews = onNews
  }

  /**
   * @param key what is so by now; the same one again is no transition
   * @param say puts it into words, when it is told
   * @returns what is to be told at this moment
   */
  hear(key: string, say: () => string): string {
    this.#told ??= key
    if (key === this.#heard) return this.#news
    this.#heard = key
    clearTimeout(this.#timer)
    if (key !== this.#told) {
      this.#timer = setTimeout(() => {
        this.#told = key
        this.#news = say()
        this.#onNews()
      }, ANNOUNCE_DELAY)
    }
    return this.#news
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#heard = undefined
  }
}
