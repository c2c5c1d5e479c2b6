// A network that is made up: nodes, their history and what is wrong with them, in the shapes of the
// aggregator's answers. Questions enter, answers leave.

import type {
  Alert,
  FeedEvents,
  LivenessCounts,
  NetworkState,
  NodeRow
} from '../../../src/aggregator/index.ts'
import { aboutOf, readinessOf, referencesOf } from './about.ts'
import { troublesOf } from './alerts.ts'
import { networkHistory, nodeHistory, rangeOf } from './history.ts'
import { MadeUpNodes, type MadeUpNodesInit } from './nodes.ts'
import { beginOf, heightAt, noise, SPREAD } from './numbers.ts'
import { pageOf } from './page.ts'

/** The network; while there is trouble, its observer is unwell, too. Moments are in ms since 1970. */
export class MadeUpNetwork {
  readonly #nodes: MadeUpNodes
  readonly #trouble: boolean
  readonly #alerts: readonly Alert[]

  constructor(init: MadeUpNodesInit) {
    this.#nodes = new MadeUpNodes(init)
    this.#trouble = init.trouble ?? false
    this.#alerts = this.#trouble ? troublesOf(this.#nodes, Date.now()) : []
  }

  /** The rows of watched nodes whose turn it is to beat. */
  beat(now = Date.now()): NodeRow[] {
    const turn = Math.floor(now / 1_000) % 3
    return this.#nodes
      .allWatched(now)
      .filter(({ status }, at) => at % 3 === turn && status !== 'down')
  }

  row(at: number, now = Date.now()): NodeRow {
    return this.#nodes.row(at, now)
  }

  /** Puts a row in the place of the made-up one. */
  give(row: NodeRow): void {
    this.#nodes.given.set(row.peer, row)
  }

  /** Alerts that stand. */
  get standing(): readonly Alert[] {
    return this.#alerts.filter(({ until }) => until === undefined)
  }

  snapshot(now = Date.now()): FeedEvents['snapshot'] {
    return {
      nodes: this.#nodes.allWatched(now),
      network: this.state(now),
      alerts: this.standing
    }
  }

  state(now = Date.now()): NetworkState {
    const { watched, beatsPerSecond } = this.#nodes
    const all = this.#nodes.all(now)
    const there = all.filter(({ status }) => status !== 'down' && status !== 'left')
    const top = heightAt(now)
    const agree = (what: string): number =>
      there.filter(({ agreement = 'unknown' }) => agreement === what).length
    return {
      at: now,
      nodes: countStatuses(all),
      watched: countStatuses(all.slice(0, watched)),
      agreement: { same: agree('same'), differs: agree('differs'), unknown: agree('unknown') },
      consensus: { inConsensus: agree('same'), inDispute: agree('differs') },
      ...(all.length > 0 && {
        networkHeight: `${top}`,
        topHeight: `${top}`,
        topSince: beginOf(top)
      }),
      spread: spreadOf(there),
      beatsPerSecond: beatsPerSecond + noise(now / 1_000),
      ...(there.length > 0 && { rtt: { p50: 48, p95: 210 } }),
      references: referencesOf(this.#trouble),
      alerts: this.standing.length,
      ...(this.#trouble && { frozen: 'the aggregator stood still for 4 s' })
    }
  }

  /** What is answered to a question; `undefined` where nothing is known. */
  answer(path: string, query: URLSearchParams, now = Date.now()): unknown {
    switch (path) {
      case '/api/nodes':
        return pageOf(this.#nodes.all(now), query)
      case '/api/network':
        return this.state(now)
      case '/api/network/history':
        return networkHistory(this.#nodes, this.#alerts, rangeOf(query, now), now)
      case '/api/alerts':
        return {
          standing: this.standing,
          past: this.#alerts.filter(({ until }) => until !== undefined)
        }
      case '/api/aggregator':
        return aboutOf(this.#trouble, now)
      case '/readyz':
        return readinessOf(this.#trouble)
      default:
        return this.#answerOfNode(path, query, now)
    }
  }

  #answerOfNode(path: string, query: URLSearchParams, now: number): unknown {
    const [, peer, history] = /^\/api\/nodes\/([^/]+)(\/history)?$/.exec(path) ?? []
    const at = this.#nodes.find(peer)
    if (at < 0) return undefined
    const row = this.row(at, now)
    return history === undefined ? row : nodeHistory(row, this.#alerts, rangeOf(query, now), now)
  }
}

function countStatuses(rows: readonly NodeRow[]): LivenessCounts {
  const counts = { beating: 0, asleep: 0, overdue: 0, left: 0, down: 0 }
  for (const { status } of rows) counts[status] += 1
  return counts
}

function spreadOf(rows: readonly NodeRow[]): NetworkState['spread'] {
  if (rows.length === 0) return []
  return SPREAD.map((from, at) => {
    const to = SPREAD[at + 1] ?? Number.POSITIVE_INFINITY
    const inside = rows.filter(
      ({ behindNetwork = 0 }) => behindNetwork >= from && behindNetwork < to
    )
    return { from, nodes: inside.length }
  })
}
