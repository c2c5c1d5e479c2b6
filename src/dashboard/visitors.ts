import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { Liveness, NodeRow, NodesOrder, NodesPage, NodesQuery } from '../aggregator/index.ts'
import {
  DASHBOARD_PAGE_ROWS,
  DASHBOARD_REFETCH_PERIOD,
  DASHBOARD_SEARCH_DELAY,
  MAX_SEARCH_CHARACTERS
} from '../constants.ts'
import type { Api } from './api.ts'
import { drawCells, drawHeads, drawSortHead, drawTroubles, isFaded } from './cells.ts'
import { count } from './format.ts'
import { LightElement } from './light-element.ts'
import { drawNodeFacts } from './node-facts.ts'
import { drawProblem, Polled } from './polled.ts'
import { RowMoves } from './row-moves.ts'
import { nextSorting, type Sorting } from './sorting.ts'
import { nameOf, STATUS } from './words.ts'

const COLUMNS = 9

/** `<hb-visitors>`: everybody else, searched, sorted and paged by the aggregator. */
export class VisitorsTable extends LightElement {
  static override readonly properties = {
    api: { attribute: false },
    now: { attribute: false },
    query: { state: true },
    opened: { state: true }
  }

  declare api: Api
  declare now: number
  declare query: NodesQuery
  /** Peer id of the one whose details are open. */
  declare opened: string | undefined
  readonly #moves = new RowMoves(this)
  readonly #page = new Polled<NodesPage>(
    this,
    (signal) => this.api.nodes(this.query, signal),
    DASHBOARD_REFETCH_PERIOD
  )
  #typing: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    this.query = { group: 'visitors', offset: 0, limit: DASHBOARD_PAGE_ROWS }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#typing)
  }

  protected override render(): TemplateResult {
    const { answer } = this.#page
    const page = this.#page.value
    this.#moves.arrange(page?.nodes.map(({ peer }) => peer) ?? [])
    return html`<section class="card" aria-labelledby="visitors-title">
      <div class="bar-of-tools">
        <h2 id="visitors-title">
          Visitors <small>${page === undefined ? '' : count(page.total)}</small>
        </h2>
        ${this.#drawTools()}
      </div>
      ${drawProblem(answer)}
      ${page === undefined ? this.#drawWaiting() : this.#drawPage(page)}
    </section>`
  }

  get #sorting(): Sorting | undefined {
    const { sort: by, order = 'descending' } = this.query
    return by && { by, order }
  }

  #drawTools(): TemplateResult {
    const { status = '' } = this.query
    return html`<div class="tools">
      <input
        type="search"
        aria-label="Search visitors"
        placeholder="Name, peer id or miner"
        maxlength=${MAX_SEARCH_CHARACTERS}
        spellcheck="false"
        @input=${this.#search}
      />
      <select aria-label="Status" .value=${status} @change=${this.#filter}>
        <option value="">Any status</option>
        ${(['beating', 'asleep', 'overdue', 'left'] as const).map(
          (each) => html`<option value=${each}>${STATUS[each].word}</option>`
        )}
      </select>
    </div>`
  }

  #drawWaiting(): TemplateResult {
    return html`<p class="empty">${this.#page.answer.phase === 'asking' ? 'Asking for the visitors…' : ''}</p>`
  }

  #drawPage(page: NodesPage): TemplateResult {
    if (page.total === 0) return this.#drawNobody()
    const sorting = this.#sorting
    return html`<table role="table" class="nodes">
        <thead role="rowgroup">
          <tr role="row">
            ${drawHeads('Visitor', sorting, this.#sort)}
            ${drawSortHead('beats', 'Beats', 'number', sorting, this.#sort)}
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${repeat(page.nodes, ({ peer }) => peer, this.#drawRow)}
        </tbody>
      </table>
      ${this.#drawPager(page)}`
  }

  #drawNobody(): TemplateResult {
    const { search = '', status, offset = 0 } = this.query
    if (offset > 0) return html`<p class="empty">There are no more. ${this.#drawBack()}</p>`
    return search === '' && status === undefined
      ? html`<p class="empty">No visitor beats now. Wallets that report here appear by themselves.</p>`
      : html`<p class="empty">No visitor fits.</p>`
  }

  #drawBack(): TemplateResult {
    return html`<button @click=${() => this.#ask({ offset: 0 })}>Back to the first</button>`
  }

  readonly #drawRow = (row: NodeRow): TemplateResult => {
    const isOpen = row.peer === this.opened
    const toggle = (): void => {
      this.opened = isOpen ? undefined : row.peer
    }
    return html`
      <tr role="row" data-key=${row.peer} class="${row.status} ${isFaded(row) ? 'faded' : ''}">
        <th role="rowheader" scope="row" class="name">
          <button class="link" aria-expanded=${isOpen} @click=${toggle}>${nameOf(row)}</button>
          ${drawTroubles(row)}
        </th>
        ${drawCells(row, this.now)}
        <td role="cell" class="number beats" data-name="Beats">${count(row.beats)}</td>
      </tr>
      ${
        isOpen
          ? html`<tr role="row" class="details">
              <td role="cell" colspan=${COLUMNS}>${drawNodeFacts(row, this.now)}</td>
            </tr>`
          : nothing
      }
    `
  }

  #drawPager({ total, offset, nodes }: NodesPage): TemplateResult {
    const last = offset + nodes.length
    const step = (by: number) => () => this.#ask({ offset: Math.max(0, offset + by) })
    return html`<nav class="pager" aria-label="Pages of visitors">
      <span>${count(offset + 1)}–${count(last)} of ${count(total)}</span>
      <button ?disabled=${offset === 0} @click=${step(-DASHBOARD_PAGE_ROWS)}>Previous</button>
      <button ?disabled=${last >= total} @click=${step(DASHBOARD_PAGE_ROWS)}>Next</button>
    </nav>`
  }

  readonly #search = ({ target }: Event): void => {
    const { value: search } = target as HTMLInputElement
    clearTimeout(this.#typing)
    this.#typing = setTimeout(() => this.#ask({ search, offset: 0 }), DASHBOARD_SEARCH_DELAY)
  }

  readonly #filter = ({ target }: Event): void => {
    const { status: _, ...rest } = this.query
    const { value } = target as HTMLSelectElement
    this.query = value === '' ? rest : { ...rest, status: value as Liveness }
    this.#ask({ offset: 0 })
  }

  readonly #sort = (by: NodesOrder): void => {
    const { sort: _, order: __, ...rest } = this.query
    const next = nextSorting(this.#sorting, by)
    this.query = next === undefined ? rest : { ...rest, sort: next.by, order: next.order }
    this.#ask({ offset: 0 })
  }

  #ask(change: Partial<NodesQuery>): void {
    this.query = { ...this.query, ...change }
    this.#page.renew()
  }
}
