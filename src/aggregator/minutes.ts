import { MINUTE } from '../constants.ts'
import type { NetworkPoint } from './history.ts'
import { countThere } from './network-sampler.ts'
import type { NetworkState } from './network-state.ts'

/** Gathers the network's states into points of a minute. Pure: owns no timer. */
export class Minutes {
  #point: NetworkPoint | undefined
  /** Beats counted when the minute began. */
  #beatsBefore: number

  /** @param beats that were taken so far */
  constructor(beats: number) {
    this.#beatsBefore = beats
  }

  /** The minute so far; `undefined` before the first state. */
  get unfinished(): NetworkPoint | undefined {
    return this.#point
  }

  /**
   * Adds a state.
   *
   * @param beats taken so far, all in all
   * @returns the minute before, if this state begins another
   */
  add(state: NetworkState, beats: number): NetworkPoint | undefined {
    const at = state.at - (state.at % MINUTE)
    const before = this.#point
    const isNew = before !== undefined && before.at !== at
    if (isNew) this.#beatsBefore += before.beats
    const nodes = countThere(state.nodes)
    this.#point = {
      at,
      ...pointOf(state),
      nodes: isNew ? nodes : Math.max(nodes, before?.nodes ?? 0),
      beats: beats - this.#beatsBefore
    }
    return isNew ? before : undefined
  }
}

function pointOf({ watched, agreement, consensus, networkHeight, rtt, spread }: NetworkState) {
  return {
    down: watched.down,
    ...agreement,
    ...consensus,
    ...(networkHeight !== undefined && { networkHeight }),
    ...(rtt !== undefined && { rttP50: rtt.p50, rttP95: rtt.p95 }),
    spread
  }
}
