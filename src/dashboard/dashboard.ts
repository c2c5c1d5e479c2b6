import { html, type LitElement, type PropertyValues, type TemplateResult } from 'lit'
import { DASHBOARD_TICK_PERIOD } from '../constants.ts'
import type { Api } from './api.ts'
import type { LiveFeed } from './feed.ts'
import { count, moment, sentence } from './format.ts'
import { LightElement } from './light-element.ts'
import type { DashboardState } from './model.ts'
import { drawOverview } from './overview.ts'
import { parseRoute, type Route } from './router.ts'
import { drawSign } from './shapes.ts'
import type { Store } from './store.ts'
import { connectionSign } from './words.ts'

/** What the whole page works with. */
export interface Parts {
  readonly store: Store
  readonly api: Api
  readonly feed: LiveFeed
}

/** `<hb-dashboard>`: the page. It alone listens to the store and to the clock. */
export class Dashboard extends LightElement {
  static override readonly properties = {
    parts: { attribute: false },
    route: { state: true }
  }

  declare parts: Parts
  declare route: Route
  #unsubscribe: (() => void) | undefined
  #ticking: ReturnType<typeof setInterval> | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    this.route = parseRoute(location.hash)
    this.#unsubscribe = this.parts.store.subscribe(() => this.requestUpdate())
    // A hidden page is drawn by nobody: its ticks cost a call.
    this.#ticking = setInterval(() => {
      if (document.visibilityState === 'visible') this.requestUpdate()
    }, DASHBOARD_TICK_PERIOD)
    window.addEventListener('hashchange', this.#navigate)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#unsubscribe?.()
    clearInterval(this.#ticking)
    window.removeEventListener('hashchange', this.#navigate)
  }

  protected override render(): TemplateResult {
    const { state } = this.parts.store
    const now = Date.now() + state.skew
    const sign = connectionSign(state.connection, now)
    return html`
      <header>
        <a class="brand" href="#/" aria-label="fil-heartbeat">
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="9" />
            <path d="M7 17h5l2.5-7 4 13 2.5-6h4" />
          </svg>
          <span>fil-heartbeat</span>
        </a>
        <nav aria-label="Pages">
          <a href="#/" aria-current=${this.route.name === 'overview' ? 'page' : 'false'}>Overview</a>
          <a href="#/alerts" aria-current=${this.route.name === 'alerts' ? 'page' : 'false'}>
            Alerts${state.standing.length > 0 ? html` <b class="badge">${count(state.standing.length)}</b>` : ''}
          </a>
        </nav>
        <p class="connection" role="status">${drawSign(sign)}</p>
      </header>
      <main data-connection=${state.connection.phase}>
        ${drawNotices(state, now)} ${this.#drawPage(state, momentShown(state, now))}
      </main>
    `
  }

  protected override updated(changed: PropertyValues): void {
    const { standing } = this.parts.store.state
    const title = standing.length === 0 ? '' : `(${count(standing.length)}) `
    document.title = `${title}fil-heartbeat`
    if (changed.has('route') && changed.get('route') !== undefined) void this.#arrive()
  }

  #drawPage(state: DashboardState, now: number): TemplateResult {
    const { api } = this.parts
    if (state.connection.phase === 'token-needed') {
      return html`<hb-token .api=${api} @hb-opened=${this.#open}></hb-token>`
    }
    switch (this.route.name) {
      case 'overview':
        return drawOverview(api, state, now)
      case 'alerts':
        return html`<hb-alerts .api=${api} .standing=${state.standing} .now=${now}></hb-alerts>`
      case 'node': {
        const { peer } = this.route
        const live = state.watched.get(peer)
        return html`<hb-node .api=${api} .peer=${peer} .live=${live} .standing=${state.standing} .now=${now}></hb-node>`
      }
      default:
        return this.route satisfies never
    }
  }

  readonly #open = (): void => this.parts.feed.start()

  readonly #navigate = (): void => {
    this.route = parseRoute(location.hash)
  }

  /** A new page begins at its top, and is told to those who hear it. */
  async #arrive(): Promise<void> {
    window.scrollTo(0, 0)
    // Its heading is drawn by an element of its own, a moment later.
    const page = this.querySelector<LitElement>('hb-node, hb-alerts')
    await page?.updateComplete
    const heading = this.querySelector<HTMLElement>('main h1')
    heading?.focus({ preventScroll: true })
  }
}

/** When what is shown was true: of a lost aggregator nobody knows how long anything is ago now. */
function momentShown({ connection, skew }: DashboardState, now: number): number {
  return connection.phase === 'lost' ? connection.since + skew : now
}

/** What concerns everything below. */
function drawNotices({ connection, network }: DashboardState, now: number): TemplateResult {
  return html`
    ${
      connection.phase === 'lost'
        ? html`<p class="notice">
            The aggregator has not been heard since ${moment(connection.since, now)}: numbers are
            from then. It is tried again by itself (${connection.problem}).
          </p>`
        : ''
    }
    ${
      connection.phase === 'unreachable'
        ? html`<p class="notice">
            The aggregator cannot be reached: ${connection.problem}. It is tried again by itself.
          </p>`
        : ''
    }
    ${
      network?.frozen === undefined
        ? ''
        : html`<p class="notice">
            <b>The observer itself is unwell.</b> ${sentence(network.frozen)} Verdicts stand still
            until it is well again.
          </p>`
    }
  `
}
