import type { Connection, Logger, Stream } from '@libp2p/interface'
import type { MalformedReason } from '../errors.ts'
import type { Clock } from '../timing/index.ts'
import type { Admission } from './admission.ts'
import type { Limits } from './limits.ts'
import type { Roster } from './roster.ts'
import { routeOf } from './route.ts'
import { Session, type SessionPort } from './session.ts'

/** What an aggregator has counted since it started, over all peers. */
export interface IntakeCounts {
  /** Beats read. */
  readonly beats: number
  /** Lines that were no beats, by reason. */
  readonly malformed: Readonly<Partial<Record<MalformedReason, number>>>
  /** Beats beyond their peer's allowance. */
  readonly dropped: number
  /** Streams reset for what came over them. */
  readonly resets: number
  /** Streams refused when they were opened. */
  readonly refused: number
}

/** What the intake works with. */
export interface IntakeInit {
  readonly roster: Roster
  readonly admission: Admission
  readonly limits: Limits
  readonly clock: Clock
  readonly log: Logger
}

/** Takes the heartbeat streams of all peers, and puts what they bring into the roster. */
export class Intake {
  readonly #init: IntakeInit
  readonly #sessions = new Map<string, Set<Session>>()
  readonly #counts = { beats: 0, dropped: 0, resets: 0, refused: 0 }
  readonly #malformed: Partial<Record<MalformedReason, number>> = {}
  #stopped = false

  constructor(init: IntakeInit) {
    this.#init = init
  }

  get counts(): IntakeCounts {
    return { ...this.#counts, malformed: { ...this.#malformed } }
  }

  /** The handler of `fil/heartbeat/1.0.0`: reads one stream, or refuses it at once. Never throws. */
  readonly handle = (stream: Stream, connection: Connection): void => {
    // Closed while its protocol was agreed on: it says so to nobody any more.
    if (stream.status !== 'open') return
    const peer = connection.remotePeer.toString()
    const problem = this.#objection(peer)
    if (problem !== undefined) {
      this.#counts.refused += 1
      this.#init.log('stream of %p refused: %s', connection.remotePeer, problem)
      stream.abort(new Error(problem))
      return
    }
    const { roster, limits, clock } = this.#init
    const sessions = this.#sessions.get(peer) ?? new Set()
    this.#sessions.set(peer, sessions)
    const port = this.#port(stream, connection, () => sessions.delete(session))
    const session = new Session(stream, port, limits, clock)
    sessions.add(session)
    roster.open(peer)
    session.start()
  }

  /** Resets all streams, and refuses every other from now on. */
  stop(): void {
    this.#stopped = true
    for (const sessions of this.#sessions.values()) {
      for (const session of sessions) session.abort('the aggregator stops')
    }
  }

  #objection(peer: string): string | undefined {
    const { admission, limits, clock } = this.#init
    if (this.#stopped) return 'the aggregator stops'
    if (admission.isRefused(peer, clock.elapsed())) return 'the peer sent far too much'
    const open = this.#sessions.get(peer)?.size ?? 0
    return open >= limits.maxStreamsPerPeer ? `the peer has ${open} streams already` : undefined
  }

  #port(stream: Stream, connection: Connection, forget: () => void): SessionPort {
    const { roster, admission, clock, log } = this.#init
    const { remotePeer } = connection
    const peer = remotePeer.toString()
    const origin = { route: routeOf(connection.remoteAddr.toString()), protocol: stream.protocol }
    return {
      admitBytes: (length) => admission.bytes(peer, length, clock.elapsed()),
      admitLine: () => admission.line(peer, clock.elapsed()),
      beat: (beat) => {
        const hasRoom = roster.beat(peer, beat, origin, clock.now())
        if (hasRoom) this.#counts.beats += 1
        return hasRoom
      },
      malformed: (reason) => {
        this.#malformed[reason] = (this.#malformed[reason] ?? 0) + 1
        roster.malformed(peer)
      },
      dropped: () => {
        this.#counts.dropped += 1
        roster.dropped(peer)
      },
      refused: () => {
        log('%p sent far too much and is refused for a while', remotePeer)
        for (const session of this.#sessions.get(peer) ?? []) {
          this.#counts.resets += 1
          session.abort('far too much was sent')
        }
      },
      reset: (why) => {
        this.#counts.resets += 1
        log('stream of %p reset: %s', remotePeer, why)
      },
      closed: () => {
        forget()
        if (this.#sessions.get(peer)?.size === 0) this.#sessions.delete(peer)
        roster.close(peer, clock.elapsed())
      }
    }
  }
}
