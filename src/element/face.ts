// All that is seen of the element: the pill or the card, in the page's language. Loaded with the
// client when the element is first shown; the panel's own code comes when somebody opens it.

import { html, nothing, type TemplateResult } from 'lit'
import type { HeartbeatClient, View } from '../client/index.ts'
import { Announcer } from './announcer.ts'
import { flows, reportsLabel, sayView, viewLabel } from './labels.ts'
import { Language } from './language.ts'
import { followLanguage } from './language-of.ts'
import { type Loaded, loadMessages } from './languages.ts'
import { sayable, variantOf } from './looks.ts'
import { looksProblem } from './looks-problem.ts'
import type { PanelHost } from './panel-host.ts'
import { PanelPlace } from './panel-place.ts'
import { pulse } from './pulse.ts'
import { drawShape } from './shapes.ts'
import { pillStyles } from './styles.ts'
import { everyTick } from './ticker.ts'
import { logOf, type TripLog } from './trip-log.ts'
import { Voice } from './voice.ts'

/** What the face needs to know of its element, and may ask of it. */
export interface FaceHost extends PanelHost {
  readonly element: HTMLElement & { readonly renderRoot: HTMLElement | DocumentFragment }
  readonly client: { readonly client: HeartbeatClient | undefined }
  /** Told what could not be loaded. */
  refused(error: Error): void
  /** Tells the page. */
  dispatch(type: 'fil-heartbeat-error', detail: { error: Error }): void
}

type Panel = typeof import('./panel.ts')

/** Draws one element. */
export class Face {
  readonly #host: FaceHost
  readonly #root: HTMLElement | DocumentFragment
  readonly #announcer: Announcer
  readonly #voice = new Voice()
  readonly #place: PanelPlace
  #log: TripLog | undefined
  /** Confirmed reports that were seen. */
  #confirmed = 0
  #loaded: Loaded | undefined
  #language: Language | undefined
  #panel: Panel | undefined
  #loadingPanel: Promise<void> | undefined
  #isOpen = false
  #givesFocusBack = false
  #hadFocus = false
  #problem: Error | undefined
  /** Ends what runs while the element is in its page; absent outside. */
  #leaving: AbortController | undefined
  #stopTicking: (() => void) | undefined

  constructor(host: FaceHost) {
    this.#host = host
    this.#root = host.element.renderRoot
    this.#announcer = new Announcer(() => host.requestUpdate())
    this.#place = new PanelPlace(this.#root)
    adopt(this.#root, pillStyles.styleSheet)
  }

  /** Resolves when it can be drawn. */
  async connect(): Promise<void> {
    // It may have come and gone, and come again, while the code was loading.
    this.#leaving?.abort()
    this.#leaving = new AbortController()
    if (this.#panel === undefined) this.#loadingPanel = undefined
    this.#tick()
    await followLanguage(this.#host.element, this.#leaving.signal, (tag, isWanted) =>
      this.#speak(tag, isWanted)
    )
  }

  disconnect(): void {
    this.#leaving?.abort()
    this.#leaving = undefined
    this.#announcer.stop()
    this.#voice.fallSilent()
    // A browser tells of no toggle when an open panel is taken away.
    this.#isOpen = false
    this.#place.follow(false)
    this.#tick()
  }

  /** Takes note of what the client says; the element is drawn anew by itself. */
  note(client: HeartbeatClient): void {
    const log = logOf(client)
    const isNew = log !== this.#log
    log.note(client.state, client.lastBeat)
    // What others have seen before is no news.
    if (!isNew && log.confirmed > this.#confirmed) pulse(this.#root)
    this.#log = log
    this.#confirmed = log.confirmed
  }

  /** The page has set another variant, other words, or what else is only shown. */
  renew(): void {
    const { looks } = this.#host
    const problem = looksProblem(looks)
    if (problem !== undefined && problem.message !== this.#problem?.message)
      this.#host.dispatch('fil-heartbeat-error', { error: problem })
    this.#problem = problem
    if (this.#loaded !== undefined) {
      const { tag, messages } = this.#loaded
      this.#language = new Language(tag, { ...messages, ...sayable(looks.messages ?? {}) })
    }
    this.#tick()
  }

  /** @returns nothing while there are no words for it */
  draw(): TemplateResult | undefined {
    const language = this.#language
    if (language === undefined) return undefined
    const { state, view, looks, client } = this.#host
    this.#hadFocus = this.#focused?.closest('.panel') != null
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
        ${variantOf(looks) === 'card' ? this.#drawCard(language) : this.#drawPill(language, said)}
        <span role="status">${this.#voice.mayTell(client.client) ? news : ''}</span>
      </div>
    `
  }

  /** What was drawn is there. */
  drawn(): void {
    if (this.#isOpen) this.#place.put()
    // The button that had the focus may be gone: what it did is told in the same place.
    if (this.#hadFocus && this.#focused === null)
      this.#root.querySelector<HTMLElement>('.panel')?.focus()
  }

  get #focused(): Element | null {
    return this.#root instanceof ShadowRoot ? this.#root.activeElement : null
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
      <section
        class="panel card"
        part="panel card"
        aria-label=${language.say('details')}
        tabindex="-1"
      >
        ${this.#drawPanel(language)}
      </section>
    `
  }

  #drawPanel(language: Language): TemplateResult | typeof nothing {
    const { problem } = this.#host
    if (this.#panel !== undefined)
      return this.#panel.drawPanel(this.#host, language, this.#log, this.#problem)
    return problem === undefined ? nothing : html`<p dir="auto">${problem.message}</p>`
  }

  async #speak(tag: string, isWanted: () => boolean): Promise<void> {
    try {
      const loaded = await loadMessages(tag)
      if (!isWanted()) return
      this.#loaded = loaded
      this.renew()
      this.#host.requestUpdate()
    } catch (error) {
      if (isWanted()) this.#host.refused(error as Error)
    }
  }

  readonly #onToggle = async ({ newState }: ToggleEvent): Promise<void> => {
    this.#isOpen = newState === 'open'
    this.#givesFocusBack = !this.#isOpen && this.#focused?.closest('#panel') != null
    this.#place.follow(this.#isOpen)
    this.#tick()
    if (!this.#isOpen) return
    // What could not be fetched before is tried again when somebody asks for it, and only then.
    if (this.#panel === undefined) this.#loadingPanel = undefined
    await this.#loadPanel()
    this.#host.requestUpdate()
  }

  readonly #onToggled = (): void => {
    // What is so by now stands at the top, wherever somebody read on the last time.
    if (this.#isOpen) this.#root.querySelector('#panel')?.scrollTo(0, 0)
    // Chromium forgets where the focus was before, if that was inside of a shadow tree.
    if (!this.#givesFocusBack) return
    this.#givesFocusBack = false
    this.#root.querySelector<HTMLElement>('.pill')?.focus()
  }

  #loadPanel(): Promise<void> {
    this.#loadingPanel ??= this.#fetchPanel()
    return this.#loadingPanel
  }

  async #fetchPanel(): Promise<void> {
    try {
      this.#panel = await import('./panel.ts')
      adopt(this.#root, this.#panel.panelStyles.styleSheet)
      this.#host.requestUpdate()
    } catch (error) {
      this.#host.refused(error as Error)
    }
  }

  // Ages and waits are shown to the second, but only to somebody who looks.
  #tick(): void {
    const isSeen = this.#isOpen || variantOf(this.#host.looks) === 'card'
    this.#stopTicking?.()
    this.#stopTicking =
      isSeen && this.#leaving !== undefined
        ? everyTick(() => this.#host.requestUpdate())
        : undefined
  }
}

function drawChain(view: View, label: string, language: Language): TemplateResult {
  const { tone } = viewLabel(view)
  const { height } = view
  const isFine = tone === 'fine' && height !== undefined
  return html`<span class="chain ${tone}" part="chain">
    ${isFine ? language.number(height) : label}
  </span>`
}

function adopt(root: Node, sheet: CSSStyleSheet | undefined): void {
  if (sheet !== undefined && root instanceof ShadowRoot) root.adoptedStyleSheets.push(sheet)
}
