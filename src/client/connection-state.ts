import { SUSPECT_SKIPS } from '../constants.ts'
import { RouteError } from '../errors.ts'
import type { SenderEvent } from '../heartbeat/index.ts'
import type { BeatingState, ConnectionState } from './state.ts'

/** What can happen to a connection, besides what happens to its sender. */
export type ConnectionEvent =
  | SenderEvent
  | { readonly type: 'upgrade'; readonly upgrade: BeatingState['upgrade'] }
  | { readonly type: 'network'; readonly online: boolean; readonly at: number }

interface Facts {
  readonly state: ConnectionState
  /** Set from the moment that a leg is open. */
  readonly leg?: {
    readonly route: BeatingState['route']
    readonly accepted: boolean
    readonly rtt?: number
  }
  /** The last beat over this leg. */
  readonly sent?: { readonly at: number; readonly height: bigint; readonly nextAt: number }
  /** Beats in a row that were due and could not leave. */
  readonly skipped?: number
  readonly upgrade?: BeatingState['upgrade'] | undefined
  /** Since when the browser reports no network. */
  readonly offlineSince?: number
}

/** The only writer of the connection's state: events go in, the latest state comes out. */
export class ConnectionStateWriter {
  readonly #via: string
  readonly #onState: (state: ConnectionState) => void
  #facts: Facts

  /** @param via host to be named while connecting */
  constructor(via: string, onState: (state: ConnectionState) => void) {
    this.#via = via
    this.#onState = onState
    this.#facts = { state: connecting(1, via) }
    onState(this.#facts.state)
  }

  /** Takes note of what happened, and tells the new state if that changes it. */
  write(event: ConnectionEvent): void {
    const { state } = this.#facts
    this.#facts = reduce(this.#facts, event, this.#via)
    if (this.#facts.state !== state) this.#onState(this.#facts.state)
  }
}

function reduce(facts: Facts, event: ConnectionEvent, via: string): Facts {
  const { state, offlineSince } = facts
  switch (event.type) {
    case 'connecting':
      // While tries fail one after another, each new one is part of the failure.
      if (state.phase === 'failing' || state.phase === 'offline') return facts
      return without(facts, connecting(event.attempt, via))
    case 'connected':
      return show({ ...facts, leg: { route: event.way, accepted: false } })
    case 'accepted':
      return facts.leg
        ? show({ ...facts, leg: { ...facts.leg, accepted: true, ...rttOf(event) } })
        : facts
    case 'upgrade':
      return show({ ...facts, upgrade: event.upgrade })
    case 'sent':
      return show({ ...facts, skipped: 0, sent: { ...event, height: event.beat.height } })
    case 'skipped':
      return skip(facts, event, via)
    case 'lost':
      return without(facts, offlineSince === undefined ? connecting(1, via) : offline(offlineSince))
    case 'failed':
      return without(
        facts,
        offlineSince === undefined ? failing(event, via) : offline(offlineSince)
      )
    case 'network':
      return network(facts, event, via)
    default:
      return event satisfies never
  }
}

/** What a lost leg leaves: the new state, and what the browser says of the network. */
function without({ offlineSince }: Facts, state: ConnectionState): Facts {
  return { state, ...(offlineSince !== undefined && { offlineSince }) }
}

// Reports flow once the server has accepted them and one has left, whichever comes last. A leg that
// moves keeps the last beat, and is believed at once: it was accepted before it was moved to.
function show(facts: Facts): Facts {
  const { leg, sent, skipped = 0, state } = facts
  if (leg === undefined || sent === undefined) return facts
  if (!leg.accepted && state.phase !== 'beating') return facts
  const upgrade = leg.route === 'relayed' ? facts.upgrade : undefined
  return {
    ...facts,
    state: {
      phase: 'beating',
      route: leg.route,
      delivery: { kind: 'unconfirmed' },
      ...(leg.rtt !== undefined && { rtt: leg.rtt }),
      lastBeat: { at: sent.at, height: sent.height },
      nextBeatAt: sent.nextAt,
      ...(upgrade && { upgrade }),
      suspect: skipped >= SUSPECT_SKIPS
    }
  }
}

function skip(facts: Facts, event: SenderEvent & { type: 'skipped' }, via: string): Facts {
  const { sent, skipped = 0, state } = facts
  if (sent !== undefined) {
    const isFull = event.reason === 'needs-drain'
    return show({
      ...facts,
      skipped: isFull ? skipped + 1 : skipped,
      sent: { ...sent, nextAt: event.nextAt }
    })
  }
  if (event.reason !== 'no-head' || state.phase === 'failing') return facts
  return { ...facts, state: { ...connecting(1, via), waitingFor: 'head' } }
}

function connecting(attempt: number, via: string): ConnectionState & { phase: 'connecting' } {
  return { phase: 'connecting', attempt, via }
}

function offline(since: number): ConnectionState {
  return { phase: 'offline', since }
}

function rttOf({ rtt }: SenderEvent & { type: 'accepted' }): { rtt?: number } {
  return rtt === undefined ? {} : { rtt }
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

// Browsers are right when they say that there is no network while nothing goes through, and may
// be wrong while beats still do: then it is remembered until the leg is lost.
function network(facts: Facts, event: ConnectionEvent & { type: 'network' }, via: string): Facts {
  const { offlineSince: _, ...rest } = facts
  if (!event.online) {
    const state = facts.state.phase === 'beating' ? facts.state : offline(event.at)
    return { ...facts, state, offlineSince: event.at }
  }
  return facts.state.phase === 'offline' ? { ...rest, state: connecting(1, via) } : rest
}
