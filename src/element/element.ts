import {
  html,
  LitElement,
  nothing,
  type PropertyDeclaration,
  type PropertyDeclarations,
  type TemplateResult
} from 'lit'
import type {
  ClientOptions,
  ClientState,
  HeadInput,
  HeartbeatClient,
  View
} from '../client/index.ts'
import { ClientController, type ClientHost } from './client-controller.ts'
import type { FilHeartbeatEvents } from './index.ts'
import { flows, reportsLabel, viewLabel } from './labels.ts'
import { drawShape } from './shapes.ts'
import { pillStyles } from './styles.ts'

const TICK_PERIOD = 1_000

const PROPERTIES = {
  target: {},
  relay: {},
  nickname: {},
  minerAddress: { attribute: 'miner-address' },
  beatPeriod: { attribute: 'beat-period' },
  reconnectPeriod: { attribute: 'reconnect-period' },
  routes: {},
  rpc: {},
  chain: {},
  iceServers: { attribute: false },
  isolation: {},
  frameUrl: { attribute: 'frame-url' }
} satisfies Record<ElementOption, PropertyDeclaration>

/** A key is nothing to be put into a page's markup: only the library takes one. */
type ElementOption = Exclude<keyof ClientOptions, 'identity'>

const OPTIONS = Object.keys(PROPERTIES) as ElementOption[]

/**
 * `<fil-heartbeat>`: a pill that tells two things at a glance, with a panel that explains them. It
 * does nothing until its user agrees.
 *
 * @tagname fil-heartbeat
 * @event {CustomEvent<{ state: ClientState; view: View }>} fil-heartbeat-change - `{ state, view }`, when one of them changed
 * @event {CustomEvent<View>} fil-heartbeat-view - the `view`, when its verdict changed: so a wallet learns that its own provider is stale
 * @event {CustomEvent<SentBeat>} fil-heartbeat-beat - the beat that left, with its very `bytes`
 * @event {CustomEvent<{ error: Error }>} fil-heartbeat-error - `{ error }`, when an option or a head is wrong; the element shows it too
 * @csspart pill - the button that is always seen
 * @csspart reports - in the pill: whether reports arrive
 * @csspart chain - in the pill: whether the wallet's view of the chain is fresh
 * @csspart panel - the details, open or not
 * @cssprop --fil-heartbeat-surface - background
 * @cssprop --fil-heartbeat-raised - background of what is pointed at
 * @cssprop --fil-heartbeat-line - borders
 * @cssprop --fil-heartbeat-text - text
 * @cssprop --fil-heartbeat-muted - text that matters less
 * @cssprop --fil-heartbeat-accent - focus, and reports that flow
 * @cssprop --fil-heartbeat-fine - a view that is fresh
 * @cssprop --fil-heartbeat-slow - a view that lags
 * @cssprop --fil-heartbeat-other - a view of another chain
 */
export class FilHeartbeatElement extends LitElement implements ClientHost {
  static override readonly styles = pillStyles

  static override readonly properties: PropertyDeclarations = {
    ...PROPERTIES,
    // Declared, so that a head that was set before the element was defined is not lost.
    head: { attribute: false, noAccessor: true }
  }

  /**
   * multiaddrs of the aggregator, each ending in its `/p2p/<peer id>`; a bare `/p2p/<peer id>` needs
   * a relay. Or one URL of a discovery document, with `#<peer id>` at its end
   *
   * @attr {string} target
   */
  declare target: ClientOptions['target']

  /**
   * multiaddrs of relays, parted by spaces, each ending in its `/p2p/<peer id>`
   *
   * @attr {string} relay
   * @default none
   */
  declare relay: ClientOptions['relay']

  /**
   * a name for the operator to see, at most 64 characters
   *
   * @attr {string} nickname
   * @default none
   */
  declare nickname: ClientOptions['nickname']

  /**
   * address of a miner (`f0`, `f2`); one that belongs to a person (`f1`, `f3`, `f4`) is refused
   *
   * @attr {string} miner-address
   * @default none
   */
  declare minerAddress: ClientOptions['minerAddress']

  /**
   * how often to report: `30s`, `1m30s`, or ms
   *
   * @attr {string} beat-period
   * @default `30s`
   */
  declare beatPeriod: ClientOptions['beatPeriod']

  /**
   * first window of the back-off after a failure
   *
   * @attr {string} reconnect-period
   * @default `10s`
   */
  declare reconnectPeriod: ClientOptions['reconnectPeriod']

  /**
   * the ways that may be used
   *
   * @attr {string} routes
   * @default `websocket relayed webrtc`
   */
  declare routes: ClientOptions['routes']

  /**
   * URL of a Lotus RPC (`http`, `https`, `ws`, `wss`) to follow after consent, where the page hands
   * in no head
   *
   * @attr {string} rpc
   * @default none
   */
  declare rpc: ClientOptions['rpc']

  /**
   * `mainnet`, `calibration`, or as a property `{ genesis?, genesisTimestamp, epochPeriod }` (Unix
   * seconds, ms)
   *
   * @attr {'mainnet' | 'calibration'} chain
   * @default `mainnet`
   */
  declare chain: ClientOptions['chain']

  /**
   * STUN and TURN servers for WebRTC; without any, no third party is asked
   *
   * @default none
   */
  declare iceServers: ClientOptions['iceServers']

  /**
   * `page`, or `frame`: the network code runs in a sandboxed frame of opaque origin, where it can
   * reach no DOM, no storage and no key
   *
   * @attr {'page' | 'frame'} isolation
   * @default `page`
   */
  declare isolation: ClientOptions['isolation']

  /**
   * URL of the package's `frame.html`, where the wallet hosts it; for `isolation="frame"`
   *
   * @attr {string} frame-url
   * @default none
   */
  declare frameUrl: ClientOptions['frameUrl']

  readonly #client = new ClientController(this)
  #panel: typeof import('./panel.ts') | undefined
  #problem: Error | undefined
  #ticking: ReturnType<typeof setInterval> | undefined
  #told: { state?: ClientState; view?: View; beat?: HeartbeatClient['lastBeat'] } = {}

  /** Do this wallet's reports arrive? */
  get state(): ClientState {
    return this.#client.state
  }

  /** Is this wallet's view of the chain fresh? */
  get view(): View {
    return this.#client.view
  }

  /** The last beat that left, with its very bytes. */
  get lastBeat(): HeartbeatClient['lastBeat'] {
    return this.#client.lastBeat
  }

  /**
   * the wallet's head: `{ cids, height, timestamp?, genesis?, settled? }`, set each time that it
   * moves, or a function or head source
   *
   * @default none
   */
  get head(): HeadInput | undefined {
    return this.#client.head
  }

  set head(head: HeadInput | undefined) {
    this.#problem = undefined
    this.#client.head = head
  }

  /** Starts to report. Only script can say so: no attribute does, since injected HTML could set it. */
  async start(options: { consent: true }): Promise<void> {
    const client = await this.#client.load()
    await client.start(options)
  }

  /** Whether this browser lets tabs of one origin share one connection; not known before reporting. */
  get sharesTabs(): boolean | undefined {
    return this.#client.sharesTabs
  }

  /** Stops reporting, here or in every tab that shares it; resolves when every connection is closed. */
  async stop(options?: { everywhere?: boolean }): Promise<void> {
    const client = await this.#client.load()
    await client.stop(options)
  }

  /** Tries again at once, if it waits for the next try. */
  async retry(): Promise<void> {
    const client = await this.#client.load()
    client.retry()
  }

  /** @internal */
  get clientOptions(): ClientOptions {
    const given = OPTIONS.map((option) => [option, this[option]] as const)
    return Object.fromEntries(
      given.filter(([, value]) => value != null)
    ) as unknown as ClientOptions
  }

  /** @internal */
  clientRefused(error: Error): void {
    this.#problem = error
    this.requestUpdate()
    this.#dispatch('fil-heartbeat-error', { error })
  }

  /**
   * Tells what is new, once for each batch of changes.
   *
   * @internal
   */
  clientChanged({ state, view, lastBeat }: HeartbeatClient): void {
    const { state: oldState, view: oldView, beat } = this.#told
    this.#told = { state, view, beat: lastBeat }
    if (
      state !== oldState ||
      view.verdict !== oldView?.verdict ||
      view.height !== oldView?.height
    ) {
      this.#dispatch('fil-heartbeat-change', { state, view })
    }
    if (view.verdict !== oldView?.verdict) this.#dispatch('fil-heartbeat-view', view)
    if (lastBeat !== undefined && lastBeat !== beat) this.#dispatch('fil-heartbeat-beat', lastBeat)
  }

  /** @internal */
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.#ticking)
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!OPTIONS.some((option) => changed.has(option))) return
    this.#problem = undefined
    this.#client.configure()
  }

  protected override render(): TemplateResult {
    const { state, view } = this
    const reports = reportsLabel(state)
    const chain = viewLabel(view)
    const epoch = view.height?.toLocaleString()
    const said = `${reports.label}. ${chain.label}${epoch === undefined ? '' : `, epoch ${epoch}`}`
    return html`
      <button class="pill" part="pill" popovertarget="panel" aria-label="Heartbeat: ${said}">
        <span class="reports ${flows(state) ? 'flows' : ''}" part="reports">
          <svg class="shape" viewBox="0 0 16 16" aria-hidden="true">${drawShape(reports.shape)}</svg>
          <span class="label">${reports.label}</span>
        </span>
        <span class="chain ${chain.tone}" part="chain">
          ${chain.tone === 'fine' ? epoch : chain.label}
        </span>
      </button>
      <div
        id="panel"
        part="panel"
        popover
        role="dialog"
        aria-label="Heartbeat details"
        @beforetoggle=${this.#onToggle}
      >
        ${this.#panel?.drawPanel(this, this.#problem) ?? nothing}
      </div>
      <span role="status">${reports.label}. ${chain.label}</span>
    `
  }

  protected override updated(): void {
    if (this.#ticking !== undefined) this.#panel?.placePanel(this.renderRoot)
  }

  // Ages and waits are shown to the second, but only to somebody who looks.
  readonly #onToggle = async ({ newState }: ToggleEvent): Promise<void> => {
    clearInterval(this.#ticking)
    this.#ticking = undefined
    if (newState !== 'open') return
    this.#ticking = setInterval(() => this.requestUpdate(), TICK_PERIOD)
    try {
      this.#panel ??= await this.#loadPanel()
    } catch (error) {
      this.clientRefused(error as Error)
    }
    this.requestUpdate()
  }

  async #loadPanel(): Promise<typeof import('./panel.ts')> {
    const panel = await import('./panel.ts')
    panel.adoptPanelStyles(this.renderRoot)
    return panel
  }

  #dispatch<T extends keyof FilHeartbeatEvents>(
    type: T,
    detail: FilHeartbeatEvents[T]['detail']
  ): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }))
  }
}
