import type { Switch } from './static-server.ts'

/** What a switch turns. */
export interface Service {
  stop(): Promise<void>
}

/** A service that is stopped and made anew by turns, one after another whoever asks. */
export class Switchable<T extends Service> implements Switch {
  readonly #start: () => Promise<T>
  #service: T | undefined
  #last: Promise<unknown> = Promise.resolve()
  #closed = false

  /** @param start makes the service; each time the same one, with its port and key */
  constructor(start: () => Promise<T>) {
    this.#start = start
  }

  get running(): boolean {
    return this.#service !== undefined
  }

  /** The service, while it runs. */
  get service(): T | undefined {
    return this.#service
  }

  turn(running: boolean): Promise<boolean> {
    const turned = this.#last.then(() => (running ? this.#on() : this.#off()))
    this.#last = turned.catch(() => {})
    return turned
  }

  /** Switches off for good. */
  async close(): Promise<void> {
    this.#closed = true
    await this.turn(false)
  }

  async #on(): Promise<boolean> {
    if (!this.#closed) this.#service ??= await this.#start()
    return this.running
  }

  async #off(): Promise<boolean> {
    const service = this.#service
    this.#service = undefined
    await service?.stop()
    return false
  }
}
