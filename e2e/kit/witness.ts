// Two pairs of eyes: what the element's own text says in the page, and what the aggregator's roster
// says, both with the time, so that one can be held against the other.

import type { Page } from 'playwright/test'
import type { NodeRow } from '../../src/aggregator/index.ts'
import type { FilHeartbeatElement } from '../../src/element/index.ts'
import { type FaultNetwork, nextLook } from './fault-network.ts'

/** What the element showed from a moment on. Times are ms since 1970, here and below. */
export interface Shown {
  readonly at: number
  /** The words of the pill. */
  readonly label: string
  /** `beating/webrtc`, say, or the phase alone. */
  readonly way: string
}

/** What the roster said at a moment; no rows when the aggregator did not answer. */
export interface Looked {
  readonly at: number
  readonly rows: readonly NodeRow[] | undefined
}

type Note = (Shown & { readonly type: 'shown' }) | { readonly type: 'sent'; readonly at: number }

/** Watches the pages of one wallet, one after another, and the roster of one network. */
export class Witness implements AsyncDisposable {
  readonly shown: Shown[] = []
  readonly looked: Looked[] = []
  /** When the client said that a beat left. */
  readonly sent: number[] = []
  readonly #network: FaultNetwork
  readonly #watching: Promise<void>
  #isOver = false

  constructor(network: FaultNetwork) {
    this.#network = network
    this.#watching = this.#watch()
  }

  /** Watches a page that is yet to be opened. */
  async attach(page: Page): Promise<void> {
    await page.exposeBinding('tellWitness', (_, note: Note) => this.#note(note))
    await page.addInitScript(tellOfElement)
  }

  /** The moments at which beats arrived at the aggregator, as far as it was looked. */
  get arrivals(): number[] {
    const times = this.looked.flatMap(({ rows = [] }) =>
      rows.map(({ lastBeatAt = 0 }) => lastBeatAt)
    )
    return [...new Set(times)].sort((a, b) => a - b)
  }

  /** The row that beat last, as it was when the roster was last read. */
  get latestRow(): NodeRow | undefined {
    const rows = this.looked.findLast((each) => each.rows !== undefined)?.rows ?? []
    return rows.toSorted((a, b) => (b.lastBeatAt ?? 0) - (a.lastBeatAt ?? 0))[0]
  }

  /** Beats that the aggregator counted, over all its lives. */
  get received(): number {
    return this.#sum('beats')
  }

  /** Beats that came to the aggregator twice, over all its lives. */
  get doubles(): number {
    return this.#sum('doubles')
  }

  /** What the element showed at a moment, from what it said last before. */
  shownAt(moment: number): Shown | undefined {
    return this.shown.findLast(({ at }) => at <= moment)
  }

  /** What the element showed between two moments, each as often as it changed. */
  labels(from: number, to: number): string[] {
    const before = this.shownAt(from)
    const within = this.shown.filter(({ at }) => at > from && at < to)
    const labels = [...(before ? [before] : []), ...within].map(({ label }) => label)
    return labels.filter((label, at) => label !== labels[at - 1])
  }

  /** Longest time between two arrivals that begins or ends between two moments, in ms. */
  longestSilence(from: number, to: number): number {
    const { arrivals } = this
    const gaps = arrivals.slice(1).map((end, at) => ({ start: arrivals[at] ?? end, end }))
    const within = gaps.filter(({ start, end }) => end > from && start < to)
    return Math.max(0, ...within.map(({ start, end }) => end - start))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    await this.#watching
  }

  #note(note: Note): void {
    if (note.type === 'sent') this.sent.push(note.at)
    else this.shown.push(note)
  }

  async #watch(): Promise<void> {
    while (!this.#isOver) {
      const rows = await this.#network.nodes()
      this.looked.push({ at: Date.now(), rows })
      await nextLook()
    }
  }

  // A count that falls is one of a new life.
  #sum(count: 'beats' | 'doubles'): number {
    const last = new Map<string, number>()
    let sum = 0
    for (const { rows = [] } of this.looked) {
      for (const { peer, ...row } of rows) {
        const before = last.get(peer) ?? 0
        const now = row[count]
        sum += now < before ? now : now - before
        last.set(peer, now)
      }
    }
    return sum
  }
}

/** Runs in the page, before anything else. */
function tellOfElement(): void {
  const tell = async ({ target }: Event): Promise<void> => {
    const element = target as FilHeartbeatElement
    await element.updateComplete
    const { state } = element
    const label = element.shadowRoot?.querySelector('.label')?.textContent ?? ''
    const way = state.phase === 'beating' ? `beating/${state.route}` : state.phase
    window.tellWitness({ type: 'shown', at: Date.now(), label, way })
  }
  document.addEventListener('fil-heartbeat-change', tell)
  document.addEventListener('fil-heartbeat-beat', (event) => {
    const { at } = (event as CustomEvent<{ at: number }>).detail
    window.tellWitness({ type: 'sent', at })
  })
}

declare global {
  interface Window {
    tellWitness(note: Note): void
  }
}
