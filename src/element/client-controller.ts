import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type {
  ClientOptions,
  ClientState,
  HeadInput,
  HeartbeatClient,
  View
} from '../client/index.ts'
import { Lease } from './shared-clients.ts'

/** What the controller asks of its element. */
export interface ClientHost extends ReactiveControllerHost {
  readonly isConnected: boolean
  readonly clientOptions: ClientOptions
  /** Told after each change of state, view or last beat. */
  clientChanged(client: HeartbeatClient): void
  /** Told what was wrong with an option or a head, or could not be loaded. */
  clientRefused(error: Error): void
}

/**
 * Brings a client's state into an element: one that the page gives, or one that the element shares
 * with others of the same options. The client's code is fetched when the element is first shown, its
 * network code only after consent.
 */
export class ClientController implements ReactiveController {
  readonly #host: ClientHost
  #given: HeartbeatClient | undefined
  #lease: Lease | undefined
  #loading: Promise<unknown> | undefined
  #subscribed: HeartbeatClient | undefined
  #unsubscribe: (() => void) | undefined
  #head: HeadInput | undefined

  constructor(host: ClientHost) {
    this.#host = host
    host.addController(this)
  }

  /** The client that is shown; none while its code is fetched. */
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
    this.load().then(
      () => this.#subscribe(),
      () => {}
    )
  }

  // An element that is only moved is back before the next task. Its code may still be loading.
  hostDisconnected(): void {
    setTimeout(async () => {
      await this.load().catch(() => {})
      if (this.#host.isConnected) return
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
   * Resolves with the client once its code is there.
   *
   * @throws when it cannot be fetched; the element says so too, and the next call tries again
   */
  async load(): Promise<HeartbeatClient> {
    if (this.#given !== undefined) return this.#given
    this.#loading ??= this.#fetch()
    await this.#loading
    if (this.client === undefined) this.#take()
    return this.client as HeartbeatClient
  }

  async #fetch(): Promise<void> {
    try {
      const { createIdleClient } = await import('../client/index.ts')
      this.#lease = new Lease(createIdleClient)
    } catch (error) {
      this.#loading = undefined
      this.#host.clientRefused(error as Error)
      throw error
    }
  }

  #take(): void {
    const before = this.client
    this.#attempt(() => this.#lease?.take(this.#host.clientOptions))
    if (this.#head !== undefined && this.client !== before) this.head = this.#head
  }

  // What the element shows is what it listens to, while it is in its page.
  #subscribe(): void {
    const client = this.#host.isConnected ? this.client : undefined
    if (client === this.#subscribed) return
    this.#unsubscribe?.()
    this.#subscribed = client
    this.#unsubscribe = client?.subscribe(() => {
      this.#host.clientChanged(client)
      this.#host.requestUpdate()
    })
  }

  // What is wrong is shown and told by an event: never thrown into the wallet's own code.
  #attempt(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#host.clientRefused(error as Error)
    }
  }
}
