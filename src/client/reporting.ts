import type { Head } from '../head/index.ts'
import type { PageVisibility } from '../heartbeat/index.ts'
import type { Clock } from '../timing/index.ts'
import type { Inbound, RuntimeOptions } from './port.ts'
import { type ConnectRuntime, dismiss, type News, Session } from './session.ts'

/** What a tab reports with, and whom it tells. */
export interface ReportingInit {
  /** As they are now. */
  readonly options: () => RuntimeOptions
  readonly connect: ConnectRuntime
  readonly clock: Clock
  readonly onNews: (news: News) => void
  /** The network code cannot be loaded; this has ended. */
  readonly onUnsupported: (problem: string) => void
}

/** How far it is. Each turn is an object of its own, so that what comes too late is told. */
type Phase =
  | { readonly kind: 'off' }
  | { readonly kind: 'loading'; readonly ending: AbortController }
  /** The network code cannot be fetched before the device is online. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'running'; readonly session: Session }

/**
 * One tab's own network side, from the loading of its code, begun and ended as often as the tab
 * leads. It remembers what the page last told it, and there are never two sessions.
 */
export class Reporting {
  readonly #init: ReportingInit
  #phase: Phase = { kind: 'off' }
  /** Settles when all sessions before are closed. */
  #ended: Promise<unknown> = Promise.resolve()
  #visibility: PageVisibility = 'visible'
  #isOnline = true
  #head: { readonly head: Head; readonly at: number } | undefined

  constructor(init: ReportingInit) {
    this.#init = init
  }

  get isOn(): boolean {
    return this.#phase.kind !== 'off'
  }

  begin(): void {
    const loading = { kind: 'loading', ending: new AbortController() } as const
    this.#phase = loading
    this.#init.onNews({ type: 'state', state: { phase: 'connecting', attempt: 1 } })
    void this.#load(loading)
  }

  /** Resolves when everything is closed. May be called twice. */
  async end(): Promise<void> {
    const phase = this.#phase
    this.#phase = { kind: 'off' }
    if (phase.kind === 'loading') phase.ending.abort(new Error('it was ended while it was loading'))
    if (phase.kind === 'running') this.#ended = Promise.all([this.#ended, phase.session.stop()])
    await this.#ended
  }

  /** Ends with a farewell, since the page goes away. */
  leave(): void {
    this.send({ type: 'leave' })
    void this.end()
  }

  /** Tries again at once, if it waits for the next try. */
  wake(): void {
    if (this.#phase.kind === 'waiting') this.begin()
    else this.send({ type: 'wake' })
  }

  /** @param at when the wallet handed it in, by the clock that never jumps */
  setHead(head: Head, at: number): void {
    this.#head = { head, at }
    this.#sendHead()
  }

  setVisibility(visibility: PageVisibility): void {
    this.#visibility = visibility
    this.send({ type: 'page', visibility })
  }

  setOnline(isOnline: boolean): void {
    this.#isOnline = isOnline
    this.send({ type: 'network', online: isOnline })
    if (isOnline && this.#phase.kind === 'waiting') this.begin()
  }

  /** Tells the network side, if it runs. */
  send(message: Inbound): void {
    if (this.#phase.kind === 'running') this.#phase.session.send(message)
  }

  #sendHead(): void {
    if (this.#head === undefined) return
    const { head, at } = this.#head
    this.send({ type: 'head', head, age: this.#init.clock.elapsed() - at })
  }

  async #load(loading: Phase & { kind: 'loading' }): Promise<void> {
    await this.#ended
    if (this.#phase !== loading) return
    try {
      const port = await this.#init.connect(loading.ending.signal)
      // It may have been ended, and begun once more, while the code was loading.
      if (this.#phase !== loading) return dismiss(port)
      this.#phase = {
        kind: 'running',
        session: new Session(port, this.#init.options(), (news) => this.#init.onNews(news))
      }
      this.send({ type: 'page', visibility: this.#visibility })
      if (!this.#isOnline) this.send({ type: 'network', online: false })
      this.#sendHead()
    } catch (error) {
      if (this.#phase === loading) this.#fail(error as Error)
    }
  }

  #fail({ message }: Error): void {
    const { onNews, onUnsupported, clock } = this.#init
    if (this.#isOnline) {
      this.#phase = { kind: 'off' }
      return onUnsupported(`the network code did not load: ${message}`)
    }
    this.#phase = { kind: 'waiting' }
    onNews({ type: 'state', state: { phase: 'offline', since: clock.now() } })
  }
}
