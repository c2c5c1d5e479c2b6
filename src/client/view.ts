import { BEHIND_EPOCHS } from '../constants.ts'
import type { Head } from '../head/index.ts'
import { type Chain, epochAt } from '../timing/index.ts'

/** Is this wallet's view of the chain fresh, and does anyone else see it? */
export type Verdict =
  | 'fresh'
  | 'fresh-by-clock'
  | 'behind-by-clock'
  | 'provider-behind'
  | 'network-slow'
  | 'clock-wrong'
  | 'other-chain'
  | 'unknown'

/** What is known of the wallet's view of the chain. Structured-cloneable. Times are ms since 1970. */
export interface View {
  readonly verdict: Verdict
  /** Epoch of the wallet's head; absent while none is known. */
  readonly height?: bigint
  /** Epochs that the head lies behind the device's clock; negative when it is ahead of it. */
  readonly behindClock?: number
  /** How old the head is by the device's clock, in ms. */
  readonly age?: number
  /** Epochs that the head lies behind the operator's reference sources. */
  readonly behindNetwork?: number
  readonly networkHeight?: bigint
  readonly agreement?: 'same' | 'differs' | 'unknown'
  /** Settled height at which tipsets were compared. */
  readonly comparedAt?: bigint
  /** Reference sources that agree. */
  readonly witnesses?: number
  readonly checkedAt: number
}

/**
 * Judges a head by the clock alone: nothing is sent, nobody is asked. Null rounds make one or two
 * epochs of lag ordinary, so it takes five to call a head behind; a head that is as far ahead
 * of its time can only mean that the clock is wrong. A head that does not fit the chain at all is
 * unknown.
 *
 * @param now ms since 1970, by the device's clock
 */
export function judgeByClock(head: Head | undefined, chain: Chain, now: number): View {
  if (head === undefined) return { verdict: 'unknown', checkedAt: now }
  const { height, timestamp } = head
  const epoch = timestamp === undefined ? Number(height) : epochAt(chain, timestamp * 1_000)
  const behindClock = epochAt(chain, now) - epoch
  const facts = { height, behindClock, age: behindClock * chain.epochPeriod, checkedAt: now }
  // A height and a time that do not belong together are of another chain than this one.
  if (Math.abs(epoch - Number(height)) > 1) return { verdict: 'unknown', ...facts }
  return { verdict: byClock(behindClock), ...facts }
}

function byClock(behind: number): Verdict {
  if (behind >= BEHIND_EPOCHS) return 'behind-by-clock'
  return behind <= -BEHIND_EPOCHS ? 'clock-wrong' : 'fresh-by-clock'
}
