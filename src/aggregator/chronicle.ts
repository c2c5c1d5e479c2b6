import type { Liveness } from './liveness.ts'
import type { NodeRow } from './row.ts'
import type { Store } from './store/index.ts'

/** Tells a store what becomes of watched nodes. */
export class Chronicle {
  readonly #store: Pick<Store, 'write'>
  /** Status of each node, as the store was told it last. */
  readonly #statuses = new Map<string, Liveness>()

  constructor(store: Pick<Store, 'write'>) {
    this.#store = store
  }

  /** The store knows these rows already. */
  remember(rows: readonly NodeRow[]): void {
    for (const { peer, status } of rows) this.#statuses.set(peer, status)
  }

  /** The row of a watched node changed; `now` in ms since 1970. */
  changed(row: NodeRow, now: number): void {
    const { peer, status } = row
    if (this.#statuses.get(peer) !== status) {
      this.#statuses.set(peer, status)
      this.#store.write({ kind: 'status', peer, at: now, status })
    }
    this.#store.write({ kind: 'row', row })
  }

  /** A beat of a watched node was taken, and made this row. */
  heard({
    peer,
    height,
    behindNetwork: behind,
    rtt,
    route = 'websocket',
    lastBeatAt: at
  }: NodeRow): void {
    if (at === undefined) return
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
}
