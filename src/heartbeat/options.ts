import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { DEFAULT_BEAT_PERIOD, DEFAULT_RECONNECT_PERIOD } from '../constants.ts'
import { OptionError, refuseUnknown } from '../errors.ts'
import type { Head, HeadSource } from '../head/index.ts'
import type { Duration } from '../timing/index.ts'
import { checkNickname, checkPeriod } from './checks.ts'

/** One aggregator to beat to. */
export interface TargetInit {
  /** One or more multiaddrs of the aggregator, each ending in its `/p2p/<peer id>`. */
  readonly beatTarget: string | readonly string[]
  /** How often to beat: ms, or text such as `"3s"`. @default 3 s */
  readonly beatPeriod?: Duration
  /** First window of the back-off after a failure: ms, or text such as `"10s"`. @default 10 s */
  readonly reconnectPeriod?: Duration
}

/** What a heartbeat says, and to whom. */
export interface HeartbeatInit extends TargetInit {
  /** Where the head comes from; a function is asked at each beat. */
  readonly head: HeadSource | (() => Head | Promise<Head>)
  /** A name to be shown; at most 64 code points. @default none */
  readonly nickname?: string
  /** A miner's address, or a function that is asked for it at each beat. @default none */
  readonly minerAddress?: string | (() => string | Promise<string>)
  /** Further aggregators that get the same beats, each at its own pace. */
  readonly furtherTargets?: readonly TargetInit[]
}

/** A target, checked. */
export interface Target {
  readonly addresses: readonly Multiaddr[]
  readonly peerId: string
  /** ms */
  readonly beatPeriod: number
  /** ms */
  readonly reconnectPeriod: number
}

const TARGET_OPTIONS = ['beatTarget', 'beatPeriod', 'reconnectPeriod']
const OPTIONS = [...TARGET_OPTIONS, 'head', 'nickname', 'minerAddress', 'furtherTargets']

/** @throws {OptionError} naming the option and the words in it that are wrong */
export function checkInit(init: HeartbeatInit): readonly Target[] {
  refuseUnknown(init, OPTIONS)
  const { head, nickname, minerAddress, furtherTargets = [] } = init
  if (typeof head !== 'function' && typeof head?.read !== 'function') {
    throw new OptionError('head', 'is neither a head source nor a function that gives a head')
  }
  checkNickname(nickname ?? '')
  if (!['undefined', 'string', 'function'].includes(typeof minerAddress)) {
    throw new OptionError(
      'minerAddress',
      `is neither text nor a function but ${typeof minerAddress}`
    )
  }
  if (!Array.isArray(furtherTargets)) throw new OptionError('furtherTargets', 'is not a list')
  for (const each of furtherTargets) refuseUnknown(each, TARGET_OPTIONS, 'furtherTargets.')
  return [init, ...furtherTargets].map(checkTarget)
}

/**
 * Reads multiaddrs that must all end in `/p2p/<peer id>`, and name one peer.
 *
 * @throws {OptionError} with the address that is wrong
 */
export function parseAddresses(
  texts: readonly string[],
  option: string
): { addresses: Multiaddr[]; peerId: string } {
  const addresses = texts.map((text) => parseAddress(text, option))
  const [peerId, ...others] = new Set(addresses.map(({ peerId }) => peerId))
  if (peerId === undefined) throw new OptionError(option, 'names no address')
  if (others.length > 0) {
    throw new OptionError(
      option,
      `the addresses name different peers: ${[peerId, ...others].join(', ')}`
    )
  }
  return { addresses: addresses.map(({ address }) => address), peerId }
}

/** @throws {OptionError} when the text is no multiaddr, or does not end in a peer id */
export function parseAddress(text: string, option: string): { address: Multiaddr; peerId: string } {
  let address: Multiaddr
  try {
    address = multiaddr(text)
  } catch (cause) {
    throw new OptionError(option, `"${text}" is not a multiaddr`, { cause })
  }
  const last = address.getComponents().at(-1)
  if (last?.name !== 'p2p' || last.value === undefined) {
    throw new OptionError(option, `"${text}" does not end in /p2p/<peer id>`)
  }
  return { address, peerId: last.value }
}

function checkTarget(target: TargetInit): Target {
  const { beatTarget, beatPeriod, reconnectPeriod } = target
  const texts = typeof beatTarget === 'string' ? [beatTarget] : beatTarget
  if (!Array.isArray(texts))
    throw new OptionError('beatTarget', 'is missing: a multiaddr is needed')
  return {
    ...parseAddresses(texts, 'beatTarget'),
    beatPeriod: checkPeriod(beatPeriod ?? DEFAULT_BEAT_PERIOD, 'beatPeriod'),
    reconnectPeriod: checkPeriod(reconnectPeriod ?? DEFAULT_RECONNECT_PERIOD, 'reconnectPeriod')
  }
}
