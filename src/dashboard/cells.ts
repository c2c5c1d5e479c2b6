// What watched nodes and visitors have in common in their tables.

import { html, nothing, type TemplateResult } from 'lit'
import type { NodeRow, NodesOrder } from '../aggregator/index.ts'
import { epoch, milliseconds, span } from './format.ts'
import { drawSign } from './shapes.ts'
import { AGREEMENT, lagTone, ROUTE, STATUS, STATUS_MEANING } from './words.ts'

/** A column that can be sorted by. */
export interface SortColumn {
  readonly by: NodesOrder
  readonly name: string
  readonly class?: string
}

/** How a table is sorted. */
export interface Sorting {
  readonly by: NodesOrder
  readonly order: 'ascending' | 'descending'
}

/** The head of a column that sorts by it, first the one way and then the other. */
export function drawSortHead(
  { by, name, class: style = '' }: SortColumn,
  sorting: Sorting | undefined,
  sort: (by: NodesOrder) => void
): TemplateResult {
  const order = sorting?.by === by ? sorting.order : undefined
  const arrow = order === undefined ? '' : order === 'ascending' ? '↑' : '↓'
  return html`<th role="columnheader" scope="col" class=${style} aria-sort=${order ?? 'none'}>
    <button @click=${() => sort(by)}>${name}<i aria-hidden="true">${arrow}</i></button>
  </th>`
}

/** Status, epoch, lag, agreement and round trip of a node. */
export function drawFacts(row: NodeRow): TemplateResult {
  const { status, beats, height, behindNetwork, agreement, rtt } = row
  const known = beats > 0
  return html`
    <td role="cell" class="status" title=${STATUS_MEANING[status]}>${drawSign(STATUS[status])}</td>
    <td role="cell" class="number epoch" data-name="Epoch">${known ? epoch(height) : '–'}</td>
    <td role="cell" class="number behind ${lagTone(behindNetwork)}" data-name="Behind">
      ${behindNetwork === undefined ? '–' : `${behindNetwork}`}
    </td>
    <td role="cell" class="agreement" data-name="Agreement">
      ${agreement === undefined ? html`<span class="quiet">–</span>` : drawSign(AGREEMENT[agreement])}
    </td>
    <td role="cell" class="number rtt" data-name="Round trip">${milliseconds(rtt)}</td>
  `
}

/** How long ago the last beat came, and by which way. `now` is in ms since 1970. */
export function drawLastBeat({ lastBeatAt, route }: NodeRow, now: number): TemplateResult {
  return html`
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

/** One fact with its name; left out when there is none. */
export function drawFact(name: string, value: unknown): TemplateResult | typeof nothing {
  if (value === undefined || value === '' || value === nothing) return nothing
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`
}
