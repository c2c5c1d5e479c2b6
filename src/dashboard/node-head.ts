import { html, type TemplateResult } from 'lit'
import type { NodeRow } from '../aggregator/index.ts'
import { drawTroubles } from './cells.ts'
import { drawFact } from './facts.ts'
import { epoch, epochs, milliseconds, span } from './format.ts'
import { drawSign } from './shapes.ts'
import { AGREEMENT, lagTone, nameOf, ROUTE, STATUS, STATUS_MEANING } from './words.ts'

/** What a node is now, at a glance. `now` is in ms since 1970. */
export function drawNodeHead(row: NodeRow, now: number): TemplateResult {
  const { status, beats, height, behindNetwork, agreement, rtt, lastBeatAt, route } = row
  const lag = behindNetwork === undefined ? '–' : epochs(behindNetwork)
  return html`<section class="card node-head" aria-labelledby="node-title">
    <p class="crumb"><a href="#/">Overview</a></p>
    <h1 id="node-title" tabindex="-1">${nameOf(row)}</h1>
    <p class="now">${drawSign(STATUS[status])} <span class="meaning">${STATUS_MEANING[status]}</span> ${drawTroubles(row)}</p>
    <dl class="glance">
      ${drawFact('Epoch', beats > 0 ? epoch(height) : '–')}
      ${drawFact('Behind the network', html`<span class=${lagTone(behindNetwork)}>${lag}</span>`)}
      ${drawFact('Agreement', agreement === undefined ? '–' : drawSign(AGREEMENT[agreement]))}
      ${drawFact('Round trip', milliseconds(rtt))}
      ${drawFact('Last beat', lastBeatAt === undefined ? 'never' : `${span(now - lastBeatAt)} ago`)}
      ${drawFact('Route', route === undefined ? '–' : ROUTE[route])}
    </dl>
  </section>`
}
