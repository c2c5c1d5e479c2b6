import type { Socket } from 'node:net'

/** The part of a socket that counts for itself. */
type CountingSocket = Pick<Socket, 'bytesRead' | 'bytesWritten' | 'once'>

/**
 * How much went over a server's sockets. Asks the sockets, which count anyway, so that it costs
 * nothing until it is read.
 */
export class Traffic {
  readonly #open = new Set<CountingSocket>()
  #received = 0
  #sent = 0

  /** Counts a socket from its beginning to its end. */
  add(socket: CountingSocket): void {
    this.#open.add(socket)
    socket.once('close', () => {
      this.#open.delete(socket)
      this.#received += socket.bytesRead
      this.#sent += socket.bytesWritten
    })
  }

  /** Bytes that came, since the server was made. */
  get received(): number {
    return [...this.#open].reduce((sum, { bytesRead }) => sum + bytesRead, this.#received)
  }

  /** Bytes that went, likewise. */
  get sent(): number {
    return [...this.#open].reduce((sum, { bytesWritten }) => sum + bytesWritten, this.#sent)
  }
}
