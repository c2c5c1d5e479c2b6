import {
  BYE_RETRY,
  DUPLICATE_IDENTITY_PERIOD,
  FEED_CHUNK_BYTES,
  FEED_DRAIN_TIMEOUT,
  FEED_FLUSH_DELAY,
  FEED_KEEP_ALIVE_PERIOD,
  GONE_ROW_PERIOD,
  LIVENESS_GRACE,
  MALFORMED_LINE_PERIOD,
  MAX_BEAT_BURST,
  MAX_BEATS_PER_SECOND,
  MAX_BURST_BYTES_PER_PEER,
  MAX_BYTES_PER_SECOND_PER_PEER,
  MAX_EXCESS_BEATS,
  MAX_EXCESS_BEATS_PER_SECOND,
  MAX_FEED_READERS,
  MAX_LINE_BYTES,
  MAX_MALFORMED_LINES,
  MAX_NICKNAME_CODE_POINTS,
  MAX_REFUSED_PEERS,
  MAX_ROSTER_ROWS,
  MAX_STREAMS_PER_PEER,
  MAX_SWEEP_LAG,
  OVERDUE_SLACK,
  REFUSAL_PERIOD,
  ROSTER_SWEEP_PERIOD,
  UNFINISHED_LINE_TIMEOUT
} from '../constants.ts'
import type { Allowance } from './token-bucket.ts'

/** The bounds of one aggregator. Periods, delays and timeouts are in ms. */
export interface Limits {
  /** Bytes of the longest line or message that is read. */
  readonly maxBeatBytes: number
  /** Code points of a nickname that are shown. */
  readonly maxNickname: number
  /** Beats of one peer that are read. */
  readonly lines: Allowance
  /** Beats of one peer beyond that, before it is refused. */
  readonly excess: Allowance
  /** Bytes of one peer, before it is refused. */
  readonly bytes: Allowance
  /** Malformed beats that reset a stream, when they come within `malformedPeriod`. */
  readonly maxMalformed: number
  readonly malformedPeriod: number
  /** Longest time from the first byte of a line or message to its last. */
  readonly unfinishedTimeout: number
  readonly refusalPeriod: number
  readonly maxRefusedPeers: number
  readonly maxStreamsPerPeer: number
  readonly maxRows: number
  /** How long the row of a peer that is gone is kept. */
  readonly goneRowPeriod: number
  readonly sweepPeriod: number
  /** How late a sweep may be before the process counts as having stood still. */
  readonly maxSweepLag: number
  /** How long a beat is waited for after it was due. */
  readonly livenessGrace: number
  /** How late a beat may be before its row says so. */
  readonly overdueSlack: number
  /** How long a row tells that two programs used its key. */
  readonly duplicatePeriod: number
  /** Within what time clients are to come back after a goodbye. */
  readonly byeRetry: number
  readonly flushDelay: number
  readonly keepAlivePeriod: number
  readonly drainTimeout: number
  readonly chunkBytes: number
  readonly maxReaders: number
}

/** The bounds that hold outside of tests. */
export const DEFAULT_LIMITS: Limits = {
  maxBeatBytes: MAX_LINE_BYTES,
  maxNickname: MAX_NICKNAME_CODE_POINTS,
  lines: { capacity: MAX_BEAT_BURST, perSecond: MAX_BEATS_PER_SECOND },
  excess: { capacity: MAX_EXCESS_BEATS, perSecond: MAX_EXCESS_BEATS_PER_SECOND },
  bytes: { capacity: MAX_BURST_BYTES_PER_PEER, perSecond: MAX_BYTES_PER_SECOND_PER_PEER },
  maxMalformed: MAX_MALFORMED_LINES,
  malformedPeriod: MALFORMED_LINE_PERIOD,
  unfinishedTimeout: UNFINISHED_LINE_TIMEOUT,
  refusalPeriod: REFUSAL_PERIOD,
  maxRefusedPeers: MAX_REFUSED_PEERS,
  maxStreamsPerPeer: MAX_STREAMS_PER_PEER,
  maxRows: MAX_ROSTER_ROWS,
  goneRowPeriod: GONE_ROW_PERIOD,
  sweepPeriod: ROSTER_SWEEP_PERIOD,
  maxSweepLag: MAX_SWEEP_LAG,
  livenessGrace: LIVENESS_GRACE,
  overdueSlack: OVERDUE_SLACK,
  duplicatePeriod: DUPLICATE_IDENTITY_PERIOD,
  byeRetry: BYE_RETRY,
  flushDelay: FEED_FLUSH_DELAY,
  keepAlivePeriod: FEED_KEEP_ALIVE_PERIOD,
  drainTimeout: FEED_DRAIN_TIMEOUT,
  chunkBytes: FEED_CHUNK_BYTES,
  maxReaders: MAX_FEED_READERS
}
