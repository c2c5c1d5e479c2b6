import type { Connection, Logger, Stream } from '@libp2p/interface'
import { HEARTBEAT_PROTOCOL_V2 } from '../constants.ts'
import type { MalformedReason } from '../errors.ts'
import type { Clock } from '../timing/index.ts'
import type { Answer } from '../wire/index.ts'
import type { Admission } from './admission.ts'
import { beatReader } from './beat-reader.ts'
import { endInOrder } from './ending.ts'
import type { Limits } from './limits.ts'
import type { IntakeObserver } from './metrics/index.ts'
import type { Reception, ReceptionCounts } from './reception.ts'
import type { Roster } from './roster.ts'
import { routeOf } from './route.ts'
import { isAnnounced } from './row.ts'
import { FIRST_SEQ, Session, type SessionPort } from './session.ts'
import type { Uptime } from './uptime.ts'

/** What an aggregator has counted since it started, over all peers. */
export interface IntakeCounts extends ReceptionCounts {
  /** Lines and messages that were no beats, by reason. */
  readonly malformed: Readonly<Partial<Record<MalformedReason, number>>>
  /** Beats beyond their peer's allowance. */
  readonly dropped: number
  /** Streams ended for what came over them. */
  readonly resets: number
  /** Streams refused when they were opened. */
  readonly refused: number
}

/** What the intake works with. */
export interface IntakeInit {
  readonly roster: Roster
  readonly reception: Reception
  readonly admission: Admission
  readonly limits: Limits
  readonly clock: Clock
  readonly uptime: Uptime
  readonly log: Logger
  /** Peers that alone may beat; everybody when absent. */
  readonly allow?: ReadonlySet<string> | undefined
  /** Peers that may not. */
  readonly deny?: ReadonlySet<string>
  readonly observer?: Pick<IntakeObserver, 'ingest'>
}

/** Why a stream is not read; what is said to it, where its version has answers. */
interface Objection {
  readonly why: string
  readonly answer: () => Answer
}

/** Takes the heartbeat streams of all peers, and has their beats received and answered. */
export class Intake {
  readonly #init: IntakeInit
  readonly #sessions = new Map<string, Set<Session>>()
  /** Streams that are told why they are not read. */
  readonly #ending = new Set<Promise<void>>()
  readonly #counts = { dropped: 0, resets: 0, refused: 0 }
  readonly #malformed: Partial<Record<MalformedReason, number>> = {}
  #stopped = false

  constructor(init: IntakeInit) {
    this.#init = init
  }

  get counts(): IntakeCounts {
    const { reception } = this.#init
    return { ...reception.counts, ...this.#counts, malformed: { ...this.#malformed } }
  }

  /** The handler of either protocol: reads one stream, or refuses it at once. Never throws. */
  readonly handle = (stream: Stream, connection: Connection): void => {
    // Closed while its protocol was agreed on: it says so to nobody any more.
    if (stream.status !== 'open') return
    const peer = connection.remotePeer.toString()
    const objection = this.#objection(peer)
    if (objection !== undefined) {
      this.#counts.refused += 1
      this.#init.log('stream of %p refused: %s', connection.remotePeer, objection.why)
      this.#refuse(stream, objection)
      return
    }
    const { roster, limits, clock, uptime } = this.#init
    const [eldest, ...others] = this.#sessions.get(peer) ?? []
    // Who comes anew has mostly lost what it had, and the eldest is likely a dead one.
    if (others.length >= limits.maxStreamsPerPeer - 1) eldest?.abort('the peer has newer streams')
    const sessions = this.#sessions.get(peer) ?? new Set()
    this.#sessions.set(peer, sessions)
    const port = this.#port(stream, connection, () => sessions.delete(session))
    const reader = beatReader(stream.protocol, limits.maxBeatBytes)
    const session = new Session(stream, reader, port, limits, clock)
    sessions.add(session)
    roster.open(peer, uptime.elapsed())
    session.start()
  }

  /**
   * Ends all streams, and refuses every other from now on: those of a version that has answers are
   * told when to come back.
   */
  async stop(): Promise<void> {
    this.#stopped = true
    const sessions = [...this.#sessions.values()].flatMap((each) => [...each])
    await Promise.all(sessions.map((each) => each.end('the aggregator stops', this.#bye)))
    await Promise.all(this.#ending)
  }

  readonly #bye = (): Answer => ({ type: 'bye', retry: this.#init.limits.byeRetry })

  #objection(peer: string): Objection | undefined {
    const { reception, admission, clock, allow, deny } = this.#init
    if (this.#stopped) return { why: 'the aggregator stops', answer: this.#bye }
    const answer = (): Answer => reception.reject(peer, FIRST_SEQ, 'refused')
    if (deny?.has(peer)) return { why: 'the peer is denied', answer }
    if (allow?.has(peer) === false) return { why: 'the peer is not among those allowed', answer }
    if (!admission.isRefused(peer, clock.elapsed())) return undefined
    return { why: 'the peer sent far too much', answer }
  }

  #refuse(stream: Stream, { why, answer }: Objection): void {
    if (stream.protocol !== HEARTBEAT_PROTOCOL_V2) return stream.abort(new Error(why))
    const ending = endInOrder(stream, answer(), this.#init.clock)
    this.#ending.add(ending)
    void ending.then(() => this.#ending.delete(ending))
  }

  #port(stream: Stream, connection: Connection, forget: () => void): SessionPort {
    const { roster, reception, admission, clock, uptime, log, observer } = this.#init
    const { remotePeer } = connection
    const peer = remotePeer.toString()
    const origin = { route: routeOf(connection.remoteAddr.toString()), protocol: stream.protocol }
    return {
      admitBytes: (length) => admission.bytes(peer, length, clock.elapsed()),
      admitLine: () => admission.line(peer, clock.elapsed()),
      beat: (beat) => reception.take(peer, beat, origin),
      malformed: (reason, seq) => {
        this.#malformed[reason] = (this.#malformed[reason] ?? 0) + 1
        roster.malformed(peer)
        return stream.protocol === HEARTBEAT_PROTOCOL_V2
          ? reception.reject(peer, seq, 'malformed')
          : undefined
      },
      dropped: (beat) => {
        this.#counts.dropped += 1
        roster.dropped(peer)
        return isAnnounced(beat) ? reception.reject(peer, beat.seq, 'too-often') : undefined
      },
      refused: () => {
        log('%p sent far too much and is refused for a while', remotePeer)
        for (const session of this.#sessions.get(peer) ?? []) {
          this.#counts.resets += 1
          const answer = (): Answer => reception.reject(peer, session.seq, 'refused')
          void session.end('far too much was sent', answer)
        }
      },
      reset: (why) => {
        this.#counts.resets += 1
        log('stream of %p reset: %s', remotePeer, why)
      },
      ingested: (duration) => observer?.ingest(duration),
      closed: () => {
        forget()
        if (this.#sessions.get(peer)?.size === 0) this.#sessions.delete(peer)
        roster.close(peer, uptime.elapsed())
      }
    }
  }
}
