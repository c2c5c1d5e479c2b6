/** Where time comes from. A test hands in its own; `systemClock` is the real one. */
export interface Clock {
  /** Milliseconds since 1970, as the device believes. It may jump. */
  now(): number
  /** Milliseconds that never jump backwards, for measuring. */
  elapsed(): number
  /** Calls `run` once after `delay` ms, unless the returned function is called first. */
  after(delay: number, run: () => void): () => void
}

/** The clock of this machine. Reads the globals at each call, so that `mock.timers` reaches it. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after: (delay, run) => {
    const timer = setTimeout(run, delay)
    return () => clearTimeout(timer)
  }
}

/**
 * Resolves after `delay` ms.
 *
 * @throws the signal's reason when it aborts first; the timer is gone by then
 */
export async function sleep(
  delay: number,
  signal: AbortSignal,
  clock = systemClock
): Promise<void> {
  signal.throwIfAborted()
  await new Promise<void>((resolve, reject) => {
    const cancel = clock.after(delay, () => {
      signal.removeEventListener('abort', abort)
      resolve()
    })
    const abort = (): void => {
      cancel()
      reject(signal.reason)
    }
    signal.addEventListener('abort', abort, { once: true })
  })
}

/**
 * Gives `work` a signal that aborts when `signal` does, or after `timeout` ms, and settles no
 * later than that signal, whether `work` heeds it or not.
 *
 * @throws the signal's reason, or a `TimeoutError` that names `what`
 */
export async function withTimeout<T>(
  what: string,
  timeout: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
  clock = systemClock
): Promise<T> {
  signal.throwIfAborted()
  const controller = new AbortController()
  const abort = (): void => controller.abort(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  const cancel = clock.after(timeout, () => {
    controller.abort(new DOMException(`${what} took longer than ${timeout} ms`, 'TimeoutError'))
  })
  try {
    return await new Promise<T>((resolve, reject) => {
      controller.signal.addEventListener('abort', () => reject(controller.signal.reason), {
        once: true
      })
      work(controller.signal).then(resolve, reject)
    })
  } finally {
    cancel()
    signal.removeEventListener('abort', abort)
  }
}
