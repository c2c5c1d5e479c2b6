import { CIRCUIT_RENEWAL_SHARE, MIN_MISSTATED_LIFETIME } from '../constants.ts'

/** What a relay says that a circuit may still have: js-libp2p counts both down. */
export interface LimitsLeft {
  /** Seconds by the specification; js-libp2p's relays mean milliseconds. */
  readonly seconds?: number
  readonly bytes?: bigint
}

/**
 * When a circuit is to be replaced, so that no relay ever cuts it. What a relay states is not
 * trusted further than that: a number too large to be in seconds is read as milliseconds.
 */
export class CircuitLimits {
  readonly #left: LimitsLeft
  readonly #bytes: bigint | undefined
  /** Longest life of the circuit, in ms; `undefined` for one without end. */
  readonly lifetime: number | undefined

  /** @param left what is left when the circuit is new */
  constructor(left: LimitsLeft) {
    this.#left = left
    this.#bytes = left.bytes
    const { seconds } = left
    this.lifetime =
      seconds === undefined || seconds < MIN_MISSTATED_LIFETIME
        ? seconds && seconds * 1_000
        : seconds
  }

  /** Whether a circuit that is `age` ms old should be replaced now. */
  isDue(age: number): boolean {
    if (this.lifetime !== undefined && age >= this.lifetime * CIRCUIT_RENEWAL_SHARE) return true
    if (this.#bytes === undefined || this.#left.bytes === undefined) return false
    return Number(this.#left.bytes) <= Number(this.#bytes) * (1 - CIRCUIT_RENEWAL_SHARE)
  }
}
