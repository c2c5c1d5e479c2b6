// A tab's part in reporting, loaded after consent: of all tabs of one origin that would report the
// same, one runs the network side, and the others show what it says.

import { TABS_VERSION } from '../constants.ts'
import type { Head } from '../head/index.ts'
import type { PageVisibility } from '../heartbeat/index.ts'
import { type Clock, systemClock } from '../timing/index.ts'
import { type Channel, Leadership, type Locks, type Wish } from './leadership.ts'
import { type FollowPage, followPage } from './lifecycle.ts'
import type { RuntimeOptions } from './port.ts'
import { Reporting } from './reporting.ts'
import { type ConnectRuntime, connectInFrameAt, connectInPage, type News } from './session.ts'
import type { ClientState } from './state.ts'
import type { SecondOpinion } from './view.ts'

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
  /** Goes on with these options; `false` where they ask for another tab's part, or connection. */
  adopt(options: RuntimeOptions): boolean
  retry(): void
  /** Resolves when everything is closed. `everywhere`: in all tabs that share it. */
  stop(everywhere: boolean): Promise<void>
}

/** What a tab is told: what the network side is, and where that is to run. */
export interface TabOptions extends RuntimeOptions {
  /** Absolute URL of the frame's document; in the page itself when absent. */
  readonly frameUrl?: string
}

/** Takes a tab's part. */
export type OpenTab = (options: TabOptions, tell: (message: TabMessage) => void) => Tab

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

/** One piece of news, and when it came, by the leader's clock that never jumps. */
type Told<T extends News['type']> = Extract<News, { type: T }> & { readonly at: number }

/** What a leader lets the others know: the last of each kind. */
interface Mirror {
  readonly state?: Told<'state'>
  readonly beat?: Told<'beat'>
  readonly opinion?: Told<'opinion'>
  /** The head that the network side learnt by itself, or why it learnt none. */
  readonly head?: Told<'head' | 'head-failed'>
}

// Tells keys and nodes apart; of the 256 bits of a seed, it gives away no more than 32.
function digest(text: string): number {
  return [...text].reduce((sum, char) => Math.imul(sum ^ char.charCodeAt(0), 0x01000193), 0)
}

/** Takes this page's part. Outside a page there are no tabs, so that it reports by itself. */
export const openTab: OpenTab = ({ frameUrl, ...options }, tell) =>
  new PageTab(options, tell, {
    hasTabs: typeof document !== 'undefined',
    locks: globalThis.navigator?.locks as Locks | undefined,
    openChannel: (name) => new BroadcastChannel(name) as Channel,
    connect: frameUrl === undefined ? connectInPage : connectInFrameAt(frameUrl),
    followPage,
    clock: systemClock
  })

/** A tab among others. */
export class PageTab implements Tab {
  #options: RuntimeOptions
  readonly #listener: (message: TabMessage) => void
  readonly #platform: TabPlatform
  readonly #ending = new AbortController()
  readonly #reporting: Reporting
  #leadership: Leadership<Mirror> | undefined
  #isVisible = true
  /** The last head that the page handed in. */
  #head: Head | undefined
  /** What the leader was told of a head that this page has not had, and when that ends. */
  #foreign: { readonly opinion: SecondOpinion; readonly end: number } | undefined
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
      options: () => this.#options,
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
    this.#head = head
    this.#reporting.setHead(head, at)
    this.#judge()
  }

  headFailed(problem: string): void {
    this.#reporting.send({ type: 'head-failed', problem })
  }

  adopt(options: RuntimeOptions): boolean {
    const { beatPeriod, reconnectPeriod } = options
    const periods = { beatPeriod, reconnectPeriod }
    const wanted = JSON.stringify(options)
    if (wanted === JSON.stringify(this.#options)) return true
    if (wanted !== JSON.stringify({ ...this.#options, ...periods })) return false
    this.#options = options
    this.#reporting.send({ type: 'periods', periods })
    // Those that follow wait for as long as they were told.
    this.#leadership?.tell(this.#mirror)
    return true
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
    const { targets, nickname, minerAddress, chain, rpc, identity } = this.#options
    const own = digest(JSON.stringify([rpc, identity]))
    const shared = [targets, nickname, minerAddress, chain.genesisTimestamp, own]
    const init = {
      name: `fil-heartbeat ${TABS_VERSION} ${JSON.stringify(shared)}`,
      locks,
      openChannel,
      clock,
      period: () => this.#options.beatPeriod,
      onLead: () => this.#report(),
      onFollow: () => this.#follow(),
      onDenied: () => this.#reportAlone(),
      onMirror: (mirror: Mirror, at: number) => this.#show(mirror, at),
      onWish: (wish: Wish) => this.#obey(wish)
    }
    this.#leadership = new Leadership(init, this.#isVisible)
  }

  #quit(): void {
    this.#leadership?.end()
    this.#leadership = undefined
  }

  #leave(): void {
    this.#reporting.leave()
    this.#quit()
  }

  #report(): void {
    if (this.#ending.signal.aborted) return
    this.#followingSince = undefined
    this.#mirror = {}
    this.#foreign = undefined
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
    if (news.type === 'state' && news.state.phase === 'unsupported') {
      void this.#reporting.end()
      return this.#giveUp(news.state.problem)
    }
    this.#tell(news)
    const slot = news.type === 'head-failed' ? 'head' : news.type
    this.#mirror = { ...this.#mirror, [slot]: { ...news, at: this.#platform.clock.elapsed() } }
    this.#leadership?.tell(this.#mirror)
  }

  // Whatever runs in this origin may post a mirror.
  #show(mirror: Mirror, now: number): void {
    const { state, beat, opinion, head } = Object(mirror) as Mirror
    const { beat: shown, opinion: judged } = this.#mirror
    this.#mirror = { state, beat, opinion, head } as Mirror
    if (beat?.beat && beat.at !== shown?.at) this.#tell(beat)
    if (opinion?.opinion && opinion.at !== judged?.at) {
      const end = this.#platform.clock.elapsed() + opinion.opinion.lifetime - (now - opinion.at)
      this.#foreign = { opinion: opinion.opinion, end }
      this.#judge()
    }
    // A page that hands in its own heads knows better.
    if (head && this.#options.rpc !== undefined) this.#tell(head)
    if (!state?.state) return
    this.#followingSince ??= this.#platform.clock.now()
    const following = {
      phase: 'following',
      since: this.#followingSince,
      leader: state.state
    } as const
    this.#tell({ type: 'state', state: following })
  }

  // Another provider may be on another chain: what was compared holds here where both have one head.
  #judge(): void {
    if (this.#foreign === undefined) return
    const { opinion, end } = this.#foreign
    const { agreement: _, comparedAt: __, witnesses: ___, ...heights } = opinion
    const isSame =
      this.#options.rpc !== undefined ||
      (this.#head?.height === opinion.height && `${this.#head.cids}` === `${opinion.head}`)
    const lifetime = end - this.#platform.clock.elapsed()
    this.#tell({ type: 'opinion', opinion: { ...(isSame ? opinion : heights), lifetime } })
    if (isSame) this.#foreign = undefined
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
