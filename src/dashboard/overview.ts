import { html, type TemplateResult } from 'lit'
import { DASHBOARD_OVERVIEW_ALERTS } from '../constants.ts'
import { drawAlerts } from './alert-list.ts'
import type { Api } from './api.ts'
import { count } from './format.ts'
import type { DashboardState } from './model.ts'
import { drawSpread } from './spread.ts'
import { drawTiles } from './tiles.ts'

/** An alert is about as tall as this many rows of the table beside it. */
const ALERT_ROWS = 2

/** All at one glance. `now` is in ms since 1970, by the aggregator's clock. */
export function drawOverview(api: Api, state: DashboardState, now: number): TemplateResult {
  const alerts = Math.min(state.standing.length, DASHBOARD_OVERVIEW_ALERTS)
  const isTableShort = state.watched.size < ALERT_ROWS * alerts
  return html`
    <h1 class="unseen" tabindex="-1">Overview</h1>
    ${drawTiles(state, now)}
    <div class="columns">
      <div class="side">
        <hb-watched .state=${state} .now=${now}></hb-watched>
        ${isTableShort ? drawSpread(state) : ''}
      </div>
      <div class="side">${drawStanding(state, now)} ${isTableShort ? '' : drawSpread(state)}</div>
    </div>
    <hb-network .api=${api} .skew=${state.skew}></hb-network>
    <hb-visitors .api=${api} .now=${now}></hb-visitors>
    <hb-about .api=${api}></hb-about>
  `
}

function drawStanding({ standing }: DashboardState, now: number): TemplateResult | string {
  if (standing.length === 0) return ''
  const more = standing.length - DASHBOARD_OVERVIEW_ALERTS
  return html`<section class="card" aria-labelledby="wrong-title">
    <h2 id="wrong-title">Wrong now <small>${count(standing.length)}</small></h2>
    ${drawAlerts(standing.slice(0, DASHBOARD_OVERVIEW_ALERTS), now)}
    ${more > 0 ? html`<p><a href="#/alerts">${count(more)} more</a></p>` : ''}
  </section>`
}
