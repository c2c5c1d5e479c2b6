import { HeadError } from '../errors.ts'
import type { Head, HeadSource } from '../head/index.ts'
import type { Clock } from '../timing/index.ts'

/** A source that knows what it was told last. A read before that waits for the first head. */
export class PushedHead implements HeadSource {
  readonly name = 'wallet'
  readonly #clock: Clock
  readonly #maxAge: () => number
  #latest: Head | HeadError | undefined
  #toldAt = 0
  #first = Promise.withResolvers<void>()

  /** @param maxAge how old may be what it was told last, in ms */
  constructor(clock: Clock, maxAge: () => number) {
    this.#clock = clock
    this.#maxAge = maxAge
  }

  /** @param age how long ago the wallet handed it in, in ms */
  push(head: Head, age: number): void {
    this.#latest = head
    this.#toldAt = this.#clock.elapsed() - age
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
    const age = this.#clock.elapsed() - this.#toldAt
    if (age > this.#maxAge()) {
      throw new HeadError(this.name, `has said nothing new for ${Math.round(age / 1_000)} s`)
    }
    return this.#latest
  }
}
