import { html, type TemplateResult } from 'lit'
import type { Alert } from '../aggregator/index.ts'
import { evidenceText, moment, span } from './format.ts'
import { nodeLink } from './router.ts'
import { drawShape } from './shapes.ts'
import { ALERT, nameOf } from './words.ts'

/** Alerts, each with what it is about, since when, and what was seen. `now` is in ms since 1970. */
export function drawAlerts(alerts: readonly Alert[], now: number): TemplateResult {
  return html`<ul class="alerts">${alerts.map((alert) => drawAlert(alert, now))}</ul>`
}

function drawAlert({ kind, subject, nickname = '', since, until, evidence }: Alert, now: number) {
  const { title, tone } = ALERT[kind] ?? { title: kind, tone: 'slow' }
  const isOver = until !== undefined
  return html`<li class="alert ${isOver ? 'over' : tone}">
    ${drawShape(isOver ? 'same' : 'alert')}
    <div>
      <p class="title">
        <b>${title}</b>
        ${subject === '' ? '' : html`<a href=${nodeLink(subject)}>${nameOf({ nickname, peer: subject })}</a>`}
        <span class="since">
          ${
            isOver
              ? `${moment(since, now)}, for ${span(until - since)}`
              : `since ${moment(since, now)}, ${span(now - since)}`
          }
        </span>
      </p>
      <p class="evidence">${evidenceText(evidence, now)}</p>
    </div>
  </li>`
}
