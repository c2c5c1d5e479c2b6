import { type Clock, systemClock } from '../src/timing/index.ts'
import { SAME_SIGNAL_DELAY, STOP_TIMEOUT } from './constants.ts'

/** The part of a process that ends it. */
export interface Endable {
  on(signal: NodeJS.Signals, listener: () => void): unknown
  exit(code: number): void
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const EXIT_INTERRUPTED = 130

/**
 * Ends the process in order at the first signal, and within `STOP_TIMEOUT` whatever happens; at the
 * second one at once.
 *
 * @param stop ends all that runs
 */
export function endOnSignal(
  stop: () => Promise<void>,
  process: Endable,
  clock: Clock = systemClock
): void {
  let endingSince: number | undefined
  const end = (): void => {
    const now = clock.elapsed()
    if (endingSince !== undefined) {
      if (now - endingSince >= SAME_SIGNAL_DELAY) process.exit(EXIT_INTERRUPTED)
      return
    }
    endingSince = now
    // What has not ended by then ends with the process.
    clock.after(STOP_TIMEOUT, () => process.exit(0))
    stop()
      .catch((error) => console.error(error))
      .finally(() => process.exit(0))
  }
  for (const signal of SIGNALS) process.on(signal, end)
}
