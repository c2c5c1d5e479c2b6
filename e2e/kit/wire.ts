// A slow wire: a TCP proxy on loopback that makes a distance out of none, so that round trips can
// be counted instead of milliseconds.

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** Something that passed the wire. */
export interface WireEvent {
  /** When it was given to the wire, on the clock of `performance.now()`. */
  readonly at: number
  /** `up` is from the side that dialled. */
  readonly direction: 'up' | 'down'
  readonly bytes: number
}

/** A wire in front of a node. */
export interface Wire {
  /** The node's address by way of the wire. */
  readonly address: string
  /** When the first dial reached the wire, on the clock of `performance.now()`. */
  readonly dialledAt: number | undefined
  /** All that passed, in order. */
  readonly events: readonly WireEvent[]
  /** Cuts what is open, and ends. */
  close(): Promise<void>
}

/**
 * Starts a wire on which everything, the end of a connection too, is `oneWayDelay` ms under way.
 *
 * @param address a multiaddr with a `/tcp/<port>/` on loopback
 */
export async function startWire(address: string, oneWayDelay: number): Promise<Wire> {
  const sockets = new Set<Socket>()
  const events: WireEvent[] = []
  let dialledAt: number | undefined
  const options = { allowHalfOpen: true, noDelay: true }
  const port = portOf(address)
  const server = createServer(options, (dialler) => {
    const at = performance.now()
    dialledAt ??= at
    const answerer = connect({ ...options, port, host: '127.0.0.1' })
    for (const socket of [dialler, answerer]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => sockets.delete(socket))
    }
    const note = (direction: WireEvent['direction']) => (bytes: number) =>
      events.push({ at: performance.now(), direction, bytes })
    // A SYN cannot be held from here: loopback has answered it before the proxy hears of it. So
    // the handshake's round trip is charged to what follows it: the dialler's first bytes count
    // as sent one round trip after its SYN, as they would be over a real distance.
    carry(dialler, answerer, oneWayDelay, at + 2 * oneWayDelay, note('up'))
    carry(answerer, dialler, oneWayDelay, at, note('down'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const own = (server.address() as AddressInfo).port
  return {
    address: address.replace(`/tcp/${port}/`, `/tcp/${own}/`),
    events,
    get dialledAt() {
      return dialledAt
    },
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    }
  }
}

/** Hands on what `from` says to `to`, in order, each chunk a delay after it came, or after `open`. */
function carry(
  from: Socket,
  to: Socket,
  oneWayDelay: number,
  open: number,
  note: (bytes: number) => void
): void {
  let before: Promise<unknown> = Promise.resolve()
  const later = (act: () => void): void => {
    const due = Math.max(performance.now(), open) + oneWayDelay
    before = before
      .then(() => delay(Math.max(0, due - performance.now()), undefined, { ref: false }))
      .then(act)
  }
  from.on('data', (chunk) => {
    note(chunk.length)
    later(() => to.writable && to.write(chunk))
  })
  from.on('end', () => later(() => to.end()))
  from.on('close', (failed) => {
    if (failed) later(() => to.destroy())
  })
}

function portOf(address: string): number {
  const port = /\/tcp\/(\d+)\//.exec(address)?.[1]
  if (port === undefined) throw new Error(`no TCP port in ${address}`)
  return Number(port)
}
