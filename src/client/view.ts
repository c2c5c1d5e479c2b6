import { BEHIND_EPOCHS, CLOCK_WRONG_EPOCHS } from '../constants.ts'
import type { Head } from '../head/index.ts'
import { type Chain, epochAt } from '../timing/index.ts'
import type { Agreement } from '../wire/index.ts'

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
  readonly agreement?: Agreement
  /** Settled height at which tipsets were compared. */
  readonly comparedAt?: bigint
  /** Reference sources that agree. */
  readonly witnesses?: number
  readonly checkedAt: number
}

/** The operator's answer to one beat, and to which. */
export interface SecondOpinion
  extends Pick<View, 'networkHeight' | 'agreement' | 'comparedAt' | 'witnesses'> {
  /** Height and blocks of the head that the beat named. */
  readonly height: bigint
  readonly head: readonly string[]
  /** For how long the answer is worth anything, in ms from when it is told. */
  readonly lifetime: number
}

/**
 * Judges a head: by the clock alone, where nothing is sent and nobody is asked, or with the
 * operator's opinion as well. Null rounds make one or two epochs of lag ordinary, so it takes five
 * to call a head behind; a head that is as far ahead of its time can only mean that the clock is
 * wrong. A head that does not fit the chain at all is unknown.
 *
 * @param now ms since 1970, by the device's clock
 * @param opinion while it is worth anything
 */
export function judge(
  head: Head | undefined,
  chain: Chain,
  now: number,
  opinion?: SecondOpinion
): View {
  if (head === undefined) return { verdict: 'unknown', checkedAt: now }
  const { height, timestamp } = head
  const epoch = timestamp === undefined ? Number(height) : epochAt(chain, timestamp * 1_000)
  const behindClock = epochAt(chain, now) - epoch
  const age = behindClock * chain.epochPeriod
  const asked = opinion !== undefined ? factsOf(opinion, height) : {}
  const facts = { height, behindClock, age, ...asked, checkedAt: now }
  // A height and a time that do not belong together are of another chain than this one.
  if (Math.abs(epoch - Number(height)) > 1) return { verdict: 'unknown', ...facts }
  return { verdict: verdictOf(facts), ...facts }
}

// The answer was to one head of the wallet, and the present one may be newer, or older where another
// tab asked: how far the present one lies behind is what counts.
function factsOf(
  { height: _, head: __, lifetime: ___, ...facts }: SecondOpinion,
  height: bigint
): Partial<View> {
  const { networkHeight } = facts
  if (networkHeight === undefined) return facts
  return { ...facts, behindNetwork: Math.max(0, Number(networkHeight - height)) }
}

function verdictOf({ behindClock = 0, behindNetwork, agreement }: Partial<View>): Verdict {
  if (agreement === 'differs') return 'other-chain'
  if (behindNetwork !== undefined && behindNetwork >= BEHIND_EPOCHS) return 'provider-behind'
  if (behindClock <= -BEHIND_EPOCHS) return 'clock-wrong'
  if (behindClock < BEHIND_EPOCHS) return agreement === 'same' ? 'fresh' : 'fresh-by-clock'
  if (behindNetwork === undefined) return 'behind-by-clock'
  // A lag by the clock is the provider's and the network's together: the larger part gives the name.
  if (2 * behindNetwork >= behindClock) return 'provider-behind'
  return behindClock >= CLOCK_WRONG_EPOCHS ? 'clock-wrong' : 'network-slow'
}
