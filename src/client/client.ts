import { HEAD_POLL_PERIOD } from '../constants.ts'
import { OptionError } from '../errors.ts'
import type { Head } from '../head/index.ts'
import { type Chain, MAINNET, systemClock, untilNextEpoch } from '../timing/index.ts'
import { feedHead, type HeadInput } from './head-feed.ts'
import type { HeartbeatClient } from './index.ts'
import { type ClientOptions, checkChain, checkOptions } from './options.ts'
import type { SentBeat } from './port.ts'
import type { ClientState } from './state.ts'
import type { OpenTab, Tab, TabMessage, TabOptions } from './tab.ts'
import { judge, type SecondOpinion, type View } from './view.ts'

/** Loads the code that takes a tab's part, and only now. */
export type LoadTab = () => Promise<OpenTab>

/** The page's side of a client: the one writer of its state and its view. */
export class Client implements HeartbeatClient {
  readonly #loadTab: LoadTab
  readonly #listeners = new Set<() => void>()
  #state: ClientState = { phase: 'idle' }
  #lastBeat: SentBeat | undefined

  #options: TabOptions | undefined
  #consented = false
  #tab: Tab | undefined
  #given: Omit<ClientOptions, 'identity'> | undefined
  #stopsEverywhere = false
  #sharesTabs: boolean | undefined
  #transition: Promise<void> = Promise.resolve()

  #chain: Chain = MAINNET
  #head: Head | undefined
  #headAt = 0
  #headFailed = false
  #opinion: SecondOpinion | undefined
  #opinionEnd = 0
  /** The network side learnt the head, not the page. */
  #isLearnt = false
  /** The page hands in heads, so `rpc` is not asked. */
  #isFed = false
  #input: HeadInput | undefined
  /** Absent while the head is not followed. */
  #feeding: AbortController | undefined
  #cancelTick: () => void = () => {}
  #batched = false

  constructor(loadTab: LoadTab) {
    this.#loadTab = loadTab
  }

  get state(): ClientState {
    return this.#state
  }

  // A head ages by itself, so the view is judged whenever somebody looks.
  get view(): View {
    const opinion = systemClock.elapsed() < this.#opinionEnd ? this.#opinion : undefined
    const view = judge(this.#head, this.#chain, systemClock.now(), opinion)
    return this.#headFailed ? { ...view, verdict: 'unknown' } : view
  }

  get options(): Omit<ClientOptions, 'identity'> | undefined {
    return this.#given
  }

  get head(): Head | undefined {
    return this.#head
  }

  get lastBeat(): SentBeat | undefined {
    return this.#lastBeat
  }

  get sharesTabs(): boolean | undefined {
    return this.#sharesTabs
  }

  get consented(): boolean {
    return this.#consented
  }

  configure(options: ClientOptions): void {
    const { identity: _, ...given } = options
    this.#given = given
    try {
      this.#chain = checkChain(options.chain)
      this.#options = checkOptions(options)
      if (this.#state.phase === 'misconfigured') this.#write({ phase: 'idle' })
    } catch (error) {
      this.#options = undefined
      if (error instanceof OptionError) {
        this.#write({ phase: 'misconfigured', option: error.option, problem: error.message })
      }
      throw error
    } finally {
      this.#judge()
      void this.#reconcile()
    }
  }

  setHead(input: HeadInput | undefined): void {
    this.#input = input
    this.#isFed = input !== undefined
    void this.#reconcile()
    this.#feed()
  }

  async start({ consent }: { consent: true }): Promise<void> {
    if (consent !== true) throw new OptionError('consent', 'start() needs { consent: true }')
    this.#consented = true
    if (this.#feeding === undefined) this.#feed()
    await this.#reconcile()
  }

  async stop({ everywhere = false }: { everywhere?: boolean } = {}): Promise<void> {
    this.#consented = false
    this.#stopsEverywhere ||= everywhere
    if (this.#listeners.size === 0) this.#feed()
    await this.#reconcile()
  }

  retry(): void {
    if (this.#state.phase !== 'unsupported') return this.#tab?.retry()
    void this.#reconcile()
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    if (this.#feeding === undefined) this.#feed()
    this.#judge()
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size > 0) return
      this.#cancelTick()
      this.#feed()
    }
  }

  // A value is taken at once. What has to be asked is asked while somebody wants to know.
  #feed(): void {
    this.#feeding?.abort()
    this.#feeding = undefined
    const input = this.#input
    const isValue = typeof input === 'object' && !('read' in input)
    if (input === undefined || !(isValue || this.#consented || this.#listeners.size > 0)) return
    this.#feeding = new AbortController()
    const { signal } = this.#feeding
    const observer = {
      head: (head: Head) => this.#learn(head),
      error: ({ message }: Error) => this.#fail(message)
    }
    feedHead(input, observer, { clock: systemClock, period: HEAD_POLL_PERIOD, signal })
  }

  // What runs is made to follow what is wanted, one step after another, so that a stop in the
  // middle of a start, or options that change twice, leave nothing half done.
  #reconcile(): Promise<void> {
    this.#transition = this.#transition.catch(() => {}).then(() => this.#follow())
    return this.#transition
  }

  get #wanted(): TabOptions | undefined {
    if (!this.#consented || this.#options === undefined) return undefined
    const { rpc, ...options } = this.#options
    return this.#isFed || rpc === undefined ? options : { ...options, rpc }
  }

  async #follow(): Promise<void> {
    const wanted = this.#wanted
    // Once the network side has refused what it was told, whatever is set next begins anew.
    const hasFailed = ['idle', 'unsupported'].includes(this.#state.phase)
    if (wanted !== undefined && !hasFailed && this.#tab?.adopt(wanted)) return
    // Nobody asks any more for what the network side learnt.
    if (this.#isLearnt) {
      this.#head = undefined
      this.#isLearnt = false
      this.#tell()
    }
    this.#opinion = undefined
    await this.#tab?.stop(this.#stopsEverywhere)
    this.#tab = undefined
    this.#stopsEverywhere = false
    if (wanted === undefined) {
      if (!['idle', 'misconfigured'].includes(this.#state.phase)) this.#write({ phase: 'idle' })
      return
    }
    if (globalThis.isSecureContext === false) {
      return this.#write({ phase: 'unsupported', problem: 'the page was not loaded over https' })
    }
    this.#write({ phase: 'connecting', attempt: 1 })
    try {
      const openTab = await this.#loadTab()
      // Consent may have been taken back while the code was loading; what comes next is queued.
      if (!this.#consented) return
      this.#tab = openTab(wanted, (each) => this.#receive(each))
      if (this.#isFed && this.#head !== undefined) this.#tab.head(this.#head, this.#headAt)
    } catch (error) {
      const problem = `the network code did not load: ${(error as Error).message}`
      this.#write({ phase: 'unsupported', problem })
    }
  }

  #receive(message: TabMessage): void {
    switch (message.type) {
      case 'state':
        return this.#write(message.state)
      case 'sharing':
        this.#sharesTabs = message.isPossible
        return this.#tell()
      case 'stopped-everywhere':
        void this.stop()
        return
      case 'beat':
        this.#lastBeat = message.beat
        return this.#tell()
      case 'opinion':
        this.#opinion = message.opinion
        this.#opinionEnd = systemClock.elapsed() + message.opinion.lifetime
        return this.#judge()
      case 'head':
        this.#head = message.head
        this.#isLearnt = true
        this.#headFailed = false
        return this.#judge()
      case 'head-failed':
        this.#headFailed = true
        return this.#judge()
      default:
        message satisfies never
    }
  }

  #learn(head: Head): void {
    this.#head = head
    this.#headAt = systemClock.elapsed()
    this.#isLearnt = false
    this.#headFailed = false
    this.#tab?.head(head, this.#headAt)
    this.#judge()
  }

  #fail(problem: string): void {
    this.#headFailed = true
    this.#tab?.headFailed(problem)
    this.#judge()
  }

  #write(state: ClientState): void {
    this.#state = state
    this.#tell()
  }

  // Those who listen are told at every epoch, since the view may have changed by then.
  #judge(): void {
    this.#cancelTick()
    if (this.#listeners.size > 0) {
      const delay = untilNextEpoch(this.#chain, systemClock.now())
      this.#cancelTick = systemClock.after(delay, () => this.#judge())
    }
    this.#tell()
  }

  #tell(): void {
    if (this.#batched) return
    this.#batched = true
    queueMicrotask(() => {
      this.#batched = false
      for (const listener of this.#listeners) listener()
    })
  }
}
