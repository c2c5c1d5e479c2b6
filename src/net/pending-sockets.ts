import type { Socket } from 'node:net'

/** The bounds of sockets that have proved nothing yet. */
export interface PendingSocketsInit {
  /** Longest time from a socket's acceptance until it is a libp2p connection, in ms. */
  readonly timeout: number
  /** Such sockets at once; one more is cut. */
  readonly max: number
}

/**
 * Sockets that are no libp2p connection yet. Their time runs from the moment they were accepted,
 * whatever they send meanwhile: a byte now and then holds no place open.
 */
export class PendingSockets {
  readonly #init: PendingSocketsInit
  readonly #deadlines = new Map<Socket, ReturnType<typeof setTimeout>>()

  constructor(init: PendingSocketsInit) {
    this.#init = init
  }

  /** A socket was accepted: it is cut at once when there are too many, else when its time is up. */
  add(socket: Socket): void {
    const { timeout, max } = this.#init
    if (this.#deadlines.size >= max) {
      socket.destroy()
      return
    }
    this.#deadlines.set(
      socket,
      setTimeout(() => socket.destroy(), timeout)
    )
    socket.once('close', () => this.release(socket))
  }

  /** A socket has become a libp2p connection, or is closed. May be told twice. */
  release(socket: Socket): void {
    clearTimeout(this.#deadlines.get(socket))
    this.#deadlines.delete(socket)
  }
}
