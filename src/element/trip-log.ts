import type { ClientState, SentBeat } from '../client/index.ts'
import { MAX_DRAWN_TRIPS } from '../constants.ts'

/** One report, and what became of it. */
export interface Trip {
  /** When it left, in ms since 1970. */
  readonly at: number
  /** The server said that it has it. */
  readonly isConfirmed: boolean
  /** Round trip, in ms. */
  readonly rtt?: number
}

const logs = new WeakMap<object, TripLog>()

/** The log of a client, which all elements that show it share. */
export function logOf(client: object): TripLog {
  const log = logs.get(client) ?? new TripLog()
  logs.set(client, log)
  return log
}

/** Remembers the last reports and their round trips, from what the client says as it goes. */
export class TripLog {
  #trips: readonly Trip[] = []
  #confirmed = 0

  /** How many reports were ever known to have arrived. */
  get confirmed(): number {
    return this.#confirmed
  }

  /** The last reports of which it is known by now whether they arrived, the eldest first. */
  get settled(): readonly Trip[] {
    return this.#trips.at(-1)?.isConfirmed === false ? this.#trips.slice(0, -1) : this.#trips
  }

  note(state: ClientState, lastBeat: SentBeat | undefined): void {
    if (state.phase === 'idle') this.#trips = []
    else if (lastBeat !== undefined && lastBeat.at !== this.#trips.at(-1)?.at) {
      const sent = { at: lastBeat.at, isConfirmed: false }
      this.#trips = [...this.#trips, sent].slice(-MAX_DRAWN_TRIPS)
    }
    this.#confirm(state.phase === 'following' ? state.leader : state)
  }

  #confirm(state: ClientState): void {
    const last = this.#trips.at(-1)
    if (last === undefined || last.isConfirmed || state.phase !== 'beating') return
    const { delivery, rtt } = state
    if (delivery.kind !== 'acknowledged' || delivery.at < last.at) return
    const confirmed = { ...last, isConfirmed: true, ...(rtt !== undefined && { rtt }) }
    this.#trips = [...this.#trips.slice(0, -1), confirmed]
    this.#confirmed += 1
  }
}
