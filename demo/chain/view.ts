import type { DevChain } from './chain.ts'
import type { Tipset } from './tipset.ts'

/** One step of a chain, as `Filecoin.ChainNotify` tells it. */
export interface HeadChange {
  readonly Type: 'current' | 'apply' | 'revert'
  readonly Val: Tipset
}

/** What one node knows of a chain. It can be held still while the chain goes on, and follows later. */
export class ChainView {
  readonly #chain: DevChain
  #tipsets: Tipset[]
  #stalled = false

  constructor(chain: DevChain) {
    this.#chain = chain
    this.#tipsets = [...chain.tipsets]
  }

  get head(): Tipset {
    return this.#tipsets.at(-1) ?? this.#chain.genesis
  }

  get genesis(): Tipset {
    return this.#chain.genesis
  }

  get stalled(): boolean {
    return this.#stalled
  }

  /** Holds the node still, or lets it go on with its next `follow`. */
  set stalled(stalled: boolean) {
    this.#stalled = stalled
  }

  /**
   * The tipset of an epoch, or the one before it if that epoch had none.
   *
   * @throws {RangeError} when the epoch is after the head, or older than what is remembered
   */
  at(height: number): Tipset {
    if (height > this.head.Height) {
      throw new RangeError(`looking for a tipset with height greater than the head: ${height}`)
    }
    const tipset = this.#tipsets.findLast(({ Height }) => Height <= height)
    if (tipset) return tipset
    if (height === 0) return this.genesis
    throw new RangeError(`the tipset at height ${height} is no longer remembered`)
  }

  /** Moves to the chain's head unless held still. Gives the way there, as Lotus tells it. */
  follow(): HeadChange[] {
    if (this.#stalled) return []
    const { tipsets } = this.#chain
    const before = this.#tipsets
    const shared = new Set(tipsets)
    const last = before.findLastIndex((tipset) => shared.has(tipset))
    this.#tipsets = [...tipsets]
    // Held still for longer than the chain remembers: there is no way to tell, only a place.
    if (last === -1) return [{ Type: 'current', Val: this.head }]
    const fork = before[last]?.Height ?? 0
    const reverted = before.slice(last + 1).reverse()
    const applied = tipsets.filter(({ Height }) => Height > fork)
    return [
      ...reverted.map((Val) => ({ Type: 'revert', Val }) as const),
      ...applied.map((Val) => ({ Type: 'apply', Val }) as const)
    ]
  }
}
