import { MAX_RECONNECT_DELAY } from '../constants.ts'

/**
 * Full-jitter back-off: a delay drawn evenly from 0 to the window of this attempt, so that a
 * thousand clients that lost the same relay do not return in the same instant.
 *
 * @param attempt failures so far in a row, 0 before the first
 * @param period first window, in ms
 * @param random a number in [0, 1)
 * @returns milliseconds
 */
export function retryDelay(
  attempt: number,
  period: number,
  random: () => number = Math.random
): number {
  return random() * retryWindow(attempt, period)
}

/** The window that `retryDelay` draws from, in ms: doubled at each failure, capped at a minute. */
export function retryWindow(attempt: number, period: number): number {
  return Math.min(MAX_RECONNECT_DELAY, period * 2 ** Math.min(attempt, 30))
}
