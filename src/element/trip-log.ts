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

/** Remembers the last reports and their round trips, from what the client says as it goes. */
export class TripLog {
  #trips: readonly Trip[] = []

  /** The last ones, the eldest first. */
  get trips(): readonly Trip[] {
    return this.#trips
  }

  /** Those of which it is known by now whether they arrived. */
  get settled(): readonly Trip[] {
    return this.#trips.at(-1)?.isConfirmed === false ? this.#trips.slice(0, -1) : this.#trips
  }

  /** @returns whether a report is newly known to have arrived */
  note(state: ClientState, lastBeat: SentBeat | undefined): boolean {
    if (state.phase === 'idle') this.#trips = []
    else if (lastBeat !== undefined && lastBeat.at !== this.#trips.at(-1)?.at) {
      const sent = { at: lastBeat.at, isConfirmed: false }
      this.#trips = [...this.#trips, sent].slice(-MAX_DRAWN_TRIPS)
    }
    return this.#confirm(state.phase === 'following' ? state.leader : state)
  }

  #confirm(state: ClientState): boolean {
    const last = this.#trips.at(-1)
    if (last === undefined || last.isConfirmed || state.phase !== 'beating') return false
    const { delivery, rtt } = state
    if (delivery.kind !== 'acknowledged' || delivery.at < last.at) return false
    const confirmed = { ...last, isConfirmed: true, ...(rtt !== undefined && { rtt }) }
    this.#trips = [...this.#trips.slice(0, -1), confirmed]
    return true
  }
}
