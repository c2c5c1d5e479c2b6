import type { Logger } from 'pino'
import { CLI_END_TIMEOUT, SAME_SIGNAL_DELAY } from '../constants.ts'
import { type Clock, systemClock } from '../timing/index.ts'

/** The part of a process that ends it. */
export interface Endable {
  on(signal: NodeJS.Signals, listener: () => void): unknown
  exit(code: number): void
}

/** What a process that a signal ended at once exits with, as shells do. */
const EXITS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const
const EXIT_TOO_LATE = 1

/**
 * Ends the program in order at the first signal, and at the second one at once.
 *
 * @returns what aborts at the first signal
 */
export function endOnSignal(
  process: Endable,
  log: Pick<Logger, 'info' | 'error'>,
  clock: Clock = systemClock
): AbortSignal {
  const ending = new AbortController()
  let first: { readonly signal: string; readonly at: number } | undefined
  const end = (signal: keyof typeof EXITS): void => {
    const at = clock.elapsed()
    if (first !== undefined) {
      // npx passes on a Ctrl-C that came anyway.
      const isSame = signal === first.signal && at - first.at < SAME_SIGNAL_DELAY
      if (!isSame) process.exit(EXITS[signal])
      return
    }
    first = { signal, at }
    log.info({ signal }, 'ends in order; a second signal ends it at once')
    clock.after(CLI_END_TIMEOUT, () => {
      log.error('could not end in order within its time')
      process.exit(EXIT_TOO_LATE)
    })
    ending.abort()
  }
  for (const signal of Object.keys(EXITS) as Array<keyof typeof EXITS>) {
    process.on(signal, () => end(signal))
  }
  return ending.signal
}
