import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type {
  ClientOptions,
  ClientState,
  HeadInput,
  HeartbeatClient,
  View
} from '../client/index.ts'

/** What the controller asks of its element. */
export interface ClientHost extends ReactiveControllerHost {
  readonly isConnected: boolean
  readonly clientOptions: ClientOptions
  /** Told after each change of state, view or last beat. */
  clientChanged(client: HeartbeatClient): void
  /** Told what was wrong with an option or a head. */
  clientRefused(error: Error): void
}

/**
 * Brings the client's state into an element. The client's code is fetched when the element is
 * first shown, its network code only after consent.
 */
export class ClientController implements ReactiveController {
  readonly #host: ClientHost
  #client: HeartbeatClient | undefined
  #loading: Promise<HeartbeatClient> | undefined
  #unsubscribe: (() => void) | undefined
  #head: HeadInput | undefined

  constructor(host: ClientHost) {
    this.#host = host
    host.addController(this)
  }

  get state(): ClientState {
    return this.#client?.state ?? { phase: 'idle' }
  }

  get view(): View {
    return this.#client?.view ?? { verdict: 'unknown', checkedAt: Date.now() }
  }

  get lastBeat(): HeartbeatClient['lastBeat'] {
    return this.#client?.lastBeat
  }

  get sharesTabs(): boolean | undefined {
    return this.#client?.sharesTabs
  }

  get head(): HeadInput | undefined {
    return this.#head
  }

  set head(head: HeadInput | undefined) {
    this.#head = head
    if (this.#client !== undefined) this.#attempt((client) => client.setHead(head))
  }

  hostConnected(): void {
    const subscribe = (client: HeartbeatClient): void => {
      if (!this.#host.isConnected || this.#unsubscribe !== undefined) return
      this.#unsubscribe = client.subscribe(() => {
        this.#host.clientChanged(client)
        this.#host.requestUpdate()
      })
    }
    this.load().then(subscribe, () => {})
  }

  // An element that is only moved is back before the next task. Its code may still be loading.
  hostDisconnected(): void {
    setTimeout(() => {
      const stop = (client: HeartbeatClient): void => {
        if (this.#host.isConnected) return
        this.#unsubscribe?.()
        this.#unsubscribe = undefined
        void client.stop()
      }
      this.load().then(stop, () => {})
    })
  }

  /** Hands the element's present options to the client. */
  configure(): void {
    if (this.#client !== undefined)
      this.#attempt((client) => client.configure(this.#host.clientOptions))
  }

  /**
   * Resolves with the client once its code is there.
   *
   * @throws when it cannot be fetched; the element says so too, and the next call tries again
   */
  load(): Promise<HeartbeatClient> {
    this.#loading ??= this.#fetch()
    return this.#loading
  }

  async #fetch(): Promise<HeartbeatClient> {
    try {
      const { createIdleClient } = await import('../client/index.ts')
      this.#client = createIdleClient()
    } catch (error) {
      this.#loading = undefined
      this.#host.clientRefused(error as Error)
      throw error
    }
    this.configure()
    if (this.#head !== undefined) this.head = this.#head
    return this.#client
  }

  // What is wrong is shown and told by an event: never thrown into the wallet's own code.
  #attempt(work: (client: HeartbeatClient) => void): void {
    try {
      if (this.#client !== undefined) work(this.#client)
    } catch (error) {
      this.#host.clientRefused(error as Error)
    }
  }
}
