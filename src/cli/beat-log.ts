import type { Logger } from 'pino'
import type { ClientState, HeartbeatClient } from '../client/index.ts'

/** What is said of one target. */
export interface BeatLogInit {
  readonly client: Pick<HeartbeatClient, 'state' | 'view' | 'lastBeat'>
  /** Which of the targets it is. */
  readonly target: string
  readonly log: Logger
  /** Takes each state as a line of JSON; absent where nobody wants it. */
  readonly print?: (line: string) => void
}

/** Tells what becomes of the beats to one target: each state as JSON, each change of it in the log. */
export class BeatLog {
  readonly #init: BeatLogInit
  #told = ''
  #printed = ''
  #acknowledgedAt = 0
  #acknowledged = 0

  constructor(init: BeatLogInit) {
    this.#init = init
  }

  /** Acknowledgements that came, each of a beat and all before it. */
  get acknowledged(): number {
    return this.#acknowledged
  }

  /** Looks at the client, after every change of it. */
  look(): void {
    const { state } = this.#init.client
    this.#count(state)
    this.#print(state)
    const facts = factsOf(state)
    const key = JSON.stringify([state.phase, facts])
    if (key === this.#told) return
    this.#told = key
    const { log, target } = this.#init
    const isBad = ['failing', 'rejected', 'misconfigured', 'unsupported'].includes(state.phase)
    log[isBad ? 'warn' : 'info']({ target, ...facts }, state.phase)
  }

  #count(state: ClientState): void {
    if (state.phase !== 'beating' || state.delivery.kind !== 'acknowledged') return
    if (state.delivery.at === this.#acknowledgedAt) return
    this.#acknowledgedAt = state.delivery.at
    this.#acknowledged++
  }

  #print(state: ClientState): void {
    const { print, target, client } = this.#init
    if (print === undefined) return
    const { verdict } = client.view
    const line = JSON.stringify({ target, state, verdict, acknowledged: this.#acknowledged }, plain)
    if (line === this.#printed) return
    this.#printed = line
    print(line)
  }
}

/** What makes two states differ for a reader of the log: not when the next beat is due. */
function factsOf(state: ClientState): Readonly<Record<string, unknown>> {
  switch (state.phase) {
    case 'beating':
      return {
        route: state.route,
        delivery: state.delivery.kind,
        ...(state.delivery.kind === 'rejected' && { reason: state.delivery.reason }),
        ...(state.upgrade && { upgrade: state.upgrade }),
        ...(state.suspect && { suspect: true })
      }
    case 'failing':
      return { layer: state.layer, via: state.via, problem: state.problem }
    case 'rejected':
      return { reason: state.reason }
    case 'connecting':
      return state.waitingFor === undefined ? { via: state.via } : { waitingFor: state.waitingFor }
    case 'misconfigured':
    case 'unsupported':
      return { problem: state.problem }
    default:
      return {}
  }
}

// Heights are larger than JSON's numbers can be.
function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}
