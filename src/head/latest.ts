import type { Clock } from '../timing/index.ts'
import type { Head, HeadObserver } from './index.ts'

type Learnt = ({ readonly head: Head } | { readonly error: Error }) & { readonly at: number }

/** What a source learnt last while it is watched, so that a read need not ask the node again. */
export class Latest {
  readonly #clock: Clock
  readonly #maxAge: number
  #learnt: Learnt | undefined
  #watches = 0

  /** @param maxAge how long it is good for, in ms, by the wall clock: that one goes on in sleep */
  constructor(clock: Clock, maxAge: number) {
    this.#clock = clock
    this.#maxAge = maxAge
  }

  /**
   * The head learnt last; undefined when nothing is watched, or it is too old.
   *
   * @throws the error learnt last, when that came after the head
   */
  read(): Head | undefined {
    const learnt = this.#learnt
    if (!learnt || Math.abs(this.#clock.now() - learnt.at) > this.#maxAge) return undefined
    if ('error' in learnt) throw learnt.error
    return learnt.head
  }

  /** Wraps an observer: remembers what it is told, and passes on only what is news, until the abort. */
  observe(observer: HeadObserver, signal: AbortSignal): HeadObserver {
    let told: Head | undefined
    this.#watches++
    signal.addEventListener('abort', () => this.#forget(), { once: true })
    return {
      head: (head) => {
        if (signal.aborted) return
        this.#learnt = { head, at: this.#clock.now() }
        if (told && sameHead(told, head)) return
        told = head
        observer.head(head)
      },
      error: (error) => {
        if (signal.aborted) return
        this.#learnt = { error, at: this.#clock.now() }
        told = undefined
        observer.error(error)
      }
    }
  }

  #forget(): void {
    this.#watches--
    if (this.#watches === 0) this.#learnt = undefined
  }
}

/**
 * Whether two heads tell the same, the order of a tipset's blocks included. What is settled below
 * follows from the head, and is no news by itself.
 */
export function sameHead(a: Head, b: Head): boolean {
  return (
    a.height === b.height &&
    a.timestamp === b.timestamp &&
    a.genesis === b.genesis &&
    a.cids.length === b.cids.length &&
    a.cids.every((cid, index) => cid === b.cids[index])
  )
}
