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
      /** Another one for each mirror that is told, and the same one as long as it is repeated. */
      readonly version: string
      readonly isVisible: boolean
      readonly within: number
      /** When this leaves, by the leader's clock that never jumps. */
      readonly at: number
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

/** How a tab stands to the lock. Each turn of it is an object of its own, so that late answers are told. */
type Standing =
  /** It asked for the lock, and will have it or not within a moment. */
  | { readonly kind: 'contending' }
  /** It follows, and is in the queue for the lock. */
  | { readonly kind: 'following'; readonly queue: AbortController }
  | { readonly kind: 'leading'; readonly release: () => void }
  | { readonly kind: 'over' }

/** What leadership works with, and whom it tells. */
export interface LeadershipInit<T> {
  /** Tabs that share it have one leader. */
  readonly name: string
  readonly locks: Locks
  readonly openChannel: (name: string) => Channel
  readonly clock: Clock
  /** How often the leader is heard at least, in ms. */
  readonly period: () => number
  /** This tab leads from now on. */
  readonly onLead: () => void
  /** Another one leads: this one must have stopped by then. */
  readonly onFollow: () => void
  /** The browser keeps its locks from this page, as it does in a frame of opaque origin. */
  readonly onDenied: () => void
  /** The leader told something new, or something that was missed. */
  readonly onMirror: (mirror: T, at: number) => void
  readonly onWish: (wish: Wish) => void
}

/**
 * Decides which of several tabs leads: the holder of a Web Lock. A tab that is seen takes it from
 * one that is hidden, and any tab from one that has not been heard for longer than it announced.
 */
export class Leadership<T> {
  readonly #init: LeadershipInit<T>
  readonly #channel: Channel
  #standing: Standing = { kind: 'contending' }
  #isVisible: boolean
  /** Whether the leader, as far as it was heard, is seen. */
  #isLeaderVisible = true
  #told: { readonly mirror: T; readonly version: string } | undefined
  #heardVersion: string | undefined
  #cancelTimer: () => void = () => {}

  /** Contends at once. */
  constructor(init: LeadershipInit<T>, isVisible: boolean) {
    this.#init = init
    this.#isVisible = isVisible
    this.#channel = init.openChannel(init.name)
    this.#channel.addEventListener('message', ({ data }) => this.#hear(Object(data)))
    void this.#request(this.#standing, { ifAvailable: true })
  }

  get isLeading(): boolean {
    return this.#standing.kind === 'leading'
  }

  /** Tells the others what goes on here. Does nothing in a tab that follows. */
  tell(mirror: T): void {
    if (!this.isLeading) return
    this.#told = { mirror, version: crypto.randomUUID() }
    this.#repeat()
  }

  wish(wish: Wish): void {
    this.#say({ type: 'wish', wish })
  }

  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible
    if (this.isLeading) return this.#repeat()
    if (!isVisible) return
    if (this.#isLeaderVisible) this.#say({ type: 'hello' })
    else this.#steal()
  }

  /** Gives up whatever it has, within this call. */
  end(): void {
    const standing = this.#standing
    this.#standing = { kind: 'over' }
    this.#cancelTimer()
    if (standing.kind === 'following') standing.queue.abort(new Error('this tab is done'))
    if (standing.kind === 'leading') standing.release()
    this.#channel.close()
  }

  async #request(
    asked: Standing,
    options: { ifAvailable?: boolean; steal?: boolean; signal?: AbortSignal }
  ): Promise<void> {
    const { locks, name, onDenied } = this.#init
    let reached = asked
    let isDenied = false
    try {
      await locks.request(name, options, async (lock) => {
        if (lock === null || this.#standing !== asked) return
        const held = Promise.withResolvers<void>()
        reached = { kind: 'leading', release: held.resolve }
        this.#lead(reached)
        await held.promise
      })
    } catch {
      // Stolen, or not waited for any longer. The first request is refused for one reason alone.
      isDenied = options.ifAvailable === true && reached === asked
    }
    if (this.#standing !== reached) return
    if (isDenied) onDenied()
    else this.#follow()
  }

  #lead(standing: Standing): void {
    this.#standing = standing
    this.#told = undefined
    this.#repeat()
    this.#init.onLead()
  }

  #follow(): void {
    const queue = new AbortController()
    this.#standing = { kind: 'following', queue }
    this.#isLeaderVisible = true
    this.#heardVersion = undefined
    this.#expect(this.#init.period())
    void this.#request(this.#standing, { signal: queue.signal })
    this.#say({ type: 'hello' })
    this.#init.onFollow()
  }

  // Whatever runs in this origin may post here.
  #hear(message: Message<T>): void {
    if (this.#standing.kind === 'over') return
    switch (message.type) {
      case 'hello':
        if (this.isLeading) this.#repeat()
        return
      case 'wish':
        if (['retry', 'stop'].includes(message.wish)) this.#init.onWish(message.wish)
        return
      case 'mirror':
        if (this.#standing.kind === 'following' && message.within >= 0) this.#hearLeader(message)
        return
      default:
        message satisfies never
    }
  }

  #hearLeader({ mirror, version, isVisible, within, at }: Message<T> & { type: 'mirror' }): void {
    const isNew = version !== this.#heardVersion
    this.#heardVersion = version
    this.#isLeaderVisible = isVisible
    this.#expect(within)
    if (this.#isVisible && !isVisible) this.#steal()
    if (isNew) this.#init.onMirror(mirror, at)
  }

  /** Lets the leader be heard now, and again a period later at the latest. */
  #repeat(): void {
    this.#cancelTimer()
    const { clock } = this.#init
    const period = this.#init.period()
    this.#cancelTimer = clock.after(period, () => this.#repeat())
    if (this.#told === undefined) return
    const isVisible = this.#isVisible
    const within = isVisible ? period : period + HIDDEN_TIMER_PERIOD
    this.#say({ type: 'mirror', ...this.#told, isVisible, within, at: clock.elapsed() })
  }

  /** Waits for the leader to be heard, and takes its place if it is not. */
  #expect(within: number, mayWait = true): void {
    this.#cancelTimer()
    const { clock } = this.#init
    const slack = LEADER_SLACK * this.#init.period()
    const end = clock.elapsed() + within + 2 * slack
    this.#cancelTimer = clock.after(within + slack, () => {
      if (!mayWait || clock.elapsed() < end) return this.#steal()
      // It was this tab that slept: the leader may have been heard meanwhile.
      this.#say({ type: 'hello' })
      this.#expect(within, false)
    })
  }

  #steal(): void {
    if (this.#standing.kind !== 'following') return
    this.#cancelTimer()
    const { queue } = this.#standing
    this.#standing = { kind: 'contending' }
    queue.abort(new Error('the lock is taken, not waited for'))
    void this.#request(this.#standing, { steal: true })
  }

  #say(message: Message<T>): void {
    if (this.#standing.kind !== 'over') this.#channel.postMessage(message)
  }
}
