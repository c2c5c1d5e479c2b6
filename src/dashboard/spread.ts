import { html, svg, type TemplateResult } from 'lit'
import type { NodeRow, SpreadBin } from '../aggregator/index.ts'
import { BEHIND_EPOCHS, DASHBOARD_BIN_NAMES } from '../constants.ts'
import { count } from './format.ts'
import type { DashboardState } from './model.ts'
import { nodeLink } from './router.ts'
import { nameOf } from './words.ts'

/** Who leads and who lags: all nodes by how far they are behind, watched ones by name. */
export function drawSpread({ network, watched }: DashboardState): TemplateResult {
  const bins = network?.spread ?? []
  const most = Math.max(1, ...bins.map(({ nodes }) => nodes))
  return html`<section class="card spread" aria-labelledby="spread-title">
    <h2 id="spread-title">Who leads, who lags <small>epochs behind</small></h2>
    ${
      bins.length === 0
        ? html`<p class="empty">No node has told an epoch yet.</p>`
        : html`<dl>
            ${bins.map((bin, at) => drawBin(bin, bins[at + 1], most, inBin([...watched.values()], bin, bins[at + 1])))}
          </dl>`
    }
  </section>`
}

function drawBin(
  { from, nodes }: SpreadBin,
  next: SpreadBin | undefined,
  most: number,
  names: readonly NodeRow[]
): TemplateResult {
  // By the root, so that one node that lags is seen beside ten thousand that lead.
  const width = nodes === 0 ? 0 : Math.max(1, 100 * Math.sqrt(nodes / most))
  return html`<div class="bin ${from >= BEHIND_EPOCHS ? 'late' : ''}">
    <dt>${binName(from, next?.from)}</dt>
    <dd>
      <svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
        ${svg`<rect width=${width} height="8" />`}
      </svg>
      <b>${count(nodes)}</b>
      ${
        names.length === 0
          ? ''
          : html`<span class="names">
              ${names.slice(0, DASHBOARD_BIN_NAMES).map((row) => html`<a href=${nodeLink(row.peer)}>${nameOf(row)}</a>`)}
              ${names.length > DASHBOARD_BIN_NAMES ? html`<span>and ${count(names.length - DASHBOARD_BIN_NAMES)} more</span>` : ''}
            </span>`
      }
    </dd>
  </div>`
}

/** What a bin is called: `At the top`, `1`, `3–4`, `100 or more`. */
export function binName(from: number, next: number | undefined): string {
  if (from === 0 && (next === undefined || next === 1)) return 'At the top'
  if (next === undefined) return `${count(from)} or more`
  return next - from === 1 ? count(from) : `${count(from)}–${count(next - 1)}`
}

function inBin(
  rows: readonly NodeRow[],
  { from }: SpreadBin,
  next: SpreadBin | undefined
): NodeRow[] {
  const to = next?.from ?? Number.POSITIVE_INFINITY
  return rows.filter(
    ({ behindNetwork, status }) =>
      behindNetwork !== undefined &&
      behindNetwork >= from &&
      behindNetwork < to &&
      status !== 'down' &&
      status !== 'left'
  )
}
