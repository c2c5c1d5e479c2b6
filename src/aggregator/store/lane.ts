import { StoreError } from '../../errors.ts'

/** Lets one piece of work go on at a time, in order; who gives up is not waited for. */
export class Lane {
  readonly #max: number
  readonly #waiting: (() => void)[] = []
  #isBusy = false

  /** @param max how many may wait */
  constructor(max: number) {
    this.#max = max
  }

  /**
   * Settles as `work` does; work that began goes on when the signal aborts.
   *
   * @throws {StoreError} when too many wait, or the signal aborts first
   */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (signal.aborted) throw givenUp()
    if (this.#waiting.length >= this.#max) {
      throw new StoreError('too much is asked of the history at once: ask again in a moment')
    }
    return await new Promise<T>((resolve, reject) => {
      const abort = (): void => {
        const index = this.#waiting.indexOf(begin)
        if (index !== -1) this.#waiting.splice(index, 1)
        reject(givenUp())
      }
      const begin = (): void => {
        this.#isBusy = true
        work()
          .then(resolve, reject)
          .finally(() => {
            signal.removeEventListener('abort', abort)
            this.#isBusy = false
            this.#waiting.shift()?.()
          })
      }
      signal.addEventListener('abort', abort, { once: true })
      if (this.#isBusy) this.#waiting.push(begin)
      else begin()
    })
  }
}

function givenUp(): StoreError {
  return new StoreError('the question was given up before its answer was there')
}
