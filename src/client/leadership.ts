import { HIDDEN_TIMER_PERIOD, LEADER_SLACK } from '../constants.ts'
import type { Clock } from '../timing/index.ts'

/** What tabs tell each other; `mirror` is whatever the leader wants to be known. */
type Message<T> =
  /** I follow, or would like to: who leads, and what goes on? */
  | { readonly type: 'hello' }
  /** I lead, am seen or not, and will be heard again within so many ms. */
  | {
      readonly type: 'mirror'
      readonly mirror: T
      readonly isVisible: boolean
      readonly within: number
    }
  | { readonly type: 'wish'; readonly wish: Wish }

/** What one tab may wish of the others: that the leader tries again, or that all stop. */
export type Wish = 'retry' | 'stop'

/** The part of `navigator.locks` that is needed. */
export interface Locks {
  request(
    name: string,
    options: { ifAvailable?: boolean; steal?: boolean; signal?: AbortSignal },
    run: (lock: unknown) => Promise<void>
  ): Promise<unknown>
}

/** The part of a `BroadcastChannel` that is needed. */
export interface Channel {
  postMessage(message: unknown): void
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
  close(): void
}

/** What leadership works with, and whom it tells. */
export interface LeadershipInit<T> {
  /** Tabs that share it have one leader. */
  readonly name: string
  readonly locks: Locks
  readonly openChannel: (name: string) => Channel
  readonly clock: Clock
  /** How often the leader is heard at least, in ms. */
  readonly period: number
  /** This tab leads from now on. */
  readonly onLead: () => void
  /** Another one leads: this one must have stopped by then. */
  readonly onFollow: () => void
  /** The leader was heard. */
  readonly onMirror: (mirror: T) => void
  readonly onWish: (wish: Wish) => void
}

/**
 * Decides which of several tabs leads: the holder of a Web Lock. A tab that is seen takes it from
 * one that is hidden, and any tab from one that has not been heard for longer than it announced.
 */
export class Leadership<T> {
  readonly #init: LeadershipInit<T>
  readonly #channel: Channel
  readonly #ending = new AbortController()
  #queue: AbortController | undefined
  /** Gives the lock back. */
  #release: (() => void) | undefined
  #isVisible: boolean
  /** Whether the leader, as far as it was heard, is seen. */
  #isLeaderVisible = true
  #mirror: T | undefined
  #cancelTimer: (() => void) | undefined

  /** Contends at once. */
  constructor(init: LeadershipInit<T>, isVisible: boolean) {
    this.#init = init
    this.#isVisible = isVisible
    this.#channel = init.openChannel(init.name)
    this.#channel.addEventListener('message', ({ data }) => this.#hear(data as Message<T>))
    void this.#request({ ifAvailable: true })
  }

  get isLeading(): boolean {
    return this.#release !== undefined
  }

  /** Tells the others what goes on here. Does nothing in a tab that follows. */
  tell(mirror: T): void {
    this.#mirror = mirror
    if (this.isLeading) this.#post()
  }

  wish(wish: Wish): void {
    this.#channel.postMessage({ type: 'wish', wish } satisfies Message<T>)
  }

  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible
    if (this.isLeading) return this.#post()
    if (!isVisible) return
    if (this.#isLeaderVisible) this.#channel.postMessage({ type: 'hello' } satisfies Message<T>)
    else this.#steal()
  }

  /** Gives up whatever it has, within this call. */
  end(): void {
    this.#ending.abort(new Error('this tab is done'))
    this.#cancelTimer?.()
    this.#queue?.abort(this.#ending.signal.reason)
    this.#release?.()
    this.#release = undefined
    this.#channel.close()
  }

  get #isOver(): boolean {
    return this.#ending.signal.aborted
  }

  async #request(options: { ifAvailable?: boolean; steal?: boolean; signal?: AbortSignal }) {
    const { locks, name } = this.#init
    let wasHeld = false
    try {
      await locks.request(name, options, async (lock) => {
        if (lock === null || this.#isOver || this.isLeading) return
        wasHeld = true
        await this.#lead()
      })
    } catch {
      // Stolen, or not waited for any longer.
    }
    if (this.#isOver) return
    if (wasHeld) this.#release = undefined
    if (wasHeld || options.ifAvailable === true) this.#follow()
  }

  async #lead(): Promise<void> {
    const { period, onLead } = this.#init
    const held = Promise.withResolvers<void>()
    this.#release = held.resolve
    this.#queue?.abort(new Error('the lock is here'))
    this.#queue = undefined
    this.#mirror = undefined
    onLead()
    this.#repeat(period, () => this.#post())
    await held.promise
  }

  #follow(): void {
    this.#isLeaderVisible = true
    this.#init.onFollow()
    this.#queue = new AbortController()
    void this.#request({ signal: this.#queue.signal })
    this.#channel.postMessage({ type: 'hello' } satisfies Message<T>)
    this.#expect(this.#init.period)
  }

  #hear(message: Message<T>): void {
    if (this.#isOver) return
    switch (message.type) {
      case 'hello':
        if (this.isLeading) this.#post()
        return
      case 'wish':
        return this.#init.onWish(message.wish)
      case 'mirror':
        if (this.isLeading) return
        this.#isLeaderVisible = message.isVisible
        this.#expect(message.within)
        this.#init.onMirror(message.mirror)
        if (this.#isVisible && !message.isVisible) this.#steal()
        return
      default:
        message satisfies never
    }
  }

  #post(): void {
    if (this.#mirror === undefined) return
    const { period } = this.#init
    const isVisible = this.#isVisible
    const within = isVisible ? period : period + HIDDEN_TIMER_PERIOD
    const message: Message<T> = { type: 'mirror', mirror: this.#mirror, isVisible, within }
    this.#channel.postMessage(message)
  }

  /** Waits for the leader to be heard, and takes its place if it is not. */
  #expect(within: number): void {
    this.#cancelTimer?.()
    const { clock, period } = this.#init
    this.#cancelTimer = clock.after(within + LEADER_SLACK * period, () => this.#steal())
  }

  #steal(): void {
    if (this.isLeading || this.#isOver) return
    this.#cancelTimer?.()
    this.#queue?.abort(new Error('the lock is taken, not waited for'))
    this.#queue = undefined
    void this.#request({ steal: true })
  }

  #repeat(period: number, run: () => void): void {
    this.#cancelTimer?.()
    const again = (): void => {
      if (!this.isLeading) return
      run()
      this.#cancelTimer = this.#init.clock.after(period, again)
    }
    this.#cancelTimer = this.#init.clock.after(period, again)
  }
}
