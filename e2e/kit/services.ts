// A real relay and a real aggregator, from the built files, on ports of their own; each can be
// killed and started again at the same address.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Aggregator, AggregatorInit, NodeRow } from '../../src/aggregator/index.ts'
import type { Relay } from '../../src/relay/index.ts'
import { aggregator as builtAggregator, relay as builtRelay } from './built.ts'
import { keptPort } from './kept-port.ts'

const { createRelay } = await builtRelay()
const { createAggregator } = await builtAggregator()

/** What a spec runs against. */
export class Services {
  readonly #folder: string
  readonly #options: Partial<AggregatorInit>
  #relay: Relay
  #aggregator: Aggregator
  /** Multiaddr of the relay: the same after a restart. */
  readonly relayAddress: string
  /** Multiaddr of the aggregator's own WebSocket: the same after a restart. */
  readonly directAddress: string
  /** The aggregator by its peer id alone. */
  readonly target: string
  /** The aggregator's HTTP API: the same after a restart. */
  readonly api: string

  private constructor(
    folder: string,
    relay: Relay,
    aggregator: Aggregator,
    options: Partial<AggregatorInit>
  ) {
    this.#folder = folder
    this.#options = options
    this.#relay = relay
    this.#aggregator = aggregator
    this.relayAddress = relay.addresses[0] ?? ''
    this.directAddress = aggregator.addresses.find((each) => !each.includes('p2p-circuit')) ?? ''
    this.target = `/p2p/${aggregator.peerId}`
    this.api = aggregator.httpUrl ?? ''
  }

  /**
   * Starts both.
   *
   * @param origin the page's, which may read the aggregator's feed
   * @param options what the aggregator is told besides
   */
  static async start(origin: string, options: Partial<AggregatorInit> = {}): Promise<Services> {
    const folder = await mkdtemp(join(tmpdir(), 'fil-heartbeat-e2e-'))
    const relay = await startRelay(folder, await keptAddress())
    const relayAddress = relay.addresses[0] ?? ''
    const [listen, port] = [await keptAddress(), await keptPort()]
    const aggregator = await startAggregator(folder, listen, relayAddress, port, {
      ...options,
      corsOrigins: [origin]
    })
    return new Services(folder, relay, aggregator, options)
  }

  /** Connections that the relay holds now. */
  get relayConnections(): number {
    return this.#relay.status().connections
  }

  /** Whether the aggregator can be reached through the relay now. */
  get isReserved(): boolean {
    return this.#aggregator.relays().every(({ reserved }) => reserved)
  }

  /** What the aggregator's API says of its nodes. */
  async nodes(): Promise<NodeRow[]> {
    const response = await fetch(`${this.api}/api/export?topic=roster`)
    return readLines(await response.text())
  }

  async stopRelay(): Promise<void> {
    await this.#relay.stop()
  }

  /** Starts the relay again, with the key and the port that it had. */
  async restartRelay(): Promise<void> {
    const listen = this.relayAddress.replace(/\/p2p\/.*/, '')
    this.#relay = await startRelay(this.#folder, listen)
  }

  async stopAggregator(): Promise<void> {
    await this.#aggregator.stop()
  }

  /** Starts the aggregator again, with the key and the ports that it had. */
  async restartAggregator(origin: string): Promise<void> {
    const listen = this.directAddress.replace(/\/p2p\/.*/, '')
    const port = Number(new URL(this.api).port)
    this.#aggregator = await startAggregator(this.#folder, listen, this.relayAddress, port, {
      ...this.#options,
      corsOrigins: [origin]
    })
  }

  async stop(): Promise<void> {
    await Promise.all([this.#relay.stop(), this.#aggregator.stop()])
    await rm(this.#folder, { recursive: true })
  }
}

/** Objects of which each is on a line of its own. */
export function readLines<T>(text: string): T[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

async function keptAddress(): Promise<string> {
  return `/ip4/127.0.0.1/tcp/${await keptPort()}/ws`
}

async function startRelay(folder: string, listen: string): Promise<Relay> {
  const keyFile = join(folder, 'relay.key')
  const relay = await createRelay({ keyFile, listen: [listen], aggregators: 'any' })
  await relay.start()
  return relay
}

async function startAggregator(
  folder: string,
  listen: string,
  relay: string,
  port: number,
  options: Partial<AggregatorInit>
): Promise<Aggregator> {
  const aggregator = await createAggregator({
    keyFile: join(folder, 'aggregator.key'),
    listen: [listen],
    relays: [relay],
    http: { port },
    ...options
  })
  await aggregator.start()
  return aggregator
}
