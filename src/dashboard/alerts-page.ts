import { html, type PropertyValues, type TemplateResult } from 'lit'
import type { Alert, AlertsPage } from '../aggregator/index.ts'
import { DASHBOARD_CHART_PERIOD } from '../constants.ts'
import { drawAlerts } from './alert-list.ts'
import type { Api } from './api.ts'
import { count } from './format.ts'
import { LightElement } from './light-element.ts'
import { drawProblem, Polled } from './polled.ts'

/** `<hb-alerts>`: what is wrong now, and what was. */
export class AlertsView extends LightElement {
  static override readonly properties = {
    api: { attribute: false },
    standing: { attribute: false },
    now: { attribute: false }
  }

  declare api: Api
  declare standing: readonly Alert[]
  declare now: number
  readonly #page = new Polled<AlertsPage>(
    this,
    (signal) => this.api.alerts(signal),
    DASHBOARD_CHART_PERIOD
  )

  protected override willUpdate(changed: PropertyValues): void {
    // One that is over has moved to the past.
    if (changed.has('standing') && this.hasUpdated) this.#page.renew()
  }

  protected override render(): TemplateResult {
    const { answer, value } = this.#page
    return html`
      <section class="card" aria-labelledby="standing-title">
        <h1 id="standing-title" tabindex="-1">Alerts <small>${count(this.standing.length)} now</small></h1>
        ${
          this.standing.length === 0
            ? html`<p class="empty">Nothing is wrong.</p>`
            : drawAlerts(this.standing, this.now)
        }
      </section>
      <section class="card" aria-labelledby="past-title">
        <h2 id="past-title">Over</h2>
        ${drawProblem(answer)}
        ${value === undefined ? html`<p class="empty">Asking for past alerts…</p>` : this.#drawPast(value)}
      </section>
    `
  }

  #drawPast({ past }: AlertsPage): TemplateResult {
    return past.length === 0
      ? html`<p class="empty">No alert is kept that is over.</p>`
      : drawAlerts(past, this.now)
  }
}
