import {
  MAX_CONNECTIONS,
  MAX_CONNECTIONS_PER_PEER,
  MAX_LIMIT,
  MAX_LIMIT_BEATS_PER_SECOND,
  MAX_LIMIT_BYTES,
  MAX_LIMIT_FEED_READERS,
  MAX_LIMIT_PER_PEER,
  MAX_LIMIT_PERIOD,
  MAX_LINE_BYTES,
  MAX_LISTED_PEERS,
  MAX_NICKNAME_CODE_POINTS,
  MAX_PENDING_CONNECTIONS,
  MIN_BEAT_BYTES
} from '../constants.ts'
import { OptionError, refuseUnknown } from '../errors.ts'
import { type ConnectionBounds, checkPeer, quote } from '../net/server.ts'
import { type Duration, parseDuration } from '../timing/index.ts'
import { DEFAULT_LIMITS, type Limits } from './limits.ts'
import { checkList } from './network-options.ts'

/** What strangers may cost. Each has its default, and the reason for it, in `constants.ts`. */
export interface LimitOptions {
  /** Bytes of the longest beat that is read, at most the protocol's 4096. */
  readonly beatBytes?: number
  /** Code points of a nickname that are shown, at most the protocol's 64. */
  readonly nickname?: number
  /** Beats a second of one peer, in the long run. */
  readonly beatsPerSecond?: number
  /** Beats of one peer at once. */
  readonly beatBurst?: number
  /** Beats beyond both that are left out before their peer is refused. */
  readonly excessBeats?: number
  /** Bytes a second of one peer, in the long run. */
  readonly bytesPerSecond?: number
  /** Bytes of one peer at once. */
  readonly byteBurst?: number
  /** Malformed beats within a minute that reset their stream. */
  readonly malformedBeats?: number
  /** Longest time from a beat's first byte to its last. */
  readonly unfinished?: Duration
  /** For how long a peer is refused that sent far too much. */
  readonly refusal?: Duration
  /** Heartbeat streams of one peer at once. */
  readonly streamsPerPeer?: number
  /** Connections of one peer at once. */
  readonly connectionsPerPeer?: number
  /** Connections at once, of all peers. */
  readonly connections?: number
  /** Handshakes under way at once. */
  readonly handshakes?: number
  /** Nodes in the roster. */
  readonly nodes?: number
  /** For how long a node that left stays in the roster. */
  readonly leftNodes?: Duration
  /** For how long a beat is waited for after it was due. */
  readonly grace?: Duration
  /** Readers of the feed at once. */
  readonly feedReaders?: number
}

/** The same, checked and complete. */
export interface LimitSettings {
  readonly limits: Limits
  readonly bounds: ConnectionBounds
}

const PERIODS = ['unfinished', 'refusal', 'leftNodes', 'grace'] as const

type PeriodName = (typeof PERIODS)[number]
type NumberName = Exclude<keyof LimitOptions, PeriodName>

/** The largest whole number that each may be; from 1. */
const NUMBERS: Readonly<Record<NumberName, number>> = {
  beatBytes: MAX_LINE_BYTES,
  nickname: MAX_NICKNAME_CODE_POINTS,
  beatsPerSecond: MAX_LIMIT_BEATS_PER_SECOND,
  beatBurst: MAX_LIMIT,
  excessBeats: MAX_LIMIT,
  bytesPerSecond: MAX_LIMIT_BYTES,
  byteBurst: MAX_LIMIT_BYTES,
  malformedBeats: MAX_LIMIT,
  streamsPerPeer: MAX_LIMIT_PER_PEER,
  connectionsPerPeer: MAX_LIMIT_PER_PEER,
  connections: MAX_LIMIT,
  handshakes: MAX_LIMIT,
  nodes: MAX_LIMIT,
  feedReaders: MAX_LIMIT_FEED_READERS
}

/**
 * Puts what an operator chose in the place of the usual.
 *
 * @throws {OptionError} naming the limit and the words that are wrong
 */
export function checkLimits(
  given: LimitOptions = {},
  usual: Limits = DEFAULT_LIMITS
): LimitSettings {
  if (typeof given !== 'object' || given === null) {
    throw new OptionError('limits', `${quote(given)} is not an object`)
  }
  refuseUnknown(given, [...Object.keys(NUMBERS), ...PERIODS], 'limits.')
  const number = (name: NumberName, otherwise: number): number =>
    given[name] === undefined ? otherwise : checkNumber(name, given[name])
  const period = (name: PeriodName, otherwise: number): number =>
    given[name] === undefined ? otherwise : checkPeriod(name, given[name])
  const limits: Limits = {
    ...usual,
    maxBeatBytes: number('beatBytes', usual.maxBeatBytes),
    maxNickname: number('nickname', usual.maxNickname),
    lines: {
      perSecond: number('beatsPerSecond', usual.lines.perSecond),
      capacity: number('beatBurst', usual.lines.capacity)
    },
    excess: { ...usual.excess, capacity: number('excessBeats', usual.excess.capacity) },
    bytes: {
      perSecond: number('bytesPerSecond', usual.bytes.perSecond),
      capacity: number('byteBurst', usual.bytes.capacity)
    },
    maxMalformed: number('malformedBeats', usual.maxMalformed),
    unfinishedTimeout: period('unfinished', usual.unfinishedTimeout),
    refusalPeriod: period('refusal', usual.refusalPeriod),
    maxStreamsPerPeer: number('streamsPerPeer', usual.maxStreamsPerPeer),
    maxRows: number('nodes', usual.maxRows),
    goneRowPeriod: period('leftNodes', usual.goneRowPeriod),
    livenessGrace: period('grace', usual.livenessGrace),
    maxReaders: number('feedReaders', usual.maxReaders)
  }
  const bounds: ConnectionBounds = {
    connections: number('connections', MAX_CONNECTIONS),
    perPeer: number('connectionsPerPeer', MAX_CONNECTIONS_PER_PEER),
    pending: number('handshakes', MAX_PENDING_CONNECTIONS)
  }
  return { limits, bounds }
}

/** A list of peer ids; each as connections report it. @throws {OptionError} */
export function checkPeers(given: unknown, option: string): ReadonlySet<string> | undefined {
  if (given === undefined) return undefined
  return new Set(checkList(given, option, MAX_LISTED_PEERS, (text) => checkPeer(text, option)))
}

function checkNumber(name: NumberName, given: unknown): number {
  const max = NUMBERS[name]
  const min = name === 'beatBytes' ? MIN_BEAT_BYTES : 1
  const isWhole = typeof given === 'number' && Number.isInteger(given)
  if (isWhole && given >= min && given <= max) return given
  const option = `limits.${name}`
  throw new OptionError(option, `${quote(given)} is not a whole number from ${min} to ${max}`)
}

function checkPeriod(name: PeriodName, given: unknown): number {
  return Math.round(
    parseDuration(given as Duration, `limits.${name}`, { min: 1, max: MAX_LIMIT_PERIOD })
  )
}
