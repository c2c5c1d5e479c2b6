import { MAX_NODE_ORDERS, NODE_ORDER_PERIOD } from '../../constants.ts'
import type { Clock } from '../../timing/index.ts'
import type { Roster } from '../roster.ts'
import { type NodeSelection, orderPeers } from './node-order.ts'

/** What pages of nodes are made of. */
export interface NodePagesInit {
  readonly roster: Pick<Roster, 'peers' | 'get'>
  /** The highest epoch that counts, in decimal digits. */
  readonly topHeight: () => string | undefined
  readonly clock: Pick<Clock, 'elapsed'>
}

/** An order as it was a moment ago. */
interface Order {
  readonly at: number
  readonly peers: readonly string[]
}

/**
 * Selects and orders nodes for readers that see a page at a time. Orders are kept for a second, so
 * that turning pages, and many readers, cost little; the number of those kept is bounded.
 */
export class NodePages {
  readonly #init: NodePagesInit
  /** By selection; the one that was made last is the last. */
  readonly #orders = new Map<string, Order>()

  constructor(init: NodePagesInit) {
    this.#init = init
  }

  /** Orders that are kept. */
  get size(): number {
    return this.#orders.size
  }

  /** Everybody who fits, in order, at most a second old. */
  peers(selection: NodeSelection): readonly string[] {
    const { search, sort, order, group, status } = selection
    const key = JSON.stringify([search?.toLowerCase(), sort, order, group, status])
    const now = this.#init.clock.elapsed()
    const known = this.#orders.get(key)
    if (known !== undefined && now - known.at < NODE_ORDER_PERIOD) return known.peers
    const { roster, topHeight } = this.#init
    const rows = roster.peers().flatMap((peer) => roster.get(peer) ?? [])
    const peers = orderPeers(rows, selection, topHeight())
    this.#orders.delete(key)
    this.#orders.set(key, { at: now, peers })
    const [eldest] = this.#orders.keys()
    if (this.#orders.size > MAX_NODE_ORDERS && eldest !== undefined) this.#orders.delete(eldest)
    return peers
  }
}
