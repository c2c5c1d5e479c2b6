import type { ReactiveController } from 'lit'
import type {
  ClientOptions,
  ClientState,
  HeadInput,
  HeartbeatClient,
  View
} from '../client/index.ts'
import { Lease } from './shared-clients.ts'

/** Whom the controller asks for options, and tells what is new. */
export interface ClientObserver {
  readonly options: ClientOptions
  /** Told after each change of state, view or last beat. */
  changed(client: HeartbeatClient): void
  /** Told what was wrong with an option or a head, or could not be loaded. */
  refused(error: Error): void
  /** Told that what could not be loaded before is there now. */
  loaded(): void
}

/** What the controller asks of its element. */
interface Host {
  readonly isConnected: boolean
  addController(controller: ReactiveController): void
}

/**
 * Brings a client's state into an element: one that the page gives, or one that the element shares
 * with others of the same options. The client's code is fetched when the element is first shown, its
 * network code only after consent. An element that is in no page has no client.
 */
export class ClientController implements ReactiveController {
  readonly #host: Host
  readonly #observer: ClientObserver
  #given: HeartbeatClient | undefined
  #lease: Lease | undefined
  #loading: Promise<void> | undefined
  #hasFailed = false
  #subscribed: HeartbeatClient | undefined
  #unsubscribe: (() => void) | undefined
  #head: HeadInput | undefined
  /** The page agreed while the element was in none yet. */
  #startsLater = false

  constructor(host: Host, observer: ClientObserver) {
    this.#host = host
    this.#observer = observer
    host.addController(this)
  }

  /** The client that is shown; none while its code is fetched, and outside of a page. */
  get client(): HeartbeatClient | undefined {
    return this.#given ?? this.#lease?.client
  }

  get state(): ClientState {
    return this.client?.state ?? { phase: 'idle' }
  }

  get view(): View {
    return this.client?.view ?? { verdict: 'unknown', checkedAt: Date.now() }
  }

  get head(): HeadInput | undefined {
    return this.#head
  }

  set head(head: HeadInput | undefined) {
    this.#head = head
    this.#attempt(() => this.#lease?.setHead(head))
  }

  /** The client that the page gave; its options, its start and its end are the page's matter. */
  get given(): HeartbeatClient | undefined {
    return this.#given
  }

  set given(client: HeartbeatClient | undefined) {
    if (client === this.#given) return
    this.#given = client
    this.#lease?.leave()
    if (this.#host.isConnected) this.hostConnected()
  }

  hostConnected(): void {
    this.#connect().catch(() => {})
  }

  // An element that is only moved is back before the next task.
  hostDisconnected(): void {
    setTimeout(() => {
      if (this.#host.isConnected) return
      this.#startsLater = false
      this.#subscribe()
      this.#lease?.leave()
    })
  }

  /** Hands the element's present options to the client. */
  configure(): void {
    if (this.client === undefined || this.#given !== undefined) return
    this.#take()
    this.#subscribe()
  }

  /**
   * Starts to report: now, or when the element is in a page.
   *
   * @throws when the code cannot be fetched; the element says so too, and the next call tries again
   */
  async start(options: { consent: true } = { consent: true }): Promise<void> {
    if (!this.#host.isConnected) {
      this.#startsLater = options.consent === true
      return
    }
    const client = await this.#connect()
    await client?.start(options)
  }

  /** Resolves when every connection is closed. */
  async stop(options?: { everywhere?: boolean }): Promise<void> {
    this.#startsLater = false
    // A start that came before may still wait for the code.
    await this.#loading?.catch(() => {})
    await this.client?.stop(options)
  }

  // An element that went away meanwhile gets no client.
  async #connect(): Promise<HeartbeatClient | undefined> {
    if (this.#given === undefined) {
      this.#loading ??= this.#fetch()
      await this.#loading
    }
    if (!this.#host.isConnected) return undefined
    if (this.client === undefined) this.#take()
    this.#subscribe()
    const { client } = this
    if (this.#startsLater) {
      this.#startsLater = false
      void client?.start({ consent: true })
    }
    return client
  }

  async #fetch(): Promise<void> {
    try {
      const { createIdleClient } = await import('../client/index.ts')
      this.#lease = new Lease(createIdleClient)
    } catch (error) {
      this.#loading = undefined
      this.#hasFailed = true
      this.#observer.refused(error as Error)
      throw error
    }
    if (this.#hasFailed) this.#observer.loaded()
  }

  #take(): void {
    const before = this.client
    this.#attempt(() => this.#lease?.take(this.#observer.options))
    if (this.#head !== undefined && this.client !== before) this.head = this.#head
  }

  // What the element shows is what it listens to, while it is in its page.
  #subscribe(): void {
    const client = this.#host.isConnected ? this.client : undefined
    if (client === this.#subscribed) return
    this.#unsubscribe?.()
    this.#subscribed = client
    this.#unsubscribe = client?.subscribe(() => this.#observer.changed(client))
  }

  // What is wrong is shown and told by an event: never thrown into the wallet's own code.
  #attempt(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#observer.refused(error as Error)
    }
  }
}
