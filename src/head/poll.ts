import { DEFAULT_RECONNECT_PERIOD, MAX_POLL_AGE_EPOCHS, POLL_JITTER } from '../constants.ts'
import {
  type Chain,
  type Clock,
  MAINNET,
  retryDelay,
  sleep,
  systemClock,
  untilNextEpoch
} from '../timing/index.ts'
import { asHeadError } from './ask.ts'
import type { Head, HeadObserver, HeadSource } from './index.ts'
import { Latest } from './latest.ts'

/** What every source that follows the chain by itself can be given. */
export interface PollInit {
  /** Whose epochs set the pace; mainnet's unless given. */
  readonly chain?: Chain
  readonly clock?: Clock
  /** A number in [0, 1), for jitter. */
  readonly random?: () => number
}

/** Makes a source of something that can only be asked, polled once an epoch while it is watched. */
export function polledHead(
  name: string,
  ask: (signal: AbortSignal) => Promise<Head>,
  init: PollInit = {}
): HeadSource {
  const { chain = MAINNET, clock = systemClock } = init
  const latest = new Latest(clock, MAX_POLL_AGE_EPOCHS * chain.epochPeriod)
  return {
    name,
    read: async (signal) => {
      signal.throwIfAborted()
      return latest.read() ?? (await ask(signal))
    },
    watch: (observer, signal) => {
      if (signal.aborted) return
      void poll(name, ask, latest.observe(observer, signal), signal, init)
    }
  }
}

/**
 * Asks at once, then shortly after the beginning of each epoch, spread by `POLL_JITTER`; after a
 * failure sooner, by full-jitter back-off. One question at a time. Resolves when the signal aborts.
 */
async function poll(
  name: string,
  ask: (signal: AbortSignal) => Promise<Head>,
  observer: HeadObserver,
  signal: AbortSignal,
  { chain = MAINNET, clock = systemClock, random = Math.random }: PollInit
): Promise<void> {
  let failures = 0
  while (!signal.aborted) {
    const answer = await ask(signal).catch((error) => asHeadError(error, name, 'polling'))
    if (signal.aborted) return
    const spread = random() * POLL_JITTER * chain.epochPeriod
    let delay = untilNextEpoch(chain, clock.now()) + spread
    if (answer instanceof Error) {
      delay = Math.min(delay, retryDelay(failures++, DEFAULT_RECONNECT_PERIOD, random))
      observer.error(answer)
    } else {
      failures = 0
      observer.head(answer)
    }
    await sleep(delay, signal, clock).catch(() => {})
  }
}
