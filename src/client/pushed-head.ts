import { HeadError } from '../errors.ts'
import type { Head, HeadSource } from '../head/index.ts'

/** A source that knows what it was told last. A read before that waits for the first head. */
export class PushedHead implements HeadSource {
  readonly name = 'wallet'
  #latest: Head | HeadError | undefined
  #first = Promise.withResolvers<void>()

  push(head: Head): void {
    this.#latest = head
    this.#first.resolve()
  }

  fail(problem: string): void {
    this.#latest = new HeadError(this.name, problem)
    this.#first.resolve()
  }

  async read(): Promise<Head> {
    await this.#first.promise
    if (this.#latest === undefined || this.#latest instanceof HeadError) {
      throw this.#latest ?? new HeadError(this.name, 'has no head yet')
    }
    return this.#latest
  }
}
