import { html, type TemplateResult } from 'lit'
import type { NodeHistory, NodePoint, Range } from '../aggregator/index.ts'
import type { ChartSeries } from './chart.ts'
import { chartsOver } from './charts.ts'
import { count, milliseconds } from './format.ts'
import { gridTimes, onGrid } from './range.ts'
import { drawStatusStrip } from './status-strip.ts'

/** A watched node over time: its silences are gaps. `now` is in ms since 1970. */
export function drawNodeCharts(history: NodeHistory, now: number): TemplateResult {
  if (history.points.length === 0 && history.statuses.length === 0) {
    return html`<p class="empty">Nothing is kept of this time.</p>`
  }
  const grid = onGrid(history, history.points)
  const chart = chartsOver(gridTimes(history), 'node')
  const values = (pick: (point: NodePoint) => number | undefined): (number | null)[] =>
    grid.map((point) => (point && pick(point)) ?? null)
  const behind: ChartSeries = {
    name: 'Behind',
    tone: 'slow',
    filled: true,
    values: values((point) => point.behind)
  }
  const rtt: ChartSeries = { name: 'Round trip', tone: 'live', values: values(({ rtt }) => rtt) }
  const beats: ChartSeries = {
    name: 'Beats',
    tone: 'live',
    filled: true,
    values: values((point) => point.beats)
  }
  return html`
    ${drawStatusStrip(history, now)}
    <div class="charts">
      ${chart('Epoch', { series: heights(history, grid), whole: true }, count)}
      ${chart('Epochs behind', { series: [behind], low: 0, whole: true }, count)}
      ${chart('Round trip', { series: [rtt], low: 0 }, milliseconds)}
      ${chart('Beats', { series: [beats], low: 0, whole: true }, count)}
    </div>
  `
}

/** The node's epochs upon the network's. */
function heights(history: NodeHistory, own: readonly (NodePoint | undefined)[]): ChartSeries[] {
  const network = filled(history, history.network)
  return [
    { name: 'Network', tone: 'network', wide: true, values: network },
    { name: 'Node', tone: 'live', values: own.map((point) => height(point?.height)) }
  ]
}

/** The network's epochs on the grid: it may be told more seldom than the node's. */
function filled(range: Range, points: NodeHistory['network']): (number | null)[] {
  let last: number | null = null
  const grid = onGrid(range, points)
  const end = grid.findLastIndex((point) => point !== undefined)
  return grid.map((point, index) => {
    last = height(point?.height) ?? last
    return index > end ? null : last
  })
}

function height(text: string | undefined): number | null {
  return text === undefined ? null : Number(text)
}
