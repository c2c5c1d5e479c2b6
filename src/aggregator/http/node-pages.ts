import { MAX_NODE_ORDERS, MIN_ORDERED_NODES, NODE_ORDER_PERIOD } from '../../constants.ts'
import type { Clock } from '../../timing/index.ts'
import type { Roster } from '../roster.ts'
import { type NodeSelection, type OrderedPeers, orderPeers } from './node-order.ts'

/** What pages of nodes are made of. */
export interface NodePagesInit {
  readonly roster: Pick<Roster, 'rows'>
  /** The highest epoch that counts, in decimal digits. */
  readonly topHeight: () => string | undefined
  readonly clock: Pick<Clock, 'elapsed'>
}

/** An order as it was a moment ago. */
interface Order extends OrderedPeers {
  readonly at: number
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

  /** The first `most` who fit, in order, or more of them; at most a second old. */
  first(most: number, selection: NodeSelection): OrderedPeers {
    const { search, sort, order, group, status } = selection
    const key = JSON.stringify([search?.toLowerCase(), sort, order, group, status])
    const at = this.#init.clock.elapsed()
    const known = this.#orders.get(key)
    if (known !== undefined && at - known.at < NODE_ORDER_PERIOD && isEnough(known, most)) {
      return known
    }
    const { roster, topHeight } = this.#init
    // Whoever turns pages will want more soon.
    const enough = Math.max(MIN_ORDERED_NODES, 2 * most)
    const ordered = { at, ...orderPeers(roster.rows(), selection, topHeight(), enough) }
    this.#orders.delete(key)
    this.#orders.set(key, ordered)
    const [eldest] = this.#orders.keys()
    if (this.#orders.size > MAX_NODE_ORDERS && eldest !== undefined) this.#orders.delete(eldest)
    return ordered
  }
}

function isEnough({ peers, total }: OrderedPeers, most: number): boolean {
  return peers.length >= Math.min(most, total)
}
