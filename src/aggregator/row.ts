import {
  type Agreement,
  type Beat,
  displayNickname,
  displayText,
  type Heartbeat,
  type Opinion,
  type RejectReason
} from '../wire/index.ts'
import type { Liveness } from './liveness.ts'
import type { BeatRoute } from './route.ts'

/** What is known of one peer, fit for JSON. A row never changes: a new one takes its place. */
export interface NodeRow {
  /** Peer id, proven by the handshake. */
  readonly peer: string
  /** The operator has it watched; every other is a visitor. */
  readonly watched?: true
  /** Fit for display, but may hold `<` and `&`. */
  readonly nickname: string
  /** As the peer wrote it, without what no eye can see; `''` for none. */
  readonly minerAddress: string
  /** CIDs of the head's blocks; empty at genesis, and when only the height is known. */
  readonly head: readonly string[]
  /** Epoch of the head, in decimal digits: it may exceed what a number holds. `'0'` while `beats` is 0. */
  readonly height: string
  /** When its head last rose, in ms since 1970, or when it was first heard. */
  readonly headAt?: number
  /** CID of the genesis block, where the last beat named it. */
  readonly genesis?: string
  /** The peer's head source failed: this is the last head that it knew. */
  readonly stale?: boolean
  /** Whether the page that beats is seen, where it says so. */
  readonly page?: Beat['page']
  /** Whether the peer's settled tipset is the references', as it was last answered. */
  readonly agreement?: Agreement
  /** Epochs that the references' head was ahead, as it was last answered; 0 when it was not. */
  readonly behindNetwork?: number
  /** Round trip of its last answered beat, as the peer itself measured it, in ms. */
  readonly rtt?: number
  /** The way that the last beat came; absent for a watched node that was not heard yet. */
  readonly route?: BeatRoute
  /** Protocol of the last beat; absent likewise. */
  readonly protocol?: string
  /** Heartbeat streams open now, over all connections. */
  readonly streams: number
  /** Whether any is. */
  readonly connected: boolean
  /** Whether the peer is there, by when it said that it would beat again. */
  readonly status: Liveness
  /** When the next beat is due at the latest, in ms since 1970, where the peer announces it. */
  readonly nextBy?: number
  /** Why the last beat was not taken; absent when it was. */
  readonly rejected?: RejectReason
  /** Two programs use the same key; moments in ms since 1970. */
  readonly duplicateIdentity?: { readonly since: number; readonly at: number }
  /** Beats taken. */
  readonly beats: number
  /** Beats that came once more, by another stream. */
  readonly doubles: number
  /** Lines and messages that were none. */
  readonly malformed: number
  /** Beats left out because there were too many. */
  readonly dropped: number
  /** Milliseconds since 1970; absent for a watched node that was not heard yet. */
  readonly firstBeatAt?: number
  /** Milliseconds since 1970; absent for a watched node that was not heard yet. */
  readonly lastBeatAt?: number
}

/** By which stream a beat came. */
export interface BeatOrigin {
  readonly route: BeatRoute
  readonly protocol: string
}

/** One moment, told twice. */
export interface Moment {
  /** Ms since 1970. */
  readonly now: number
  /** Ms that never jump. */
  readonly elapsed: number
}

/** A beat as it came in, with what is answered to it. */
export interface Received {
  readonly beat: Heartbeat | Beat
  readonly origin: BeatOrigin
  readonly at: Moment
  readonly opinion?: Opinion
  /** Code points of its nickname that are shown; the protocol's 64 when absent. */
  readonly maxNickname?: number
}

/** What a peer says of the chain and of itself, for its row. */
export function factsOf(received: Received, before?: NodeRow) {
  const { beat, opinion = {}, at, maxNickname } = received
  const { genesis } = beat
  const { agreement, networkHeight } = opinion
  const behind = networkHeight === undefined ? undefined : networkHeight - beat.height
  return {
    ...namesOf(beat, maxNickname),
    head: beat.head,
    height: beat.height.toString(),
    headAt: hasRisen(beat, before) ? at.now : (before?.headAt ?? at.now),
    ...(genesis !== undefined && { genesis }),
    ...(isAnnounced(beat) && beat.stale && { stale: true }),
    ...(agreement !== undefined && { agreement }),
    ...(behind !== undefined && { behindNetwork: behind > 0n ? Number(behind) : 0 })
  }
}

/** When a peer is due again, how its page is seen and its answers come, for its row. */
export function promiseOf({ beat, at }: Received) {
  if (!isAnnounced(beat)) return {}
  const { next, page, rtt } = beat
  return {
    nextBy: at.now + next,
    ...(page !== undefined && { page }),
    ...(rtt !== undefined && { rtt })
  }
}

/** What a row may hold of the chain and of its peer. */
type Facts = Omit<ReturnType<typeof factsOf>, 'headAt'> & Pick<NodeRow, 'page' | 'headAt'>

/** What a row goes on counting when one more beat has come. */
export function countsOf(before: NodeRow | undefined, { now }: Moment) {
  const { beats = 0, doubles = 0, firstBeatAt = now, duplicateIdentity } = before ?? {}
  return {
    beats,
    doubles,
    ...(duplicateIdentity !== undefined && { duplicateIdentity }),
    firstBeatAt,
    lastBeatAt: now
  }
}

/** What stands in the row of a peer of which no beat was taken yet. */
export function factsUnknown(names: Names, maxNickname?: number): Facts {
  return { ...namesOf(names, maxNickname), head: [], height: '0' }
}

/** The row of a watched peer of which nothing was heard yet. */
export function rowUnheard(peer: string): NodeRow {
  return {
    peer,
    watched: true,
    ...factsUnknown({ nickname: '', minerAddress: '' }),
    streams: 0,
    connected: false,
    status: 'overdue',
    beats: 0,
    doubles: 0,
    malformed: 0,
    dropped: 0
  }
}

/** Whether a beat is one of version 2. */
export function isAnnounced(beat: Heartbeat | Beat): beat is Beat {
  return 'seq' in beat
}

function hasRisen({ height }: Heartbeat | Beat, before: NodeRow | undefined): boolean {
  return before?.headAt === undefined || height > BigInt(before.height)
}

type Names = Pick<Heartbeat, 'nickname' | 'minerAddress'>

function namesOf({ nickname, minerAddress }: Names, max?: number) {
  return { nickname: displayNickname(nickname, max), minerAddress: displayText(minerAddress) }
}
