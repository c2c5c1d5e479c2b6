// The details: loaded when somebody first opens them, or with a card. They say in sentences what the
// pill says in words, ask for consent, and have the switch that takes it back.

import { html, nothing, type TemplateResult } from 'lit'
import type { ClientOptions, ClientState } from '../client/index.ts'
import { drawCopy } from './copy.ts'
import { drawFacts } from './facts.ts'
import { flows, reportsLabel, sayView, viewLabel } from './labels.ts'
import type { Language } from './language.ts'
import { drawOffer } from './offer.ts'
import type { PanelHost } from './panel-host.ts'
import { drawRoute } from './route-picture.ts'
import { reportsSentence, viewSentence } from './sentences.ts'
import { drawShape } from './shapes.ts'
import { drawTrips } from './trip-line.ts'
import type { TripLog } from './trip-log.ts'

export { panelStyles } from './panel-styles.ts'

/**
 * Draws what is to be said of the present state.
 *
 * @param problem what is wrong with the element's looks
 */
export function drawPanel(
  host: PanelHost,
  language: Language,
  log: TripLog | undefined,
  problem?: Error
): TemplateResult {
  const { state, view } = host
  const now = Date.now()
  const chain = viewLabel(view)
  const { shape, label } = reportsLabel(state)
  const speech = { language, chain: host.options.chain, now }
  return html`
    <section class="${flows(state) ? 'flows' : ''}">
      <div class="head">
        <h2>${drawShape(shape)} ${language.say(label)}</h2>
        ${host.consented ? drawSwitch(host, language) : nothing}
      </div>
      <p>${reportsSentence(state, speech)}</p>
      ${state.phase === 'misconfigured' ? nothing : drawProblem(host.problem)} ${drawProblem(problem)}
    </section>
    <section>
      <h2 class=${chain.tone}>${sayView(language, view)}</h2>
      <p>${viewSentence(view, language)}</p>
    </section>
    ${drawRest(host, language, log, now)}
    <slot name="footer"></slot>
  `
}

function drawProblem(problem: Error | undefined): TemplateResult | typeof nothing {
  return problem === undefined ? nothing : html`<p dir="auto">${problem.message}</p>`
}

function drawRest(
  host: PanelHost,
  language: Language,
  log: TripLog | undefined,
  now: number
): TemplateResult | typeof nothing {
  switch (host.state.phase) {
    case 'misconfigured':
      return nothing
    case 'unsupported':
      return html`<section>${drawRetry(host, language, 'try-again')}</section>`
    case 'idle':
      return drawOffer(host, language)
    default:
      return drawRunning(host, language, log, now)
  }
}

function drawRunning(
  host: PanelHost,
  language: Language,
  log: TripLog | undefined,
  now: number
): TemplateResult {
  const state = host.state.phase === 'following' ? host.state.leader : host.state
  return html`
    <section>
      ${drawRoute(state, language, mayRelay(host.options))}
      ${drawFacts(host, state, log, { language, now })}
      ${drawTrips(log?.settled ?? [], language)}
    </section>
    <section>
      ${drawSent(host, language)}
      <div class="choice">
        ${canRetry(state) ? drawRetry(host, language, 'try-now') : nothing}
        ${drawCopy(host, language)}
      </div>
    </section>
  `
}

function canRetry(state: ClientState): boolean {
  return state.phase === 'failing' || (state.phase === 'rejected' && state.nextTryAt !== undefined)
}

function drawSwitch(host: PanelHost, language: Language): TemplateResult {
  return html`<button
    class="switch"
    part="switch"
    role="switch"
    aria-checked="true"
    aria-label=${language.say('switch')}
    @click=${() => host.choose(false)}
  ></button>`
}

function drawSent({ lastBeat }: PanelHost, language: Language): TemplateResult | typeof nothing {
  if (lastBeat === undefined) return nothing
  const { text, bytes } = lastBeat
  return html`
    <details>
      <summary>${language.say('what-is-sent')}</summary>
      <pre dir="ltr" tabindex="0">${text}</pre>
      <p>${language.say('what-is-sent-bytes', { count: bytes.length })}</p>
      <pre dir="ltr" tabindex="0">${hex(bytes)}</pre>
    </details>
  `
}

function drawRetry(
  host: PanelHost,
  language: Language,
  label: 'try-now' | 'try-again'
): TemplateResult {
  const retry = (): void => host.retry()
  return html`<button class="act" part="button" @click=${retry}>${language.say(label)}</button>`
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
}

/** Whether reports may go through a relay: one is named, or a list of addresses may name one. */
function mayRelay({ target, relay, routes = 'relayed' }: ClientOptions): boolean {
  const isAllowed = /relayed|webrtc/.test(String(routes))
  return (
    isAllowed && (/\w/.test(String(relay ?? '')) || /p2p-circuit|^\s*https?:/.test(String(target)))
  )
}
