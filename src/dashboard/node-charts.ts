import { html, type TemplateResult } from 'lit'
import type { NodeHistory, Range } from '../aggregator/index.ts'
import type { ChartData, ChartSeries } from './chart.ts'
import { count, milliseconds } from './format.ts'
import { gridTimes, onGrid } from './range.ts'
import { drawStatusStrip } from './status-strip.ts'

/** A watched node over time: its silences are gaps. `now` is in ms since 1970. */
export function drawNodeCharts(history: NodeHistory, now: number): TemplateResult {
  if (history.points.length === 0 && history.statuses.length === 0) {
    return html`<p class="empty">Nothing is kept of this time.</p>`
  }
  const grid = onGrid(history, history.points)
  const times = gridTimes(history)
  const chart = (name: string, data: Omit<ChartData, 'times'>, format: (value: number) => string) =>
    html`<hb-chart .name=${name} .data=${{ times, ...data }} .format=${format} group="node"></hb-chart>`
  const behind = { name: 'Behind', tone: 'slow', filled: true } as const
  const rtt = { name: 'Round trip', tone: 'live' } as const
  return html`
    ${drawStatusStrip(history, now)}
    <div class="charts">
      ${chart('Epoch', { series: heights(history) }, count)}
      ${chart('Epochs behind', { series: [{ ...behind, values: grid.map((point) => point?.behind ?? null) }], low: 0 }, count)}
      ${chart('Round trip', { series: [{ ...rtt, values: grid.map((point) => point?.rtt ?? null) }], low: 0 }, milliseconds)}
      ${chart('Beats', { series: [{ ...rtt, name: 'Beats', filled: true, values: grid.map((point) => point?.beats ?? null) }], low: 0 }, count)}
    </div>
  `
}

/** The node's epochs upon the network's. */
function heights(history: NodeHistory): ChartSeries[] {
  const network = filled(history, history.network)
  const own = onGrid(history, history.points)
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
