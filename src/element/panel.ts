// The details: loaded when somebody first opens them, or with a card. They say in sentences what the
// pill says in words, ask for consent, and have the switch that takes it back.

import { html, nothing, type TemplateResult } from 'lit'
import type { ClientOptions, ClientState, HeartbeatClient } from '../client/index.ts'
import { drawCopy } from './copy.ts'
import { drawFacts } from './facts.ts'
import { flows, reportsLabel, sayView, viewLabel } from './labels.ts'
import type { Language } from './language.ts'
import { drawOffer } from './offer.ts'
import { drawRoute } from './route-picture.ts'
import { reportsSentence, viewSentence } from './sentences.ts'
import { drawShape } from './shapes.ts'
import { drawTrips } from './trip-line.ts'
import type { TripLog } from './trip-log.ts'

export { panelStyles } from './panel-styles.ts'

/** What the panel needs to know of its element, and may ask of it. */
export interface PanelHost
  extends Pick<HeartbeatClient, 'state' | 'view' | 'lastBeat' | 'sharesTabs' | 'consented'> {
  /** The last head that the client knows. */
  readonly shownHead: HeartbeatClient['head']
  readonly clientOptions: ClientOptions
  /** What was last wrong with an option, a head or the code. */
  readonly problem: Error | undefined
  readonly operatorName: string | undefined
  readonly privacyUrl: string | undefined
  readonly retentionDays: number | undefined
  /** The user chooses. */
  choose(consent: boolean): void
  retry(): Promise<void>
  requestUpdate(): void
}

/**
 * Draws what is to be said of the present state.
 *
 * @param problem what is wrong with the element's looks
 */
export function drawPanel(
  host: PanelHost,
  language: Language,
  log: TripLog,
  problem?: Error
): TemplateResult {
  const { state, view } = host
  const now = Date.now()
  const chain = viewLabel(view)
  const { shape, label } = reportsLabel(state)
  const speech = { language, chain: host.clientOptions.chain, now }
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
  log: TripLog,
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
  log: TripLog,
  now: number
): TemplateResult {
  const state = host.state.phase === 'following' ? host.state.leader : host.state
  return html`
    <section>
      ${drawRoute(state, language, mayRelay(host.clientOptions))}
      ${drawFacts(host, state, log, { language, now })}
      ${drawTrips(log.settled, language)}
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

// What fails is told by the element itself.
function drawRetry(
  host: PanelHost,
  language: Language,
  label: 'try-now' | 'try-again'
): TemplateResult {
  const retry = (): void => void host.retry().catch(() => {})
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
