import type { ClientOptions, HeadInput, HeartbeatClient } from '../client/index.ts'

/** A client that elements of one page share, for as long as they ask for the same. */
interface Shared {
  readonly client: HeartbeatClient
  readonly users: Set<Lease>
  /** What they handed in, the latest last: that one is followed. */
  readonly heads: Map<Lease, HeadInput>
}

const clients = new Map<string, Shared>()

/** One element's part in a client that others may share. */
export class Lease {
  readonly #make: () => HeartbeatClient
  #key = ''
  #shared: Shared | undefined

  /** @param make makes a client that is still without options */
  constructor(make: () => HeartbeatClient) {
    this.#make = make
  }

  get client(): HeartbeatClient | undefined {
    return this.#shared?.client
  }

  /**
   * Asks for what the options say: a client that has them already, or one's own with other options.
   * Whoever goes away from others takes the consent along.
   *
   * @throws what the client's `configure` throws; there is a client all the same
   */
  take(options: ClientOptions): void {
    const key = keyOf(options)
    if (this.#shared !== undefined && key === this.#key) return
    const before = this.#shared
    const there = clients.get(key)
    if (before !== undefined && before.users.size === 1 && there === undefined) {
      clients.delete(this.#key)
      this.#enter(key, before)
      return before.client.configure(options)
    }
    this.leave()
    if (there !== undefined) return this.#enter(key, there)
    const client = this.#make()
    this.#enter(key, { client, users: new Set(), heads: new Map() })
    client.configure(options)
    if (before?.client.consented) void client.start({ consent: true })
  }

  /**
   * Hands in a head, which is followed until somebody else hands in a newer one.
   *
   * @throws {HeadError} when a value is no head
   */
  setHead(head: HeadInput | undefined): void {
    const { heads, client } = this.#shared ?? {}
    heads?.delete(this)
    client?.setHead(head ?? [...(heads?.values() ?? [])].at(-1))
    // One that was refused is nothing to come back to.
    if (head !== undefined) heads?.set(this, head)
  }

  /** The last one out stops the client; its head goes with it. */
  leave(): void {
    const shared = this.#shared
    if (shared?.heads.has(this) && shared.users.size > 1) this.setHead(undefined)
    this.#shared = undefined
    shared?.users.delete(this)
    if (shared === undefined || shared.users.size > 0) return
    if (clients.get(this.#key) === shared) clients.delete(this.#key)
    void shared.client.stop()
  }

  #enter(key: string, shared: Shared): void {
    this.#key = key
    this.#shared = shared
    shared.users.add(this)
    clients.set(key, shared)
  }
}

// What is no option is refused by the client, and has a key all the same.
function keyOf(options: ClientOptions): string {
  return JSON.stringify(options, (_, value) => (typeof value === 'bigint' ? `${value}n` : value))
}
