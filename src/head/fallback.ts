import { HeadError, OptionError } from '../errors.ts'
import type { Head, HeadObserver, HeadSource } from './index.ts'
import { sameHead } from './latest.ts'
import { type PollInit, polledHead } from './poll.ts'

/**
 * A source made of several, the best first. A read asks one after another until one answers.
 * Watched, it follows the first that can tell, and goes back to an earlier one as soon as that
 * tells again; one that cannot follow the chain by itself is polled.
 *
 * Its errors name every source's problem; their cause is an AggregateError.
 *
 * @throws {OptionError} when there is none
 */
export function fallbackHead(sources: readonly HeadSource[], init: PollInit = {}): HeadSource {
  if (sources.length === 0) throw new OptionError('sources', 'there is none')
  const members = sources.map((source) =>
    source.watch ? source : polledHead(source.name, async (signal) => source.read(signal), init)
  )
  const name = `first of ${sources.map((source) => source.name).join(', ')}`
  return {
    name,
    read: (signal) => readFirst(name, sources, signal),
    watch: (observer, signal) => {
      if (!signal.aborted) new FallbackWatch(name, members, observer, signal).start(0)
    }
  }
}

async function readFirst(
  name: string,
  sources: readonly HeadSource[],
  signal: AbortSignal
): Promise<Head> {
  signal.throwIfAborted()
  const errors: unknown[] = []
  for (const source of sources) {
    try {
      return await source.read(signal)
    } catch (error) {
      signal.throwIfAborted()
      errors.push(error)
    }
  }
  throw allFailed(name, errors)
}

function allFailed(name: string, errors: readonly unknown[]): HeadError {
  const problems = errors.map((error) => (error instanceof Error ? error.message : String(error)))
  return new HeadError(name, problems.join('; '), { cause: new AggregateError(errors) })
}

interface Followed {
  readonly stop: AbortController
  error?: Error
}

// Invariant: the followed are the first n members, and all of them but the last have failed.
class FallbackWatch {
  readonly #name: string
  readonly #members: readonly HeadSource[]
  readonly #observer: HeadObserver
  readonly #followed: Followed[] = []
  readonly #signal: AbortSignal
  #told: Head | undefined

  constructor(
    name: string,
    members: readonly HeadSource[],
    observer: HeadObserver,
    signal: AbortSignal
  ) {
    this.#name = name
    this.#members = members
    this.#observer = observer
    this.#signal = signal
    signal.addEventListener('abort', () => this.#stopAfter(-1), { once: true })
  }

  start(index: number): void {
    const member = this.#members[index]
    if (!member) return
    const followed: Followed = { stop: new AbortController() }
    this.#followed.push(followed)
    const { signal } = followed.stop
    const observer: HeadObserver = {
      head: (head) => {
        if (!signal.aborted) this.#head(index, followed, head)
      },
      error: (error) => {
        if (!signal.aborted) this.#error(index, followed, error)
      }
    }
    member.watch?.(observer, signal)
  }

  #head(index: number, followed: Followed, head: Head): void {
    delete followed.error
    this.#stopAfter(index)
    if (this.#told && sameHead(this.#told, head)) return
    this.#told = head
    this.#observer.head(head)
  }

  #error(index: number, followed: Followed, error: Error): void {
    followed.error = error
    if (index === this.#followed.length - 1) this.start(index + 1)
    if (this.#signal.aborted) return
    const errors = this.#followed.flatMap((each) => each.error ?? [])
    if (errors.length < this.#members.length) return
    this.#told = undefined
    this.#observer.error(allFailed(this.#name, errors))
  }

  #stopAfter(index: number): void {
    for (const { stop } of this.#followed.splice(index + 1)) stop.abort(this.#signal.reason)
  }
}
