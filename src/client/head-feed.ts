import { checkHead } from '../head/check-head.ts'
import type { GivenHead, Head, HeadSource } from '../head/index.ts'
import type { Clock } from '../timing/index.ts'

/** A head as a wallet may hand it in: a value, a function that is asked again and again, or a source. */
export type HeadInput = GivenHead | HeadSource | (() => GivenHead | Promise<GivenHead>)

/** Told what the feed learns. */
export interface HeadFeedObserver {
  head(head: Head): void
  error(error: Error): void
}

/**
 * Follows what a wallet handed in until the signal aborts: a value is told once, a source that
 * follows the chain is watched, anything else is asked every `period` ms.
 *
 * @throws {HeadError} when a value is no head
 */
export function feedHead(
  input: HeadInput,
  observer: HeadFeedObserver,
  { clock, period, signal }: { clock: Clock; period: number; signal: AbortSignal }
): void {
  if (isSource(input)) {
    if (input.watch !== undefined) return input.watch(observer, signal)
  } else if (typeof input !== 'function') {
    return observer.head(checkHead(input, 'head'))
  }
  const ask = async (): Promise<Head> =>
    isSource(input) ? await input.read(signal) : checkHead(await input(), 'head')
  const poll = async (): Promise<void> => {
    try {
      const head = await ask()
      if (!signal.aborted) observer.head(head)
    } catch (error) {
      if (!signal.aborted) observer.error(error instanceof Error ? error : new Error(String(error)))
    }
    if (signal.aborted) return
    const cancel = clock.after(period, () => {
      signal.removeEventListener('abort', cancel)
      void poll()
    })
    signal.addEventListener('abort', cancel, { once: true })
  }
  void poll()
}

function isSource(input: HeadInput): input is HeadSource {
  return typeof input === 'object' && 'read' in input
}
