import type { Socket } from 'node:net'

/** The bounds of sockets that have proved nothing yet. */
export interface PendingSocketsInit {
  /** Longest time from a socket's acceptance until it is a libp2p connection, in ms. */
  readonly timeout: number
  /** Such sockets at once; one more is cut, or one of the client that holds most. */
  readonly max: number
}

interface Pending {
  readonly deadline: ReturnType<typeof setTimeout>
  client: string
}

/**
 * Sockets that are no libp2p connection yet. Their time runs from the moment they were accepted,
 * whatever they send meanwhile: a byte now and then holds no place open. Where all places are
 * taken, the client that holds most of them gives one up for whoever holds fewer.
 */
export class PendingSockets {
  readonly #init: PendingSocketsInit
  readonly #pending = new Map<Socket, Pending>()
  readonly #ofClients = new Map<string, Set<Socket>>()

  constructor(init: PendingSocketsInit) {
    this.#init = init
  }

  /** A socket was accepted: it is cut at once when there is no place, else when its time is up. */
  add(socket: Socket, client = ''): void {
    const { timeout, max } = this.#init
    if (this.#pending.size >= max && !this.#makeRoom(client)) {
      socket.destroy()
      return
    }
    this.#pending.set(socket, { client, deadline: setTimeout(() => socket.destroy(), timeout) })
    this.#give(socket, client)
    socket.once('close', () => this.release(socket))
  }

  /** A proxy has told which client a socket is of. */
  belongsTo(client: string, socket: Socket): void {
    const pending = this.#pending.get(socket)
    if (pending === undefined) return
    this.#take(socket, pending.client)
    pending.client = client
    this.#give(socket, client)
  }

  /** A socket has become a libp2p connection, or is closed. May be told twice. */
  release(socket: Socket): void {
    const pending = this.#pending.get(socket)
    if (pending === undefined) return
    clearTimeout(pending.deadline)
    this.#pending.delete(socket)
    this.#take(socket, pending.client)
  }

  // Or one address that opens sockets and says nothing would keep everybody else out.
  #makeRoom(client: string): boolean {
    const held = this.#ofClients.get(client)?.size ?? 0
    let most = new Set<Socket>()
    for (const sockets of this.#ofClients.values()) if (sockets.size > most.size) most = sockets
    const newest = [...most].at(-1)
    if (newest === undefined || most.size <= held + 1) return false
    this.release(newest)
    newest.destroy()
    return true
  }

  #give(socket: Socket, client: string): void {
    const sockets = this.#ofClients.get(client) ?? new Set()
    this.#ofClients.set(client, sockets.add(socket))
  }

  #take(socket: Socket, client: string): void {
    const sockets = this.#ofClients.get(client)
    sockets?.delete(socket)
    if (sockets?.size === 0) this.#ofClients.delete(client)
  }
}
