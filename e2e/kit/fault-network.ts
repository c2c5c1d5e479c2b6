// Two relays and an aggregator, each a process of its own, with a proxy in every path between them
// and a page: whatever can break between real machines can be broken here, one path at a time.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright/test'
import type { NodeRow } from '../../src/aggregator/index.ts'
import { keptPort } from './kept-port.ts'
import type { Namespace } from './namespace.ts'
import { Service } from './service.ts'
import { BEARER } from './service-process.ts'
import { readLines } from './services.ts'
import { TcpProxy } from './tcp-proxy.ts'
import { UdpProxy } from './udp-proxy.ts'
import { portOf, throughPort } from './wire.ts'

/** How long an answer of the aggregator's API is waited for, in ms: a stopped one gives none. */
const ANSWER_TIMEOUT = 1_000

/** How long an aggregator may take to be back at its relays, in ms. */
const RESERVATION_TIMEOUT = 30_000

/** A relay, and the proxies in front of it. */
interface RelayStand {
  readonly relay: Service
  readonly fromPage: TcpProxy
  /** Not in a namespace. */
  readonly fromAggregator?: TcpProxy
}

/** How a network is to be. */
export interface FaultNetworkInit {
  /** How many relays. @default 2 */
  readonly relays?: number
  /** Where relays and aggregator are to run. @default on this machine, as everything else */
  readonly namespace?: Namespace
}

/** Where services run. */
interface Place {
  readonly host: string
  readonly within: readonly string[]
}

/** What an aggregator says of itself, as far as specs look at it. */
interface AggregatorReport {
  readonly relays: readonly { readonly reserved: boolean }[]
}

/** Everything that a page's beats pass, on one machine. */
export class FaultNetwork implements AsyncDisposable {
  readonly #all: AsyncDisposableStack
  readonly relays: readonly RelayStand[]
  readonly aggregator: Service
  /** The page's way to the aggregator's own WebSocket. */
  readonly direct: TcpProxy
  /** The way of WebRTC's packets; each page is to be led through it. */
  readonly udp: UdpProxy

  private constructor(
    all: AsyncDisposableStack,
    relays: readonly RelayStand[],
    aggregator: Service,
    direct: TcpProxy,
    udp: UdpProxy
  ) {
    this.#all = all
    this.relays = relays
    this.aggregator = aggregator
    this.direct = direct
    this.udp = udp
  }

  /** Starts all, and resolves when the aggregator can be reached through every relay. */
  static async start({
    relays: count = 2,
    namespace
  }: FaultNetworkInit = {}): Promise<FaultNetwork> {
    const place = placeIn(namespace)
    await using all = new AsyncDisposableStack()
    const folder = await mkdtemp(join(tmpdir(), 'fil-heartbeat-faults-'))
    all.defer(() => rm(folder, { recursive: true }))
    const names = Array.from({ length: count }, (_, index) => join(folder, `relay-${index}.key`))
    const relays = await Promise.all(names.map((keyFile) => startRelay(keyFile, place, all)))
    const aggregator = all.use(
      await Service.start(
        {
          kind: 'aggregator',
          keyFile: join(folder, 'aggregator.key'),
          listen: await keptListen(place),
          relays: relays.map(({ relay, fromAggregator }) =>
            fromAggregator ? addressThrough(relay, fromAggregator) : relay.report.address
          ),
          host: place.host,
          port: await keptPort()
        },
        place.within
      )
    )
    const direct = all.use(await startProxy(aggregator, place))
    const udp = all.use(new UdpProxy())
    const network = new FaultNetwork(all.move(), relays, aggregator, direct, udp)
    await network.reserved()
    return network
  }

  /** The aggregator's own WebSocket, as a wallet is told of it. */
  get directAddress(): string {
    return addressThrough(this.aggregator, this.direct)
  }

  /** The aggregator by its peer id alone. */
  get target(): string {
    return `/p2p/${this.aggregator.report.peerId}`
  }

  /** The relays, as a wallet is told of them. */
  get relayAddresses(): string {
    return this.relays.map((each) => addressThrough(each.relay, each.fromPage)).join(' ')
  }

  /** The aggregator's roster; `undefined` when it does not answer. */
  async nodes(): Promise<NodeRow[] | undefined> {
    const text = await this.#ask('export?topic=roster')
    return text === undefined ? undefined : readLines(text)
  }

  /** Resolves when the aggregator can be reached through every relay; rejects after 30 s. */
  async reserved(): Promise<void> {
    const end = performance.now() + RESERVATION_TIMEOUT
    for (;;) {
      const text = await this.#ask('aggregator')
      const answer: AggregatorReport | undefined = text === undefined ? text : JSON.parse(text)
      if (answer?.relays.every(({ reserved }) => reserved)) return
      if (performance.now() > end) throw new Error(`no reservation: ${text}`)
      await nextLook()
    }
  }

  /** Leads WebRTC's packets of a page that is yet to be opened through `udp`; not in a namespace. */
  async leadPackets(page: Page): Promise<void> {
    if (!this.#isApart) await this.udp.stand(page)
  }

  get #isApart(): boolean {
    return this.relays.some(({ fromAggregator }) => fromAggregator === undefined)
  }

  /** Every path of the page, at once: its whole network. */
  get pagePaths(): readonly TcpProxy[] {
    return [this.direct, ...this.relays.map(({ fromPage }) => fromPage)]
  }

  /** Nothing that the page sends arrives, nothing that is sent to it either, and nobody is told. */
  blackHole(on: boolean): void {
    for (const path of this.pagePaths) path.blackHole(on)
    this.udp.blackHole(on)
  }

  /** @param ms how much longer all is under way to and from the page, each way */
  latency(ms: number): void {
    for (const path of this.pagePaths) path.latency(ms)
    this.udp.latency(ms)
  }

  /** Every TCP connection of the page is reset. */
  reset(): void {
    for (const path of this.pagePaths) path.reset()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#all.disposeAsync()
  }

  async #ask(what: string): Promise<string | undefined> {
    try {
      const signal = AbortSignal.timeout(ANSWER_TIMEOUT)
      const url = `${this.aggregator.report.api}/api/${what}`
      const response = await fetch(url, { signal, headers: BEARER })
      return response.ok ? await response.text() : undefined
    } catch {
      return undefined
    }
  }
}

/** Resolves when it is time to look again at what is waited for. */
export async function nextLook(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 50))
}

async function startRelay(
  keyFile: string,
  place: Place,
  all: AsyncDisposableStack
): Promise<RelayStand> {
  const { within } = place
  const listen = await keptListen(place)
  const relay = all.use(await Service.start({ kind: 'relay', keyFile, listen }, within))
  const fromPage = all.use(await startProxy(relay, place))
  // A namespace has no way out to a proxy on loopback.
  if (within.length > 0) return { relay, fromPage }
  return { relay, fromPage, fromAggregator: all.use(await startProxy(relay, place)) }
}

async function startProxy({ report }: Service, { host }: Place): Promise<TcpProxy> {
  return await TcpProxy.start({ to: portOf(report.address), toHost: host })
}

function placeIn(namespace: Namespace | undefined): Place {
  const { host = '127.0.0.1', within = [] } = namespace ?? {}
  return { host, within }
}

async function keptListen({ host }: Place): Promise<string> {
  return `/ip4/${host}/tcp/${await keptPort()}/ws`
}

function addressThrough({ report }: Service, { port }: TcpProxy): string {
  return throughPort(report.address, port).replace(/^\/ip4\/[^/]+/, '/ip4/127.0.0.1')
}
