import { html, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { NodeRow, NodesOrder } from '../aggregator/index.ts'
import { DASHBOARD_WATCHED_ROWS } from '../constants.ts'
import { drawCells, drawHeads, drawTroubles, isFaded } from './cells.ts'
import { count } from './format.ts'
import { LightElement } from './light-element.ts'
import type { DashboardState } from './model.ts'
import { nodeLink } from './router.ts'
import { RowMoves } from './row-moves.ts'
import { nextSorting, type Sorting, sortWatched } from './sorting.ts'
import { nameOf } from './words.ts'

/** `<hb-watched>`: the watched nodes, those that need somebody first. */
export class WatchedTable extends LightElement {
  static override readonly properties = {
    state: { attribute: false },
    now: { attribute: false },
    sorting: { state: true },
    showsAll: { state: true }
  }

  declare state: DashboardState
  declare now: number
  /** By what needs attention while there is none. */
  declare sorting: Sorting | undefined
  declare showsAll: boolean
  readonly #moves = new RowMoves(this)

  protected override render(): TemplateResult {
    const rows = sortWatched([...this.state.watched.values()], this.sorting)
    const shown = this.showsAll ? rows : rows.slice(0, DASHBOARD_WATCHED_ROWS)
    this.#moves.arrange(shown.map(({ peer }) => peer))
    return html`<section class="card" aria-labelledby="watched-title">
      <h2 id="watched-title">Watched nodes <small>${count(rows.length)}</small></h2>
      ${rows.length === 0 ? this.#drawEmpty() : this.#drawTable(shown)}
      ${
        rows.length > shown.length
          ? html`<button class="more" @click=${this.#showAll}>Show all ${count(rows.length)}</button>`
          : ''
      }
    </section>`
  }

  #drawEmpty(): TemplateResult {
    return this.state.network === undefined
      ? html`<p class="empty">Waiting for the aggregator…</p>`
      : html`<p class="empty">
          No node is watched. Give the aggregator the peer ids of your own nodes, and they stand
          here with their history and their alerts.
        </p>`
  }

  #drawTable(rows: readonly NodeRow[]): TemplateResult {
    return html`<table role="table" class="nodes">
      <thead role="rowgroup">
        <tr role="row">${drawHeads('Node', this.sorting, this.#sort)}</tr>
      </thead>
      <tbody role="rowgroup">
        ${repeat(rows, ({ peer }) => peer, this.#drawRow)}
      </tbody>
    </table>`
  }

  readonly #drawRow = (row: NodeRow): TemplateResult => html`
    <tr role="row" data-key=${row.peer} class="${row.status} ${isFaded(row) ? 'faded' : ''}">
      <th role="rowheader" scope="row" class="name">
        <a href=${nodeLink(row.peer)}>${nameOf(row)}</a>${drawTroubles(row)}
      </th>
      ${drawCells(row, this.now)}
    </tr>
  `

  readonly #sort = (by: NodesOrder): void => {
    this.sorting = nextSorting(this.sorting, by)
  }

  readonly #showAll = (): void => {
    this.showsAll = true
  }
}
