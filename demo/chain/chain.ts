import { DEFAULT_SEED, FIRST_TIPSETS, MAX_REVERT, MAX_TIPSETS } from '../constants.ts'
import { draw, makeTipset, type Tipset } from './tipset.ts'

/** What a development chain is made of. */
export interface DevChainInit {
  /** When epoch 0 began, in Unix seconds. */
  readonly genesisTimestamp: number
  /** Length of an epoch, in ms: whole seconds. */
  readonly epochPeriod: number
  /** The epoch to begin at. */
  readonly height: number
  /** Chains of one seed have the same CIDs. */
  readonly seed?: string
  /** Share of epochs without a block, from 0 (unless given) to below 1. */
  readonly nullRounds?: number
}

/** A chain that grows and forks when it is told to. Owns no timer and no socket. */
export class DevChain {
  readonly genesis: Tipset
  readonly #init: DevChainInit
  readonly #seed: string
  #tipsets: Tipset[]
  #forks = 0

  constructor(init: DevChainInit) {
    this.#init = init
    // Another epoch is another chain, although it has the same seed and the same beginning.
    this.#seed = `${init.seed ?? DEFAULT_SEED} ${init.epochPeriod}`
    this.genesis = this.#make(0)
    this.#tipsets = [this.genesis]
    this.growTo(init.height)
    // A chain has a head at its first epoch, whatever the null rounds say.
    if (this.head.Height < init.height) this.#append(init.height)
  }

  get head(): Tipset {
    return this.#tipsets.at(-1) ?? this.genesis
  }

  /** The tipsets that are remembered, oldest first; the last is the head. */
  get tipsets(): readonly Tipset[] {
    return this.#tipsets
  }

  /** Adds the tipsets up to an epoch. A long pause, as of a closed laptop, counts as null rounds. */
  growTo(height: number): void {
    const first = Math.max(this.head.Height + 1, height - FIRST_TIPSETS + 1)
    for (let next = first; next <= height; next++) if (!this.#isNull(next)) this.#append(next)
  }

  /** Replaces the last tipsets by others of the same heights. */
  revert(count: number): void {
    const replaced = this.#tipsets.splice(-this.#checkCount(count))
    this.#forks++
    for (const { Height } of replaced) this.#append(Height)
  }

  #checkCount(count: number): number {
    // The oldest tipset stays, for the others to stand on.
    const most = Math.min(MAX_REVERT, this.#tipsets.length - 1)
    if (Number.isInteger(count) && count >= 1 && count <= most) return count
    throw new RangeError(`revert: "${count}" is not a whole number from 1 to ${most}`)
  }

  #append(height: number): void {
    this.#tipsets.push(this.#make(height, this.head))
    if (this.#tipsets.length > MAX_TIPSETS) this.#tipsets.shift()
  }

  #make(height: number, parent?: Tipset): Tipset {
    const { genesisTimestamp, epochPeriod } = this.#init
    const timestamp = genesisTimestamp + (height * epochPeriod) / 1_000
    const seed = this.#forks === 0 ? this.#seed : `${this.#seed} fork ${this.#forks}`
    return makeTipset({ height, timestamp, seed, ...(parent && { parent }) })
  }

  // Drawn from the height alone, so that both sides of a fork have the same null rounds.
  #isNull(height: number): boolean {
    const { nullRounds = 0 } = this.#init
    return nullRounds > 0 && draw(this.#seed, height) < nullRounds
  }
}
