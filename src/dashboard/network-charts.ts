import { html, type TemplateResult } from 'lit'
import type { NetworkHistory, NetworkPoint } from '../aggregator/index.ts'
import { DASHBOARD_CHART_PERIOD } from '../constants.ts'
import type { Api } from './api.ts'
import type { ChartData, ChartSeries } from './chart.ts'
import { chartsOver } from './charts.ts'
import { count, milliseconds, rate, share } from './format.ts'
import { LightElement } from './light-element.ts'
import { drawProblem, drawWaiting, Polled } from './polled.ts'
import { gridTimes, HOUR_SPAN, onGrid, rangeOf, type Span } from './range.ts'
import { drawSpanChoice } from './span-choice.ts'
import { spreadShares } from './spread-shares.ts'

type Grid = readonly (NetworkPoint | undefined)[]

/** `<hb-network>`: the network over time. */
export class NetworkCharts extends LightElement {
  static override readonly properties = {
    api: { attribute: false },
    skew: { attribute: false },
    span: { state: true }
  }

  declare api: Api
  /** What the aggregator's clock is ahead, in ms. */
  declare skew: number
  declare span: Span
  readonly #history = new Polled<NetworkHistory>(
    this,
    (signal) => this.api.networkHistory(rangeOf(this.span, Date.now() + this.skew), signal),
    DASHBOARD_CHART_PERIOD
  )

  constructor() {
    super()
    this.span = HOUR_SPAN
  }

  protected override render(): TemplateResult {
    const { answer, value } = this.#history
    return html`<section class="card" aria-labelledby="network-title">
      <div class="bar-of-tools">
        <h2 id="network-title">Network</h2>
        ${drawSpanChoice(this.span, 'the network', this.#choose)}
      </div>
      ${drawProblem(answer)}
      ${value === undefined ? drawWaiting(answer) : drawCharts(value)}
    </section>`
  }

  readonly #choose = (span: Span): void => {
    this.span = span
    this.#history.renew()
  }
}

function drawCharts(history: NetworkHistory): TemplateResult {
  if (history.points.length === 0) {
    return html`<p class="empty">Nothing is kept of this time yet.</p>`
  }
  const grid = onGrid(history, history.points)
  const chart = chartsOver(gridTimes(history), 'network')
  return html`<div class="charts">
    ${chart('Height spread', heightSpread(grid), percent)}
    ${chart('Agreement with the references', agreement(grid), percent)}
    ${chart('Beats a second', { series: [beats(grid, history.step)], low: 0 }, rate)}
    ${chart('Round trips', { series: delays(grid), low: 0 }, milliseconds)}
  </div>`
}

function agreement(grid: Grid): Omit<ChartData, 'times'> {
  const values = grid.map((point) => {
    const compared = point === undefined ? 0 : point.same + point.differs
    return point === undefined || compared === 0 ? null : point.same / compared
  })
  const tell = (index: number): string => {
    const { same = 0, differs = 0 } = grid[index] ?? {}
    return `${share(same, same + differs)}, ${count(differs)} differ`
  }
  const series: ChartSeries = { name: 'Agree', tone: 'fine', values, filled: true, tell }
  return { series: [series], low: lowShare(values), high: 1 }
}

function heightSpread(grid: Grid): Omit<ChartData, 'times'> {
  const series = spreadShares(grid)
  return { series, low: lowShare(series[0]?.values ?? []), high: 1 }
}

/** Where a scale of shares begins: the few that are not like the others are what is looked for. */
function lowShare(values: readonly (number | null)[]): number {
  const known = values.filter((value) => value !== null)
  return Math.max(0, Math.min(0.9, Math.floor(Math.min(...known, 1) * 10) / 10 - 0.1))
}

function beats(grid: Grid, step: number): ChartSeries {
  const values = grid.map((point) => (point === undefined ? null : (point.beats * 1_000) / step))
  return { name: 'Beats', tone: 'live', values, filled: true }
}

function delays(grid: Grid): ChartSeries[] {
  return [
    { name: 'Half below', tone: 'live', values: grid.map((point) => point?.rttP50 ?? null) },
    { name: '95% below', tone: 'quiet', values: grid.map((point) => point?.rttP95 ?? null) }
  ]
}

function percent(value: number): string {
  return share(value, 1)
}
