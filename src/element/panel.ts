// The details panel: loaded when somebody first opens it. It says in sentences what the pill says
// in words, and asks for consent.

import { html, nothing, type TemplateResult } from 'lit'
import type { ClientOptions, ClientState, SentBeat, View } from '../client/index.ts'
import { flows, reportsLabel, viewLabel } from './labels.ts'
import { panelStyles } from './panel-styles.ts'
import { drawRoute } from './route-picture.ts'
import { ago, inSeconds, reportsSentence, viewSentence } from './sentences.ts'
import { drawShape } from './shapes.ts'

const MARGIN = 8
const WIDTH = 344
const SENT =
  'latest epoch, an earlier one to compare, their block ids, which chain, whether this tab is in view, when the next report is due, how long the last answer took'

/** What the panel needs to know of its element, and may ask of it. */
export interface PanelHost {
  readonly state: ClientState
  readonly view: View
  readonly lastBeat: SentBeat | undefined
  readonly sharesTabs: boolean | undefined
  readonly clientOptions: ClientOptions
  start(options: { consent: true }): Promise<void>
  stop(options?: { everywhere?: boolean }): Promise<void>
  retry(): Promise<void>
}

/** Adds the panel's styles to a shadow root. */
export function adoptPanelStyles(root: Node): void {
  const { styleSheet } = panelStyles
  if (styleSheet !== undefined && root instanceof ShadowRoot)
    root.adoptedStyleSheets.push(styleSheet)
}

/** Puts the open panel under its pill, inside the window. Units are CSS px. */
export function placePanel(root: ParentNode): void {
  const pill = root.querySelector('.pill')?.getBoundingClientRect()
  const panel = root.querySelector<HTMLElement>('#panel')
  if (pill === undefined || panel === null) return
  const { clientWidth, clientHeight } = document.documentElement
  // Not measured: a panel that is about to be shown has no width yet.
  const width = Math.min(WIDTH, clientWidth - 2 * MARGIN)
  const left = Math.min(pill.right, clientWidth - MARGIN) - width
  panel.style.inlineSize = `${width}px`
  panel.style.insetBlockStart = `${pill.bottom + MARGIN}px`
  panel.style.left = `${Math.max(MARGIN, left)}px`
  panel.style.maxBlockSize = `${Math.max(160, clientHeight - pill.bottom - 2 * MARGIN)}px`
}

/** Draws the panel for the present state. `problem` is what was last wrong with an option or head. */
export function drawPanel(host: PanelHost, problem: Error | undefined): TemplateResult {
  const { state, view } = host
  const now = Date.now()
  const reports = reportsLabel(state)
  const chain = viewLabel(view)
  return html`
    <section class="${flows(state) ? 'flows' : ''}">
      <h2>
        <svg class="shape" viewBox="0 0 16 16" aria-hidden="true">${drawShape(reports.shape)}</svg>
        ${reports.label}
      </h2>
      <p>${reportsSentence(state, now)}</p>
      ${problem === undefined || state.phase === 'misconfigured' ? nothing : html`<p>${problem.message}</p>`}
    </section>
    <section>
      <h2 class=${chain.tone}>${chain.label}</h2>
      <p>${viewSentence(view)}</p>
    </section>
    ${drawRest(host, now)}
  `
}

function drawRest(host: PanelHost, now: number): TemplateResult | typeof nothing {
  switch (host.state.phase) {
    case 'misconfigured':
      return nothing
    case 'unsupported':
      return html`<section>
        <div class="choice">${button('Try again', () => host.retry())}</div>
      </section>`
    case 'idle':
      return drawOffer(host)
    default:
      return drawRunning(host, now)
  }
}

function drawOffer(host: PanelHost): TemplateResult {
  const { target, relay, rpc, nickname, minerAddress, iceServers = [] } = host.clientOptions
  const others = [
    ...hostsOf(relay),
    ...hostsOf(rpc),
    ...iceServers.flatMap(({ urls }) => hostsOf(urls)),
    ...(isListed(target) ? ['relays that a list at that host may name'] : [])
  ]
  return html`
    <section class="offer">
      <p>
        Reports let the operator of this service see which wallets keep up with Filecoin, and notice
        when a provider falls behind.
      </p>
      <dl>
        <div class="wide"><dt>Sends</dt><dd>${SENT}</dd></div>
        ${nickname ? fact('Name', nickname) : nothing}
        ${minerAddress ? fact('Miner', minerAddress) : nothing}
        ${fact('Identity', 'random, new each session')} ${fact('To', serverName(target))}
        ${others.length > 0 ? fact('By way of', [...new Set(others)].join(', ')) : nothing}
      </dl>
      <p class="muted">
        No account, balance or key is sent. The server and everyone on the way see your network
        address.
      </p>
      <div class="choice">
        ${button('Turn on', () => host.start({ consent: true }))}
        <button class="act" popovertarget="panel" popovertargetaction="hide">Not now</button>
      </div>
    </section>
  `
}

function drawRunning(host: PanelHost, now: number): TemplateResult {
  const { lastBeat, view } = host
  const isElsewhere = host.state.phase === 'following'
  const state = host.state.phase === 'following' ? host.state.leader : host.state
  return html`
    <section>
      <svg class="route" viewBox="0 0 320 80" role="img" aria-label="Route: ${routeName(state)}">
        ${drawRoute(state)}
      </svg>
      <dl>
        ${fact('Route', routeName(state))}
        ${fact('Last report', lastBeat === undefined ? 'none yet' : ago(lastBeat.at, now))}
        ${fact('Next report', state.phase === 'beating' ? inSeconds(state.nextBeatAt, now) : '–')}
        ${fact('Round trip', state.phase === 'beating' && state.rtt !== undefined ? `${Math.round(state.rtt)} ms` : '–')}
        ${fact('Epoch', view.height?.toLocaleString() ?? '–')}
        ${fact('Behind clock', view.behindClock === undefined ? '–' : `${view.behindClock} epochs`)}
        ${view.behindNetwork === undefined ? nothing : fact('Behind network', `${view.behindNetwork} epochs`)}
        ${host.sharesTabs === false ? fact('Tabs', 'each reports by itself in this browser') : nothing}
      </dl>
      ${
        lastBeat === undefined
          ? nothing
          : html`<details>
              <summary>What is sent</summary>
              <pre tabindex="0">${lastBeat.text}</pre>
              <pre tabindex="0">${hex(lastBeat.bytes)}</pre>
            </details>`
      }
      <div class="choice">
        ${state.phase === 'failing' ? button('Try now', () => host.retry()) : nothing}
        ${isElsewhere ? button('Stop all', () => host.stop({ everywhere: true })) : button('Stop reporting', () => host.stop())}
      </div>
    </section>
  `
}

function fact(name: string, value: string): TemplateResult {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`
}

// What fails is told by the element itself.
function button(label: string, act: () => Promise<void>): TemplateResult {
  return html`<button class="act" @click=${() => void act().catch(() => {})}>${label}</button>`
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
}

function routeName(state: ClientState): string {
  if (state.phase !== 'beating') return 'none'
  switch (state.route) {
    case 'relayed':
      return 'through a relay'
    case 'webrtc':
      return 'direct (WebRTC)'
    case 'websocket':
      return 'direct (WebSocket)'
    default:
      return state.route satisfies never
  }
}

/** Whether it is the URL of a discovery document. */
function isListed(target: unknown): boolean {
  return URL.canParse(String(target))
}

function serverName(target: unknown): string {
  if (isListed(target)) return new URL(String(target)).host
  const id = String(target ?? '').match(/p2p\/(\w+)\s*$/)?.[1]
  const [host] = hostsOf(target)
  return id === undefined ? 'nobody yet' : (host ?? `server …${id.slice(-8)}`)
}

/** The hosts in multiaddrs and URLs. */
function hostsOf(addresses: unknown): string[] {
  const found = String(addresses ?? '').matchAll(
    /\/(?:ip[46]|dns[46]?)\/([^/\s]+)|\w+:(?:\/\/)?(?:[^@/\s]*@)?([^/:,\s]+)/g
  )
  return [...found].map(([, name, host]) => name ?? host ?? '')
}
