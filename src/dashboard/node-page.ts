import { html, type PropertyValues, type TemplateResult } from 'lit'
import type { Alert, NodeHistory, NodeRow } from '../aggregator/index.ts'
import { DASHBOARD_CHART_PERIOD, DASHBOARD_REFETCH_PERIOD } from '../constants.ts'
import { drawAlerts } from './alert-list.ts'
import type { Api } from './api.ts'
import { LightElement } from './light-element.ts'
import { drawNodeCharts } from './node-charts.ts'
import { drawNodeFacts } from './node-facts.ts'
import { drawNodeHead } from './node-head.ts'
import { drawProblem, drawWaiting, Polled } from './polled.ts'
import { HOUR_SPAN, rangeOf, type Span } from './range.ts'
import { drawSpanChoice } from './span-choice.ts'

/** `<hb-node>`: one node, and what is kept of it where it is watched. */
export class NodePage extends LightElement {
  static override readonly properties = {
    api: { attribute: false },
    peer: {},
    live: { attribute: false },
    standing: { attribute: false },
    now: { attribute: false },
    span: { state: true }
  }

  declare api: Api
  declare peer: string
  /** Its row as it is told live, where it is watched. */
  declare live: NodeRow | undefined
  /** All alerts that stand. */
  declare standing: readonly Alert[]
  declare now: number
  declare span: Span
  readonly #row = new Polled<NodeRow | undefined>(
    this,
    async (signal) => this.live ?? (await this.api.node(this.peer, signal)),
    DASHBOARD_REFETCH_PERIOD
  )
  readonly #history = new Polled<NodeHistory | undefined>(
    this,
    async (signal) =>
      this.live && (await this.api.nodeHistory(this.peer, rangeOf(this.span, this.now), signal)),
    DASHBOARD_CHART_PERIOD
  )

  /** When its status was seen to change. */
  #statusAt: number | undefined

  constructor() {
    super()
    this.span = HOUR_SPAN
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('peer') && this.hasUpdated) {
      this.#statusAt = undefined
      this.#row.forget()
      this.#history.forget()
    }
    const before: NodeRow | undefined = changed.get('live')
    const isOther = changed.has('live') && before?.status !== this.live?.status
    if (isOther && this.hasUpdated) {
      this.#statusAt = this.now
      this.#history.renew()
    }
  }

  protected override render(): TemplateResult {
    const row = this.live ?? this.#row.value
    const { answer } = this.#row
    if (row === undefined) {
      return html`<section class="card">
        <h1 tabindex="-1">Node</h1>
        <p class="empty">
          ${answer.phase === 'failed' ? answer.problem : 'Asking for this node…'}
        </p>
        <p><a href="#/">Back to the overview</a></p>
      </section>`
    }
    return html`
      ${drawNodeHead(row, this.now)}
      ${row.watched === true ? this.#drawHistory() : ''}
      <section class="card" aria-labelledby="facts-title">
        <h2 id="facts-title">Details</h2>
        ${row.watched === true ? '' : html`<p class="empty">A visitor: no history is kept of it.</p>`}
        ${drawNodeFacts(row, this.now)}
      </section>
    `
  }

  #drawHistory(): TemplateResult {
    const { answer, value } = this.#history
    const alerts = this.#alerts(value?.alerts ?? [])
    return html`
      <section class="card" aria-labelledby="history-title">
        <div class="bar-of-tools">
          <h2 id="history-title">History</h2>
          ${drawSpanChoice(this.span, 'the history', this.#choose)}
        </div>
        ${drawProblem(answer)}
        ${value === undefined ? drawWaiting(answer) : drawNodeCharts(this.#withLive(value), this.now)}
      </section>
      <section class="card" aria-labelledby="node-alerts-title">
        <h2 id="node-alerts-title">Alerts <small>of the last ${this.span.name}</small></h2>
        ${alerts.length === 0 ? html`<p class="empty">None.</p>` : drawAlerts(alerts, this.now)}
      </section>
    `
  }

  /** What is kept may be told a moment later than what is live. */
  #withLive(history: NodeHistory): NodeHistory {
    const status = this.live?.status
    const [last] = history.statuses.slice(-1)
    if (status === undefined || this.#statusAt === undefined || last?.status === status) {
      return history
    }
    return { ...history, statuses: [...history.statuses, { at: this.#statusAt, status }] }
  }

  /** Its own, the newest first: those that stand as they are told live. */
  #alerts(kept: readonly Alert[]): readonly Alert[] {
    const standing = this.standing.filter(({ subject }) => subject === this.peer)
    const over = kept.filter(({ until }) => until !== undefined)
    return [...standing, ...over.toReversed()]
  }

  readonly #choose = (span: Span): void => {
    this.span = span
    this.#history.renew()
  }
}
