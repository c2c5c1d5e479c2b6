import { HeadError } from '../errors.ts'
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
    if (input.watch !== undefined) return input.watch(checking(observer), signal)
  } else if (typeof input !== 'function') {
    return observer.head(checkGiven(input))
  }
  const ask = async (): Promise<Head> =>
    checkGiven(isSource(input) ? await input.read(signal) : await input())
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

// A wallet's own source is as strange as any other value from outside.
function checking(observer: HeadFeedObserver): HeadFeedObserver {
  return {
    head: (head) => {
      try {
        observer.head(checkGiven(head))
      } catch (error) {
        observer.error(error as Error)
      }
    },
    error: (error) => observer.error(error)
  }
}

// The shapes of CIDs that a beat can carry. What only looks like one is refused when it is sent.
const CID = /^(?:Qm[1-9A-HJ-NP-Za-km-z]{44}|z[1-9A-HJ-NP-Za-km-z]{20,}|b[a-z2-7]{20,})$/

function checkGiven(given: unknown): Head {
  const head = checkHead(given, 'head')
  const wrong = head.cids.find((cid) => !CID.test(cid))
  if (wrong !== undefined) throw new HeadError('head', `"${wrong}" is not a CID`)
  return head
}
