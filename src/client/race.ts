import { type Clock, sleep } from '../timing/index.ts'

/** One that takes part in a race; heeds its signal, which aborts once another has won. */
export type Runner<T> = (signal: AbortSignal) => Promise<T>

/** How a race is held. */
export interface RaceInit<T> {
  /** Head start of each runner over the next, in ms; one that fails gives way at once. */
  readonly stagger: number
  readonly clock: Clock
  /** Disposes of what a runner brings who comes in late. */
  readonly discard: (late: T) => void
}

/**
 * Runs several ways to one end, each a little after the one before it, and gives what the first
 * brings that succeeds.
 *
 * @throws {AggregateError} of what each threw, when all fail; the signal's reason when it aborts
 */
export async function race<T>(
  runners: readonly Runner<T>[],
  outer: AbortSignal,
  { stagger, clock, discard }: RaceInit<T>
): Promise<T> {
  outer.throwIfAborted()
  const over = new AbortController()
  const abort = (): void => over.abort(outer.reason)
  outer.addEventListener('abort', abort, { once: true })
  const { signal } = over
  let before = { started: Promise.resolve(), ended: Promise.resolve() }
  const runs = runners.map(async (run, index) => {
    const turn = before
    const started = Promise.withResolvers<void>()
    const ended = Promise.withResolvers<void>()
    before = { started: started.promise, ended: ended.promise }
    try {
      await turn.started
      if (index > 0) await first([turn.ended, (each) => sleep(stagger, each, clock)], signal)
      started.resolve()
      const brought = await run(signal)
      if (signal.aborted) {
        discard(brought)
        signal.throwIfAborted()
      }
      over.abort(new Error('another way was quicker'))
      return brought
    } finally {
      started.resolve()
      ended.resolve()
    }
  })
  try {
    return await Promise.any(runs)
  } catch (error) {
    outer.throwIfAborted()
    throw error
  } finally {
    outer.removeEventListener('abort', abort)
    over.abort(new Error('the race is over'))
  }
}

/** Waits for the one that is under way, or the other that ends with it. */
async function first(
  [turn, wait]: readonly [Promise<unknown>, (signal: AbortSignal) => Promise<void>],
  signal: AbortSignal
): Promise<void> {
  const timer = new AbortController()
  const abort = (): void => timer.abort(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  await Promise.race([turn, wait(timer.signal).catch(() => {})])
  signal.removeEventListener('abort', abort)
  timer.abort()
  signal.throwIfAborted()
}
