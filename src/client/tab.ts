// A tab's part in reporting, loaded after consent: of all tabs of one origin that would report the
// same, one runs the network side, and the others show what it says.

import type { Head } from '../head/index.ts'
import type { PageVisibility } from '../heartbeat/index.ts'
import { type Clock, systemClock } from '../timing/index.ts'
import { type Channel, Leadership, type Locks, type Wish } from './leadership.ts'
import { type FollowPage, followPage } from './lifecycle.ts'
import type { RuntimeOptions } from './port.ts'
import { Reporting } from './reporting.ts'
import { type ConnectRuntime, connectInPage, type News } from './session.ts'
import type { ClientState } from './state.ts'

/** What a tab tells its client. */
export type TabMessage =
  | Exclude<News, { type: 'state' }>
  | { readonly type: 'state'; readonly state: ClientState }
  /** Whether this browser lets tabs share one connection. */
  | { readonly type: 'sharing'; readonly isPossible: boolean }
  /** Somebody stopped reporting in all tabs. */
  | { readonly type: 'stopped-everywhere' }

/** This tab's part in reporting, from consent to its end. */
export interface Tab {
  head(head: Head, at: number): void
  headFailed(problem: string): void
  retry(): void
  /** Resolves when everything is closed. `everywhere`: in all tabs that share it. */
  stop(everywhere: boolean): Promise<void>
}

/** Takes a tab's part. */
export type OpenTab = (options: RuntimeOptions, tell: (message: TabMessage) => void) => Tab

/** What a browser has for its tabs, and for them to find each other by. */
export interface TabPlatform {
  /** Whether there can be other tabs. */
  readonly hasTabs: boolean
  readonly locks: Locks | undefined
  readonly openChannel: (name: string) => Channel
  readonly connect: ConnectRuntime
  readonly followPage: FollowPage
  readonly clock: Clock
}

/** What a leader lets the others know: the last of each kind. */
interface Mirror {
  readonly state?: Extract<News, { type: 'state' }>
  readonly beat?: Extract<News, { type: 'beat' }>
  readonly opinion?: Extract<News, { type: 'opinion' }>
  /** The head that the network side learnt by itself, or why it learnt none. */
  readonly head?: Extract<News, { type: 'head' | 'head-failed' }>
}

/** Takes this page's part. Outside a page there are no tabs, so that it reports by itself. */
export const openTab: OpenTab = (options, tell) =>
  new PageTab(options, tell, {
    hasTabs: typeof document !== 'undefined',
    locks: globalThis.navigator?.locks as Locks | undefined,
    openChannel: (name) => new BroadcastChannel(name) as Channel,
    connect: connectInPage,
    followPage,
    clock: systemClock
  })

/** A tab among others. */
export class PageTab implements Tab {
  readonly #options: RuntimeOptions
  readonly #listener: (message: TabMessage) => void
  readonly #platform: TabPlatform
  readonly #ending = new AbortController()
  readonly #reporting: Reporting
  #leadership: Leadership<Mirror> | undefined
  #isVisible = true
  /** What this tab lets the others know, or has last heard of the leader. */
  #mirror: Mirror = {}
  #followingSince: number | undefined

  constructor(
    options: RuntimeOptions,
    listener: (message: TabMessage) => void,
    platform: TabPlatform
  ) {
    this.#options = options
    this.#listener = listener
    this.#platform = platform
    const { connect, clock } = platform
    this.#reporting = new Reporting({
      options,
      connect,
      clock,
      onNews: (news) => this.#publish(news),
      onUnsupported: (problem) => this.#giveUp(problem)
    })
    const observer = {
      visibility: (visibility: PageVisibility) => this.#see(visibility),
      network: (isOnline: boolean) => this.#reporting.setOnline(isOnline),
      leave: () => this.#leave(),
      back: () => this.#join()
    }
    platform.followPage(observer, this.#ending.signal)
    this.#join()
  }

  head(head: Head, at: number): void {
    this.#reporting.setHead(head, at)
  }

  headFailed(problem: string): void {
    this.#reporting.failHead(problem)
  }

  retry(): void {
    if (this.#reporting.isOn) this.#reporting.wake()
    else this.#leadership?.wish('retry')
  }

  async stop(everywhere: boolean): Promise<void> {
    if (everywhere) this.#leadership?.wish('stop')
    this.#ending.abort()
    // The next leader takes over once this one is silent, so that there are never two.
    await this.#reporting.end()
    this.#quit()
  }

  #join(): void {
    const { hasTabs, locks, openChannel, clock } = this.#platform
    if (!hasTabs) return this.#report()
    if (locks === undefined) return this.#reportAlone()
    this.#tell({ type: 'sharing', isPossible: true })
    const { targets, nickname, minerAddress, chain, beatPeriod: period } = this.#options
    const shared = [targets, nickname, minerAddress, chain.genesisTimestamp]
    const init = {
      name: `fil-heartbeat ${JSON.stringify(shared)}`,
      locks,
      openChannel,
      clock,
      period,
      onLead: () => this.#report(),
      onFollow: () => this.#follow(),
      onDenied: () => this.#reportAlone(),
      onMirror: (mirror: Mirror) => this.#show(mirror),
      onWish: (wish: Wish) => this.#obey(wish)
    }
    this.#leadership = new Leadership(init, this.#isVisible)
  }

  #quit(): void {
    this.#leadership?.end()
    this.#leadership = undefined
  }

  // The network side says farewell by itself: a message to it would come too late.
  #leave(): void {
    void this.#reporting.end()
    this.#quit()
  }

  #report(): void {
    if (this.#ending.signal.aborted) return
    this.#followingSince = undefined
    this.#mirror = {}
    this.#reporting.begin()
  }

  #reportAlone(): void {
    this.#quit()
    this.#tell({ type: 'sharing', isPossible: false })
    this.#report()
  }

  #giveUp(problem: string): void {
    this.#tell({ type: 'state', state: { phase: 'unsupported', problem } })
    // Another tab may have more luck.
    this.#quit()
  }

  #follow(): void {
    this.#followingSince ??= this.#platform.clock.now()
    void this.#reporting.end()
  }

  /** Tells the client, and the tabs that follow. */
  #publish(news: News): void {
    this.#tell(news)
    const slot = news.type === 'head-failed' ? 'head' : news.type
    this.#mirror = { ...this.#mirror, [slot]: news }
    this.#leadership?.tell(this.#mirror)
  }

  #show(mirror: Mirror): void {
    const { state, beat, opinion, head } = mirror
    const { beat: shown } = this.#mirror
    this.#mirror = mirror
    if (beat !== undefined && beat.beat.at !== shown?.beat.at) this.#tell(beat)
    if (opinion !== undefined) this.#tell(opinion)
    // A page that hands in its own heads knows better.
    if (head !== undefined && this.#options.rpc !== undefined) this.#tell(head)
    if (state === undefined) return
    this.#followingSince ??= this.#platform.clock.now()
    const following = {
      phase: 'following',
      since: this.#followingSince,
      leader: state.state
    } as const
    this.#tell({ type: 'state', state: following })
  }

  #obey(wish: Wish): void {
    if (wish === 'stop') this.#tell({ type: 'stopped-everywhere' })
    else this.#reporting.wake()
  }

  #see(visibility: PageVisibility): void {
    this.#isVisible = visibility === 'visible'
    this.#reporting.setVisibility(visibility)
    this.#leadership?.setVisible(this.#isVisible)
  }

  /** Tells the client, until it has had enough. */
  #tell(message: TabMessage): void {
    if (!this.#ending.signal.aborted) this.#listener(message)
  }
}
