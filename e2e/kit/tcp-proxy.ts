// A TCP proxy on loopback that makes every fault of a network out of none. It stands between two
// ends that are both real; what it does to them can be changed while they talk.

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { Lane, type LaneRules } from './lane.ts'

/** Where a proxy leads, and where it stands. */
export interface TcpProxyInit {
  /** Port that it leads to. */
  readonly to: number
  /** Host of that port. @default 127.0.0.1 */
  readonly toHost?: string
}

/** Something that entered a proxy. */
export interface Passage {
  /** On the clock of `performance.now()`. */
  readonly at: number
  /** `up` is from the side that dialled. */
  readonly direction: 'up' | 'down'
  readonly bytes: number
}

interface Switches extends LaneRules {
  /** Bytes that a connection may carry from now on, both ways summed, before it is reset. */
  cutAfter: number
}

const OPTIONS = { allowHalfOpen: true, noDelay: true }

/** A proxy in front of one port. */
export class TcpProxy implements AsyncDisposable {
  readonly #to: Required<TcpProxyInit>
  readonly #server: Server
  readonly #switches: Switches = {
    latency: 0,
    held: false,
    bytesPerSecond: Number.POSITIVE_INFINITY,
    cutAfter: Number.POSITIVE_INFINITY
  }
  readonly #links = new Set<Link>()
  /** When each connection was made, on the clock of `performance.now()`. */
  readonly dials: number[] = []
  /** Told of everything that enters. */
  onPassage: (passage: Passage) => void = () => {}
  /** Bytes that entered so far, both ways summed. */
  bytes = 0

  private constructor({ to, toHost = '127.0.0.1' }: TcpProxyInit) {
    this.#to = { to, toHost }
    this.#server = createServer(OPTIONS, (dialler) => this.#link(dialler))
  }

  /** Starts a proxy on a free port of loopback that does no harm yet. */
  static async start(init: TcpProxyInit): Promise<TcpProxy> {
    const proxy = new TcpProxy(init)
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  /** Where to dial it. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Connections made so far. */
  get connections(): number {
    return this.dials.length
  }

  /** Connections open now. */
  get open(): number {
    return this.#links.size
  }

  /** From now on everything that enters, the end of a connection too, is `ms` longer under way. */
  latency(ms: number): void {
    this.#switches.latency = ms
  }

  /**
   * Packets vanish: nothing moves and nothing is told, and who dials hears nothing either. As TCP
   * sends again what was lost, all of it arrives, in order, once this ends.
   */
  blackHole(on: boolean): void {
    this.#switches.held = on
    if (on) return
    for (const link of this.#links) link.resume()
  }

  /** Resets every open connection, at both ends, at once. */
  reset(): void {
    for (const link of this.#links) link.reset()
  }

  /** From now on bytes trickle; `Infinity` ends it. */
  drip(bytesPerSecond: number): void {
    this.#switches.bytesPerSecond = bytesPerSecond
    for (const link of this.#links) link.resume()
  }

  /** The far end of every open connection goes, and the near one is not told: it hears nothing more. */
  halfOpen(): void {
    for (const link of this.#links) link.forget()
  }

  /** Each connection is reset once it carried so many more bytes; `Infinity` ends it. */
  cutAfter(bytes: number): void {
    this.#switches.cutAfter = bytes
    for (const link of this.#links) link.budget = bytes
  }

  /** Cuts what is open, and ends. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.reset()
    await closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #link(dialler: Socket): void {
    const at = performance.now()
    this.dials.push(at)
    const link = new Link(dialler, this.#to, this.#switches, {
      passed: (direction, bytes) => {
        this.bytes += bytes
        this.onPassage({ at: performance.now(), direction, bytes })
      },
      closed: () => this.#links.delete(link)
    })
    this.#links.add(link)
    link.open(at)
  }
}

interface LinkPort {
  passed(direction: Passage['direction'], bytes: number): void
  closed(): void
}

/** One connection: the dialler's socket, and once it may be there, ours to the far end. */
class Link {
  readonly #dialler: Socket
  readonly #to: Required<TcpProxyInit>
  readonly #switches: Switches
  readonly #port: LinkPort
  #answerer: Socket | undefined
  #up: Lane | undefined
  #down: Lane | undefined
  /** Bytes that it may still carry. */
  budget: number

  constructor(dialler: Socket, to: Required<TcpProxyInit>, switches: Switches, port: LinkPort) {
    this.#dialler = dialler
    this.#to = to
    this.#switches = switches
    this.#port = port
    this.budget = switches.cutAfter
    dialler.pause()
    dialler.on('error', () => {})
    dialler.on('close', () => {
      if (this.#answerer === undefined) this.#port.closed()
    })
  }

  // A SYN cannot be held from here: the kernel has answered it before the proxy hears of it. So the
  // handshake's round trip is charged to what follows it: the dialler's first bytes count as sent
  // one round trip after its SYN. In a black hole the far end is dialled once that ends.
  open(at: number): void {
    if (this.#switches.held || this.#dialler.destroyed) return
    const { to: port, toHost: host } = this.#to
    const answerer = connect({ ...OPTIONS, port, host })
    this.#answerer = answerer
    answerer.on('error', () => {})
    const opensAt = at + 2 * this.#switches.latency
    this.#up = this.#lane('up', this.#dialler, answerer, opensAt)
    this.#down = this.#lane('down', answerer, this.#dialler, at)
    for (const socket of [this.#dialler, answerer]) {
      socket.on('close', () => {
        if (this.#dialler.destroyed && answerer.destroyed) this.#port.closed()
      })
    }
    this.#dialler.resume()
  }

  resume(): void {
    if (this.#answerer === undefined) this.open(performance.now())
    this.#up?.move()
    this.#down?.move()
  }

  reset(): void {
    this.#up?.end()
    this.#down?.end()
    this.#dialler.resetAndDestroy()
    this.#answerer?.resetAndDestroy()
  }

  forget(): void {
    this.#up?.end()
    this.#down?.end()
    this.#dialler.on('end', () => this.#dialler.destroy())
    this.#answerer?.destroy()
  }

  #lane(direction: Passage['direction'], from: Socket, to: Socket, opensAt: number): Lane {
    const lane = new Lane(to, this.#switches, opensAt)
    from.on('data', (chunk) => {
      this.#port.passed(direction, chunk.length)
      this.budget -= chunk.length
      if (this.budget < 0) return this.reset()
      lane.push(chunk)
    })
    from.on('end', () => lane.push('end'))
    from.on('close', (failed) => {
      if (failed) lane.push('reset')
    })
    return lane
  }
}
