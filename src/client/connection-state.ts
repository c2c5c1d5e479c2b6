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
  readonly leg?: { readonly route: BeatingState['route']; readonly rtt?: number }
  readonly upgrade?: BeatingState['upgrade']
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
    this.#facts = { state: { phase: 'connecting', attempt: 1, via } }
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
  const { state } = facts
  switch (event.type) {
    case 'connecting':
      // While tries fail one after another, each new one is part of the failure.
      if (state.phase === 'failing' || state.phase === 'offline') return facts
      return { state: { phase: 'connecting', attempt: event.attempt, via } }
    case 'connected':
      return withLeg(facts, { route: event.way })
    case 'accepted':
      return facts.leg && event.rtt !== undefined
        ? withLeg(facts, { ...facts.leg, rtt: event.rtt })
        : facts
    case 'upgrade':
      return withUpgrade(facts, event.upgrade)
    case 'sent':
      return { ...facts, state: beating(facts, event) }
    case 'skipped':
      if (event.reason !== 'no-head' || state.phase === 'beating') return facts
      return { ...facts, state: { phase: 'connecting', attempt: 1, via, waitingFor: 'head' } }
    case 'lost':
      return { state: { phase: 'connecting', attempt: 1, via } }
    case 'failed':
      return { state: state.phase === 'offline' ? state : failing(event, via) }
    case 'network':
      return network(facts, event, via)
    default:
      return event satisfies never
  }
}

function withLeg(facts: Facts, leg: Facts['leg'] & object): Facts {
  const upgrade = leg.route === 'relayed' ? facts.upgrade : undefined
  const { state } = facts
  if (state.phase !== 'beating') return { state, leg, ...(upgrade && { upgrade }) }
  const { upgrade: _, rtt: __, ...rest } = state
  return {
    leg,
    ...(upgrade && { upgrade }),
    state: { ...rest, ...leg, ...(upgrade && { upgrade }) }
  }
}

function withUpgrade(facts: Facts, upgrade: BeatingState['upgrade']): Facts {
  const { upgrade: _, ...before } = facts
  const next = { ...before, ...(upgrade && { upgrade }) }
  return facts.leg ? withLeg(next, facts.leg) : next
}

function beating(facts: Facts, event: SenderEvent & { type: 'sent' }): BeatingState {
  const { leg, upgrade } = facts
  return {
    phase: 'beating',
    route: leg?.route ?? 'websocket',
    delivery: { kind: 'unconfirmed' },
    ...(leg?.rtt !== undefined && { rtt: leg.rtt }),
    lastBeat: { at: event.at, height: event.beat.height },
    nextBeatAt: event.nextAt,
    ...(upgrade && { upgrade }),
    suspect: false
  }
}

function failing(event: SenderEvent & { type: 'failed' }, via: string): ConnectionState {
  const { error, attempts, since, retryAt } = event
  return {
    phase: 'failing',
    layer: error instanceof RouteError ? error.layer : 'aggregator',
    since,
    attempts,
    via,
    problem: error.message,
    nextTryAt: retryAt
  }
}

// Browsers are right when they say that there is no network while nothing goes through, and may
// be wrong while beats still do.
function network(facts: Facts, event: ConnectionEvent & { type: 'network' }, via: string): Facts {
  const { state } = facts
  if (!event.online) {
    return state.phase === 'beating' ? facts : { state: { phase: 'offline', since: event.at } }
  }
  return state.phase === 'offline' ? { state: { phase: 'connecting', attempt: 1, via } } : facts
}
