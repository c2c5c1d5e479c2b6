import { LitElement, nothing, type PropertyDeclaration, type PropertyDeclarations } from 'lit'
import type {
  ClientOptions,
  ClientState,
  HeadInput,
  HeartbeatClient,
  View
} from '../client/index.ts'
import { hostStyles } from './host-styles.ts'
import { Inside } from './inside.ts'
import { daysOf, type Looks, privacyLink, type Variant, variantOf } from './looks.ts'
import type { Messages } from './messages/messages.ts'

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

/** What the user is told and shown; no client is told of it. */
const LOOKS = {
  variant: { noAccessor: true },
  operatorName: { attribute: 'operator-name' },
  privacyUrl: { attribute: 'privacy-url', noAccessor: true },
  retentionDays: { attribute: 'retention-days', type: Number, noAccessor: true },
  messages: { attribute: false }
} satisfies Record<keyof Looks, PropertyDeclaration>

/**
 * `<fil-heartbeat>`: a pill that tells two things at a glance, with a panel that explains them; or a
 * card, which is the panel in place. It does nothing until its user agrees.
 *
 * @tagname fil-heartbeat
 * @event {CustomEvent<{ state: ClientState; view: View }>} fil-heartbeat-change - `{ state, view }`, when one of them changed
 * @event {CustomEvent<View>} fil-heartbeat-view - the `view`, when its verdict changed: so a wallet learns that its own provider is stale
 * @event {CustomEvent<SentBeat>} fil-heartbeat-beat - the beat that left, with its very `bytes`
 * @event {CustomEvent<{ consented: boolean }>} fil-heartbeat-consent - `{ consented }`, when the user chooses in the element: for a wallet that remembers the choice
 * @event {CustomEvent<{ error: Error }>} fil-heartbeat-error - `{ error }`, when an option or a head is wrong; the element shows it too
 * @slot offer - in the place of the sentence that says what reports are good for
 * @slot footer - at the end of the details
 * @csspart pill - the button that is always seen
 * @csspart shape - the shape that stands for the state of reports
 * @csspart label - in the pill: whether reports arrive
 * @csspart chain - in the pill: whether the wallet's view of the chain is fresh
 * @csspart panel - the details, open or not, or in place as a card
 * @csspart card - the details in place, alone
 * @csspart switch - in the details: takes consent back
 * @csspart button - every other button in the details
 * @cssstate consented - the user agreed, or the wallet did
 * @cssprop --fil-heartbeat-surface - background
 * @cssprop --fil-heartbeat-raised - background of what is pointed at
 * @cssprop --fil-heartbeat-line - borders
 * @cssprop --fil-heartbeat-text - text
 * @cssprop --fil-heartbeat-muted - text that matters less
 * @cssprop --fil-heartbeat-accent - focus, and reports that flow
 * @cssprop --fil-heartbeat-fine - a view that is fresh
 * @cssprop --fil-heartbeat-slow - a view that lags
 * @cssprop --fil-heartbeat-other - a view of another chain
 * @cssprop --fil-heartbeat-font - font family
 */
export class FilHeartbeatElement extends LitElement {
  static override readonly styles = hostStyles

  static override readonly properties: PropertyDeclarations = {
    ...PROPERTIES,
    ...LOOKS,
    // Declared, so that what was set before the element was defined is not lost.
    head: { attribute: false, noAccessor: true },
    client: { attribute: false, noAccessor: true }
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

  /**
   * who runs the aggregator, by name: said before the user agrees
   *
   * @attr {string} operator-name
   * @default none
   */
  declare operatorName: string | undefined

  /**
   * words of the page's own, by their key: they take the place of the element's
   *
   * @default none
   */
  declare messages: Partial<Messages> | undefined

  readonly #inside = new Inside(this, {
    options: () => this.#options,
    looks: () => ({ ...this.#looks, operatorName: this.operatorName, messages: this.messages })
  })
  #looks: Pick<Looks, 'variant' | 'privacyUrl' | 'retentionDays'> = {}

  /** Do this wallet's reports arrive? */
  get state(): ClientState {
    return this.#inside.state
  }

  /** Is this wallet's view of the chain fresh? */
  get view(): View {
    return this.#inside.view
  }

  /** The last beat that left, with its very bytes. */
  get lastBeat(): HeartbeatClient['lastBeat'] {
    return this.#inside.lastBeat
  }

  /** Whether reporting was agreed to, and not stopped since. */
  get consented(): boolean {
    return this.#inside.consented
  }

  /** Whether this browser lets tabs of one origin share one connection; not known before reporting. */
  get sharesTabs(): boolean | undefined {
    return this.#inside.sharesTabs
  }

  /**
   * the wallet's head: `{ cids, height, timestamp?, genesis?, settled? }`, set each time that it
   * moves, or a function or head source
   *
   * @default none
   */
  get head(): HeadInput | undefined {
    return this.#inside.client.head
  }

  set head(head: HeadInput | undefined) {
    this.#inside.setHead(head)
  }

  /**
   * a client that the page made and runs by itself (`createHeartbeatClient`), only to be shown
   *
   * @default none
   */
  get client(): HeartbeatClient | undefined {
    return this.#inside.client.given
  }

  set client(client: HeartbeatClient | undefined) {
    this.#inside.client.given = client
    this.requestUpdate()
  }

  /**
   * `pill`, which shrinks to its shape where there is no room, or `card`
   *
   * @attr {'pill' | 'card'} variant
   * @default `pill`
   */
  get variant(): Variant {
    return variantOf(this.#looks)
  }

  set variant(variant: Variant | undefined) {
    this.#look('variant', variant)
    // Style depends on the attribute. One that nobody set is not set: markup of a server stays as it is.
    if (variant != null && variant !== this.getAttribute('variant'))
      this.setAttribute('variant', variant)
  }

  /**
   * URL of the operator's privacy policy, `http:` or `https:`: offered before the user agrees
   *
   * @attr {string} privacy-url
   * @default none
   */
  get privacyUrl(): string | undefined {
    return privacyLink(this.#looks)
  }

  set privacyUrl(url: string | undefined) {
    this.#look('privacyUrl', url)
  }

  /**
   * days for which the operator keeps what is reported: said before the user agrees
   *
   * @attr {number} retention-days
   * @default none
   */
  get retentionDays(): number | undefined {
    return daysOf(this.#looks)
  }

  set retentionDays(days: number | undefined) {
    this.#look('retentionDays', days)
  }

  /**
   * Starts to report, at once or when the element is in a page. Only script can say so: no attribute
   * does, since injected HTML could set it.
   */
  start(options: { consent: true }): Promise<void> {
    return this.#inside.client.start(options)
  }

  /** Stops reporting, here or in every tab that shares it; resolves when every connection is closed. */
  stop(options?: { everywhere?: boolean }): Promise<void> {
    return this.#inside.client.stop(options)
  }

  /** Tries again at once, if it waits for the next try. */
  async retry(): Promise<void> {
    this.#inside.retry()
  }

  /** @internal */
  override connectedCallback(): void {
    super.connectedCallback()
    void this.#inside.connect()
  }

  /** @internal */
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#inside.disconnect()
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (OPTIONS.some((option) => changed.has(option))) this.#inside.configure()
    if (Object.keys(LOOKS).some((look) => changed.has(look))) this.#inside.renew()
  }

  protected override render(): unknown {
    return this.#inside.draw() ?? nothing
  }

  protected override updated(): void {
    this.#inside.drawn()
  }

  get #options(): ClientOptions {
    const given = OPTIONS.map((option) => [option, this[option]] as const)
    return Object.fromEntries(
      given.filter(([, value]) => value != null)
    ) as unknown as ClientOptions
  }

  // An attribute that is taken away leaves null.
  #look<Look extends 'variant' | 'privacyUrl' | 'retentionDays'>(
    look: Look,
    value: Looks[Look]
  ): void {
    const before = this.#looks[look]
    this.#looks = { ...this.#looks, [look]: value ?? undefined }
    this.requestUpdate(look, before)
  }
}
