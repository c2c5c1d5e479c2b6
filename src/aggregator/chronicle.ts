import type { NodeRow } from './row.ts'
import type { Store } from './store/index.ts'

/** Tells a store what becomes of watched nodes, from one row of theirs to the next. */
export class Chronicle {
  readonly #store: Pick<Store, 'write'>
  readonly #last = new Map<string, NodeRow>()

  /** @param remembered rows that the store knows already */
  constructor(store: Pick<Store, 'write'>, remembered: readonly NodeRow[] = []) {
    this.#store = store
    for (const row of remembered) this.#last.set(row.peer, row)
  }

  /** The row of a watched node changed; `now` in ms since 1970. */
  note(row: NodeRow, now: number): void {
    const { peer, status, height, behindNetwork: behind, rtt, route = 'websocket' } = row
    const before = this.#last.get(peer)
    this.#last.set(peer, row)
    if (before?.status !== status) this.#store.write({ kind: 'status', peer, at: now, status })
    const { lastBeatAt: at } = row
    if (at !== undefined && at !== before?.lastBeatAt && row.beats > (before?.beats ?? 0)) {
      this.#store.write({
        kind: 'beat',
        peer,
        at,
        height: BigInt(height),
        ...(behind !== undefined && { behind }),
        ...(rtt !== undefined && { rtt }),
        route
      })
    }
    this.#store.write({ kind: 'row', row })
  }
}
