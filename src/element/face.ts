// All that is seen of the element: the pill or the card, in the page's language. Loaded with the
// client when the element is first shown; the panel's own code comes when somebody opens it.

import { html, nothing, type TemplateResult } from 'lit'
import type { HeartbeatClient, View } from '../client/index.ts'
import { Announcer } from './announcer.ts'
import { flows, reportsLabel, sayView, viewLabel } from './labels.ts'
import { Language } from './language.ts'
import { followLanguage } from './language-of.ts'
import { loadMessages } from './languages.ts'
import { looksProblem } from './looks.ts'
import type { Messages } from './messages/messages.ts'
import type { PanelHost } from './panel.ts'
import { PanelPlace } from './panel-place.ts'
import { pulse } from './pulse.ts'
import { drawShape } from './shapes.ts'
import { pillStyles } from './styles.ts'
import { everyTick } from './ticker.ts'
import { TripLog } from './trip-log.ts'

/** What the face needs to know of its element, and may ask of it. */
export interface FaceHost extends PanelHost, HTMLElement {
  readonly renderRoot: HTMLElement | DocumentFragment
  readonly variant: Variant
  /** As it was given, which may be nothing that there is. */
  readonly givenVariant: string | undefined
  /** What the page says in its own words. */
  readonly messages: Partial<Messages> | undefined
  requestUpdate(): void
  /** Told what could not be loaded. */
  clientRefused(error: Error): void
  /** Told what is wrong with its looks, which is no matter of the client's. */
  tellError(error: Error): void
}

/** How much of it is seen before anybody asks. */
export type Variant = 'pill' | 'card'

type Panel = typeof import('./panel.ts')

/** Draws one element. */
export class Face {
  readonly #host: FaceHost
  readonly #trips = new TripLog()
  readonly #announcer: Announcer
  readonly #place: PanelPlace
  #loaded: { readonly tag: string; readonly messages: Messages } | undefined
  #language: Language | undefined
  #panel: Panel | undefined
  #loadingPanel: Promise<void> | undefined
  #isOpen = false
  #givesFocusBack = false
  #problem: Error | undefined
  /** Ends what runs while the element is in its page. */
  #leaving = new AbortController()
  #stopTicking: (() => void) | undefined

  constructor(host: FaceHost) {
    this.#host = host
    this.#announcer = new Announcer(() => host.requestUpdate())
    this.#place = new PanelPlace(host.renderRoot)
    adopt(host.renderRoot, pillStyles.styleSheet)
  }

  /** Resolves when it can be drawn. */
  async connect(): Promise<void> {
    // It may have come and gone, and come again, while the code was loading.
    this.#leaving.abort()
    this.#leaving = new AbortController()
    const { signal } = this.#leaving
    await followLanguage(this.#host, signal, (tag) => this.#speak(tag, signal))
    this.#tick()
  }

  disconnect(): void {
    this.#leaving.abort()
    this.#announcer.stop()
    this.#isOpen = false
    this.#tick()
  }

  /** Takes note of what the client says; the element is drawn anew by itself. */
  note({ state, lastBeat }: HeartbeatClient): void {
    if (this.#trips.note(state, lastBeat)) pulse(this.#host.renderRoot)
  }

  /** The page has set another variant, other words, or what else is only shown. */
  renew(): void {
    const problem = looksProblem(this.#host)
    if (problem !== undefined && problem.message !== this.#problem?.message)
      this.#host.tellError(problem)
    this.#problem = problem
    if (this.#loaded !== undefined) {
      const { tag, messages } = this.#loaded
      this.#language = new Language(tag, messages, this.#host.messages)
    }
    this.#tick()
  }

  draw(): TemplateResult | typeof nothing {
    const language = this.#language
    if (language === undefined) return nothing
    const { state, view, variant } = this.#host
    const reports = reportsLabel(state).label
    const said = {
      name: language.say('name'),
      reports: language.say(reports),
      view: sayView(language, view)
    }
    const news = this.#announcer.hear(`${reports} ${viewLabel(view).label}`, () =>
      language.say('announcement', said)
    )
    return html`
      <div class="face" lang=${language.tag} dir=${language.direction}>
        ${variant === 'card' ? this.#drawCard(language) : this.#drawPill(language, said)}
        <span role="status">${news}</span>
      </div>
    `
  }

  /** What was drawn is there. */
  drawn(): void {
    if (this.#isOpen) this.#place.put()
  }

  #drawPill(language: Language, said: Record<'name' | 'reports' | 'view', string>): TemplateResult {
    const { state, view } = this.#host
    const { height } = view
    const name =
      height === undefined
        ? language.say('summary', said)
        : language.say('summary-with-epoch', { ...said, epoch: height })
    return html`
      <button class="pill" part="pill" popovertarget="panel" aria-label=${name}>
        <span class="reports ${flows(state) ? 'flows' : ''}">
          ${drawShape(reportsLabel(state).shape)}
        </span>
        <span class="words">
          <span class="label" part="label">${said.reports}</span>
          ${drawChain(view, said.view, language)}
        </span>
      </button>
      <div
        id="panel"
        part="panel"
        class="panel"
        popover
        role="dialog"
        aria-label=${language.say('details')}
        tabindex="-1"
        autofocus
        @beforetoggle=${this.#onToggle}
        @toggle=${this.#onToggled}
      >
        ${this.#drawPanel(language)}
      </div>
    `
  }

  #drawCard(language: Language): TemplateResult {
    void this.#loadPanel()
    return html`
      <section class="panel card" part="panel card" aria-label=${language.say('details')}>
        ${this.#drawPanel(language)}
      </section>
    `
  }

  #drawPanel(language: Language): TemplateResult | typeof nothing {
    if (this.#panel === undefined) return nothing
    return this.#panel.drawPanel(this.#host, language, this.#trips, this.#problem)
  }

  async #speak(tag: string, signal: AbortSignal): Promise<void> {
    try {
      const loaded = await loadMessages(tag)
      // The page may be in another language by now.
      if (signal.aborted) return
      this.#loaded = loaded
      this.renew()
      this.#host.requestUpdate()
    } catch (error) {
      this.#host.clientRefused(error as Error)
    }
  }

  readonly #onToggle = async ({ newState }: ToggleEvent): Promise<void> => {
    this.#isOpen = newState === 'open'
    const root = this.#host.renderRoot
    this.#givesFocusBack =
      !this.#isOpen && root instanceof ShadowRoot && root.activeElement?.closest('#panel') != null
    this.#place.follow(this.#isOpen)
    this.#tick()
    if (this.#isOpen) await this.#loadPanel()
    this.#host.requestUpdate()
  }

  // Chromium forgets where the focus was before, if that was inside of a shadow tree.
  readonly #onToggled = (): void => {
    if (!this.#givesFocusBack) return
    this.#givesFocusBack = false
    this.#host.renderRoot.querySelector<HTMLElement>('.pill')?.focus()
  }

  #loadPanel(): Promise<void> {
    this.#loadingPanel ??= this.#fetchPanel()
    return this.#loadingPanel
  }

  async #fetchPanel(): Promise<void> {
    try {
      this.#panel = await import('./panel.ts')
      adopt(this.#host.renderRoot, this.#panel.panelStyles.styleSheet)
      this.#host.requestUpdate()
    } catch (error) {
      this.#loadingPanel = undefined
      this.#host.clientRefused(error as Error)
    }
  }

  // Ages and waits are shown to the second, but only to somebody who looks.
  #tick(): void {
    const isSeen = this.#isOpen || this.#host.variant === 'card'
    this.#stopTicking?.()
    this.#stopTicking =
      isSeen && !this.#leaving.signal.aborted
        ? everyTick(() => this.#host.requestUpdate())
        : undefined
  }
}

function drawChain(view: View, label: string, language: Language): TemplateResult {
  const { tone } = viewLabel(view)
  const { height } = view
  const isFine = tone === 'fine' && height !== undefined
  return html`<span class="chain ${tone}" part="chain">${isFine ? language.number(height) : label}</span>`
}

function adopt(root: Node, sheet: CSSStyleSheet | undefined): void {
  if (sheet !== undefined && root instanceof ShadowRoot) root.adoptedStyleSheets.push(sheet)
}
