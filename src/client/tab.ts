// A tab's part in reporting, loaded after consent: of all tabs of one origin that would report the
// same, one runs the network side, and the others show what it says.

import type { Head } from '../head/index.ts'
import type { PageVisibility } from '../heartbeat/index.ts'
import { systemClock } from '../timing/index.ts'
import { type Channel, Leadership, type Locks, type Wish } from './leadership.ts'
import { followPage, visibilityNow } from './lifecycle.ts'
import type { Outbound, RuntimeOptions, SentBeat } from './port.ts'
import { type ConnectRuntime, connectInPage, Session } from './session.ts'
import type { ClientState, ConnectionState } from './state.ts'
import type { SecondOpinion } from './view.ts'

/** What a tab tells its client. */
export type TabMessage =
  | Exclude<Outbound, { type: 'state' | 'stopped' }>
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

/** What a browser has for its tabs to find each other by. */
export interface TabPlatform {
  readonly locks: Locks | undefined
  readonly openChannel: (name: string) => Channel
  readonly connect: ConnectRuntime
}

interface Mirror {
  readonly state: ConnectionState
  readonly beat?: SentBeat
  readonly opinion?: SecondOpinion
}

/** Takes this page's part. Outside a page there are no tabs, so that it reports by itself. */
export const openTab: OpenTab = (options, tell) => {
  const platform = {
    locks: globalThis.navigator?.locks as Locks | undefined,
    openChannel: (name: string) => new BroadcastChannel(name) as Channel,
    connect: connectInPage
  }
  return new PageTab(options, tell, platform, typeof document !== 'undefined')
}

/** A tab among others. */
export class PageTab implements Tab {
  readonly #options: RuntimeOptions
  readonly #tell: (message: TabMessage) => void
  readonly #platform: TabPlatform
  readonly #hasTabs: boolean
  readonly #ending = new AbortController()
  #leadership: Leadership<Mirror> | undefined
  #session: Session | undefined
  /** What ends the sessions before, and whatever runs one after another with it. */
  #ended: Promise<unknown> = Promise.resolve()
  #visibility: PageVisibility = visibilityNow()
  #isOnline = true
  /** The network code could not be fetched because the device was offline. */
  #waitsForNetwork = false
  #head: { readonly head: Head; readonly at: number } | undefined
  #mirror: Mirror = { state: { phase: 'connecting', attempt: 1 } }
  #followingSince: number | undefined

  /** @param hasTabs whether there can be others of its kind */
  constructor(
    options: RuntimeOptions,
    tell: (message: TabMessage) => void,
    platform: TabPlatform,
    hasTabs: boolean
  ) {
    this.#options = options
    this.#tell = tell
    this.#platform = platform
    this.#hasTabs = hasTabs
    followPage(
      {
        visibility: (visibility) => this.#see(visibility),
        network: (online) => {
          this.#isOnline = online
          this.#session?.send({ type: 'network', online })
          if (online && this.#waitsForNetwork) this.#lead()
        },
        leave: () => this.#leave(),
        back: () => this.#join()
      },
      this.#ending.signal
    )
    this.#join()
  }

  head(head: Head, at: number): void {
    this.#head = { head, at }
    this.#session?.send({ type: 'head', head, at })
  }

  headFailed(problem: string): void {
    this.#session?.send({ type: 'head-failed', problem })
  }

  retry(): void {
    if (this.#session === undefined) this.#leadership?.wish('retry')
    else this.#session.send({ type: 'wake' })
  }

  async stop(everywhere: boolean): Promise<void> {
    this.#ending.abort()
    if (everywhere) this.#leadership?.wish('stop')
    // The next leader takes over once this one is silent, so that there are never two.
    await this.#endSession()
    this.#leadership?.end()
  }

  #join(): void {
    const { locks, openChannel } = this.#platform
    const canShare = locks !== undefined
    if (this.#hasTabs) this.#tell({ type: 'sharing', isPossible: canShare })
    if (!this.#hasTabs || !canShare) return this.#lead()
    const { targets, nickname, minerAddress, chain, beatPeriod: period } = this.#options
    const shared = [targets, nickname, minerAddress, chain.genesisTimestamp]
    this.#leadership = new Leadership(
      {
        name: `fil-heartbeat ${JSON.stringify(shared)}`,
        locks,
        openChannel,
        clock: systemClock,
        period,
        onLead: () => this.#lead(),
        onFollow: () => this.#follow(),
        onMirror: (mirror) => this.#show(mirror),
        onWish: (wish) => this.#obey(wish)
      },
      this.#visibility === 'visible'
    )
  }

  #lead(): void {
    this.#followingSince = undefined
    this.#waitsForNetwork = false
    this.#mirror = { state: { phase: 'connecting', attempt: 1 } }
    this.#tell({ type: 'state', state: this.#mirror.state })
    this.#leadership?.tell(this.#mirror)
    this.#ended = this.#ended.then(() => this.#begin())
  }

  async #begin(): Promise<void> {
    const mayRun = (): boolean =>
      !this.#ending.signal.aborted && (this.#leadership?.isLeading ?? true)
    if (!mayRun()) return
    try {
      const port = await this.#platform.connect()
      // Consent may have been taken back, or the lock stolen, while the code was loading.
      if (!mayRun()) return port.close()
      this.#session = new Session(port, this.#options, (message) => this.#receive(message))
      this.#session.send({ type: 'page', visibility: this.#visibility })
      if (!this.#isOnline) this.#session.send({ type: 'network', online: false })
      if (this.#head !== undefined) this.#session.send({ type: 'head', ...this.#head })
    } catch (error) {
      this.#waitsForNetwork = !this.#isOnline
      if (this.#waitsForNetwork) {
        const since = systemClock.now()
        return this.#tell({ type: 'state', state: { phase: 'offline', since } })
      }
      const problem = `the network code did not load: ${(error as Error).message}`
      this.#tell({ type: 'state', state: { phase: 'unsupported', problem } })
      // Another tab may have more luck.
      this.#leadership?.end()
    }
  }

  #receive(message: Outbound): void {
    if (message.type === 'stopped') return
    this.#tell(message)
    if (message.type === 'state') this.#mirror = { ...this.#mirror, state: message.state }
    else if (message.type === 'beat') this.#mirror = { ...this.#mirror, beat: message.beat }
    else if (message.type === 'opinion')
      this.#mirror = { ...this.#mirror, opinion: message.opinion }
    else return
    this.#leadership?.tell(this.#mirror)
  }

  #follow(): void {
    this.#followingSince ??= systemClock.now()
    void this.#endSession()
  }

  #show({ state: leader, beat, opinion }: Mirror): void {
    this.#followingSince ??= systemClock.now()
    const since = this.#followingSince
    if (beat !== undefined) this.#tell({ type: 'beat', beat })
    if (opinion !== undefined) this.#tell({ type: 'opinion', opinion })
    this.#tell({ type: 'state', state: { phase: 'following', since, leader } })
  }

  #obey(wish: Wish): void {
    if (wish === 'stop') return this.#tell({ type: 'stopped-everywhere' })
    if (this.#session !== undefined) this.#session.send({ type: 'wake' })
  }

  #see(visibility: PageVisibility): void {
    this.#visibility = visibility
    this.#session?.send({ type: 'page', visibility })
    this.#leadership?.setVisible(visibility === 'visible')
  }

  // The network side says farewell by itself: a message to it would come too late.
  #leave(): void {
    void this.#endSession()
    this.#leadership?.end()
    this.#leadership = undefined
  }

  #endSession(): Promise<unknown> {
    const session = this.#session
    this.#session = undefined
    this.#ended = this.#ended.then(() => session?.stop())
    return this.#ended
  }
}
