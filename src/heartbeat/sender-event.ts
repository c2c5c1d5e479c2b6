import type { Ack, Beat, RejectReason } from '../wire/index.ts'
import type { FailureLevel } from './failure-log.ts'
import type { Version, Way } from './route.ts'

/** What happens to a sender, in order. Times are ms since 1970, round trips ms. */
export type SenderEvent =
  | { readonly type: 'connecting'; readonly attempt: number }
  /** Beats go over this leg from now on. */
  | { readonly type: 'connected'; readonly way: Way; readonly address: string }
  | { readonly type: 'accepted'; readonly version: Version; readonly rtt?: number }
  | {
      readonly type: 'sent'
      readonly beat: Beat
      /** As they left, in that version. */
      readonly bytes: Uint8Array
      readonly version: Version
      readonly at: number
      readonly nextAt: number
      /** Beats leave more seldom than asked, because the browser lets them. */
      readonly isSlowed: boolean
    }
  | {
      readonly type: 'skipped'
      readonly reason: 'no-head' | 'needs-drain' | 'unanswered'
      readonly nextAt: number
    }
  /** The other end of a leg has shown that it is there. */
  | { readonly type: 'alive'; readonly rtt?: number }
  | {
      readonly type: 'acknowledged'
      readonly ack: Ack
      /** The beat that it answers, if that is the last. */
      readonly beat?: Beat
      readonly at: number
      readonly rtt?: number
    }
  | {
      readonly type: 'rejected'
      readonly reason: RejectReason
      /** When it is tried again, where that is later than the next beat. */
      readonly retryAt?: number
      /** It is not tried again. */
      readonly isFinal?: boolean
    }
  /** The aggregator asked for this period, in ms. */
  | { readonly type: 'paced'; readonly period: number }
  /** An answer is overdue; another way is looked for. */
  | { readonly type: 'suspect' }
  | { readonly type: 'lost'; readonly error: Error }
  | {
      readonly type: 'failed'
      readonly error: Error
      readonly level: FailureLevel
      readonly attempts: number
      readonly since: number
      readonly retryAt: number
      /** A leg in doubt is kept: it may still answer. */
      readonly isKept: boolean
    }
