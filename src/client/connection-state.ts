import { SUSPECT_SKIPS } from '../constants.ts'
import { RouteError } from '../errors.ts'
import type { SenderEvent, Version } from '../heartbeat/index.ts'
import type { BeatingState, ConnectionState, Delivery } from './state.ts'

/** What can happen to a connection, besides what happens to its sender. Times are ms since 1970. */
export type ConnectionEvent =
  | SenderEvent
  | { readonly type: 'upgrade'; readonly upgrade: BeatingState['upgrade'] }
  | { readonly type: 'network'; readonly online: boolean; readonly at: number }

interface Facts {
  /** What is shown while reports do not flow; absent while they do. */
  readonly down?: ConnectionState
  /** Set from the moment that a leg is open. */
  readonly leg?: {
    readonly route: BeatingState['route']
    readonly version?: Version
    readonly rtt?: number
  }
  /** The last beat over this leg, or the one before it. */
  readonly sent?: { readonly at: number; readonly height: bigint; readonly nextAt: number }
  readonly delivery?: Delivery
  /** An answer is overdue. */
  readonly isOverdue?: boolean
  /** Beats in a row that the stream would not take. */
  readonly skipped?: number
  readonly upgrade?: BeatingState['upgrade'] | undefined
  /** Since when beats leave more seldom than asked. */
  readonly slowedSince?: number | undefined
  /** Since when the browser reports no network. */
  readonly offlineSince?: number | undefined
}

/** The only writer of the connection's state: events go in, the latest state comes out. */
export class ConnectionStateWriter {
  readonly #via: string
  readonly #now: () => number
  readonly #onState: (state: ConnectionState) => void
  #facts: Facts

  /**
   * @param via host to be named while connecting
   * @param now ms since 1970
   */
  constructor(via: string, now: () => number, onState: (state: ConnectionState) => void) {
    this.#via = via
    this.#now = now
    this.#onState = onState
    this.#facts = { down: connecting(1, via) }
    onState(stateOf(this.#facts))
  }

  /** Takes note of what happened, and tells the new state if that changes it. */
  write(event: ConnectionEvent): void {
    const facts = settle(reduce(this.#facts, event, this.#via, this.#now()))
    if (facts === this.#facts) return
    this.#facts = facts
    this.#onState(stateOf(facts))
  }
}

function reduce(facts: Facts, event: ConnectionEvent, via: string, now: number): Facts {
  switch (event.type) {
    case 'connecting':
      // While tries fail one after another, each new one is part of the failure.
      if (facts.down?.phase === 'failing') return facts
      return { ...withoutLeg(facts), down: connecting(event.attempt, via) }
    case 'connected':
      return { ...facts, leg: { route: event.way }, isOverdue: false, skipped: 0 }
    case 'accepted':
      return accept(facts, event)
    case 'upgrade':
      return { ...facts, upgrade: event.upgrade }
    case 'sent':
      return {
        ...facts,
        skipped: 0,
        sent: { at: event.at, nextAt: event.nextAt, height: event.beat.height },
        slowedSince: event.isSlowed ? (facts.slowedSince ?? event.at) : undefined
      }
    case 'skipped':
      return skip(facts, event, via)
    case 'alive':
      return facts.leg ? { ...answered(facts, event.rtt) } : facts
    case 'acknowledged':
      return { ...answered(facts, event.rtt), delivery: { kind: 'acknowledged', at: event.at } }
    case 'rejected':
      return reject(facts, event, now)
    case 'suspect':
      return { ...facts, isOverdue: true }
    case 'lost':
      return { ...withoutLeg(facts), down: connecting(1, via) }
    case 'failed': {
      const kept = event.isKept ? { ...facts, isOverdue: true } : withoutLeg(facts)
      return { ...kept, down: failing(event, via) }
    }
    case 'network':
      return network(facts, event, via)
    case 'paced':
      return facts
    default:
      return event satisfies never
  }
}

/** What a lost leg leaves: what the browser says of the network. */
function withoutLeg({ offlineSince }: Facts): Facts {
  return { offlineSince }
}

// A leg that takes over keeps the last beat and its delivery: it was accepted before it was moved to.
function accept(facts: Facts, { version, rtt }: SenderEvent & { type: 'accepted' }): Facts {
  if (facts.leg === undefined) return facts
  const leg = { ...facts.leg, version, ...(rtt !== undefined && { rtt }) }
  if (version === 2) return { ...facts, leg }
  return { ...facts, leg, delivery: { kind: 'unconfirmed' } }
}

function answered(facts: Facts, rtt: number | undefined): Facts {
  const leg = facts.leg && { ...facts.leg, ...(rtt !== undefined && { rtt }) }
  return { ...facts, ...(leg && { leg }), isOverdue: false }
}

function reject(
  facts: Facts,
  { reason, retryAt, isFinal }: SenderEvent & { type: 'rejected' },
  now: number
): Facts {
  if (retryAt === undefined && isFinal !== true) {
    return { ...facts, delivery: { kind: 'rejected', reason } }
  }
  const nextTryAt = retryAt === undefined ? {} : { nextTryAt: retryAt }
  return { ...withoutLeg(facts), down: { phase: 'rejected', reason, since: now, ...nextTryAt } }
}

function skip(facts: Facts, event: SenderEvent & { type: 'skipped' }, via: string): Facts {
  const { sent, skipped = 0, down } = facts
  if (sent !== undefined) {
    const isFull = event.reason === 'needs-drain'
    return {
      ...facts,
      skipped: isFull ? skipped + 1 : skipped,
      sent: { ...sent, nextAt: event.nextAt }
    }
  }
  if (event.reason !== 'no-head' || down?.phase === 'failing') return facts
  return { ...facts, down: { ...connecting(1, via), waitingFor: 'head' } }
}

function network(facts: Facts, event: ConnectionEvent & { type: 'network' }, via: string): Facts {
  if (!event.online) return { ...facts, offlineSince: facts.offlineSince ?? event.at }
  const { offlineSince, ...rest } = facts
  if (offlineSince === undefined) return facts
  const wasShown = rest.down?.phase === 'failing'
  return wasShown ? { ...rest, down: connecting(1, via) } : rest
}

// Reports flow once one has left, and the server is known to have taken it or never to say.
function settle(facts: Facts): Facts {
  const { leg, sent, delivery, isOverdue, down } = facts
  if (down === undefined || down.phase === 'rejected' || isOverdue) return facts
  if (leg === undefined || sent === undefined || delivery === undefined) return facts
  const { down: _, ...flowing } = facts
  return flowing
}

function stateOf(facts: Facts): ConnectionState {
  const { down, leg, sent, delivery, skipped = 0, isOverdue = false, slowedSince } = facts
  if (down !== undefined || !leg || !sent || !delivery) return shownDown(facts)
  // Browsers may be wrong about the network while beats still go through: then they are not asked.
  // A page that rests is no matter; that its reports are not accepted is one.
  const isResting = slowedSince !== undefined && delivery.kind !== 'rejected'
  if (isResting) return { phase: 'asleep', since: slowedSince }
  const upgrade = leg.route === 'relayed' ? facts.upgrade : undefined
  return {
    phase: 'beating',
    route: leg.route,
    delivery,
    ...(leg.rtt !== undefined && { rtt: leg.rtt }),
    lastBeat: { at: sent.at, height: sent.height },
    nextBeatAt: sent.nextAt,
    ...(upgrade && { upgrade }),
    suspect: isOverdue || skipped >= SUSPECT_SKIPS
  }
}

function shownDown({ down, offlineSince }: Facts): ConnectionState {
  if (down?.phase === 'rejected') return down
  // A browser that says there is no network is right as long as nothing goes through.
  if (offlineSince !== undefined) return { phase: 'offline', since: offlineSince }
  return down ?? { phase: 'connecting', attempt: 1 }
}

function connecting(attempt: number, via: string): ConnectionState & { phase: 'connecting' } {
  return { phase: 'connecting', attempt, via }
}

function failing(event: SenderEvent & { type: 'failed' }, via: string): ConnectionState {
  const { error, attempts, since, retryAt } = event
  return {
    phase: 'failing',
    layer: error instanceof RouteError ? error.layer : 'aggregator',
    since,
    attempts,
    via: (error instanceof RouteError ? error.host : undefined) ?? via,
    problem: error.message,
    nextTryAt: retryAt
  }
}
