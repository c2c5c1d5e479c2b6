// What watched nodes and visitors have in common in their tables.

import { html, type TemplateResult } from 'lit'
import type { NodeRow, NodesOrder } from '../aggregator/index.ts'
import { epoch, milliseconds, span } from './format.ts'
import { drawSign } from './shapes.ts'
import type { Sorting } from './sorting.ts'
import { AGREEMENT, lagTone, ROUTE, STATUS, STATUS_MEANING } from './words.ts'

/** The head of a column that sorts by it, first the one way and then the other. */
export function drawSortHead(
  by: NodesOrder,
  name: string,
  style: string,
  sorting: Sorting | undefined,
  sort: (by: NodesOrder) => void
): TemplateResult {
  const order = sorting?.by === by ? sorting.order : undefined
  const arrow = order === undefined ? '' : order === 'ascending' ? '↑' : '↓'
  return html`<th role="columnheader" scope="col" class=${style} aria-sort=${order ?? 'none'}>
    <button @click=${() => sort(by)}>${name}<i aria-hidden="true">${arrow}</i></button>
  </th>`
}

/** The heads of what `drawCells` draws, after that of the nodes' names. */
export function drawHeads(
  who: string,
  sorting: Sorting | undefined,
  sort: (by: NodesOrder) => void
): TemplateResult {
  const head = (by: NodesOrder, name: string, style = '') =>
    drawSortHead(by, name, style, sorting, sort)
  return html`
    ${head('nickname', who)} ${head('status', 'Status')}
    ${head('height', 'Epoch', 'number')} ${head('delay', 'Behind', 'number')}
    <th role="columnheader" scope="col">Agreement</th>
    ${head('rtt', 'Round trip', 'number')}
    <th role="columnheader" scope="col" class="number">Last beat</th>
    <th role="columnheader" scope="col">Route</th>
  `
}

/** What is known of a node now, besides its name. `now` is in ms since 1970. */
export function drawCells(row: NodeRow, now: number): TemplateResult {
  const { status, beats, height, behindNetwork, agreement, rtt, lastBeatAt, route } = row
  return html`
    <td role="cell" class="status" title=${STATUS_MEANING[status]}>${drawSign(STATUS[status])}</td>
    <td role="cell" class="number epoch" data-name="Epoch">${beats > 0 ? epoch(height) : '–'}</td>
    <td role="cell" class="number behind ${lagTone(behindNetwork)}" data-name="Behind">
      ${behindNetwork === undefined ? '–' : `${behindNetwork}`}
    </td>
    <td role="cell" class="agreement" data-name="Agreement">
      ${agreement === undefined ? html`<span class="quiet">–</span>` : drawSign(AGREEMENT[agreement])}
    </td>
    <td role="cell" class="number rtt" data-name="Round trip">${milliseconds(rtt)}</td>
    <td role="cell" class="number last" data-name="Last beat">
      ${lastBeatAt === undefined ? 'never' : `${span(now - lastBeatAt)} ago`}
    </td>
    <td role="cell" class="route" data-name="Route">${route === undefined ? '–' : ROUTE[route]}</td>
  `
}

/** Why something is wrong with a node besides its status. */
export function drawTroubles({ rejected, duplicateIdentity, stale }: NodeRow): TemplateResult {
  const troubles = [
    rejected !== undefined ? `not taken: ${rejected}` : undefined,
    duplicateIdentity !== undefined ? 'key used twice' : undefined,
    stale === true ? 'old head' : undefined
  ].filter((each) => each !== undefined)
  return html`${troubles.map((each) => html`<span class="trouble">${each}</span>`)}`
}

/** Whether a row is no longer told of: it is dimmed, and stays. */
export function isFaded({ status }: NodeRow): boolean {
  return status === 'left' || status === 'asleep'
}
