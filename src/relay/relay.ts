import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import {
  ClientGate,
  createRelayNode,
  loadOrCreateKey,
  type RelayNode,
  relayLoad,
  Traffic
} from '../net/server.ts'
import { type HttpServer, libp2pMetrics } from '../operator/index.ts'
import type { Relay, RelayReport } from './index.ts'
import type { RelayOptions } from './options.ts'
import { createRelayHttp } from './relay-http.ts'
import { RelayMetrics } from './relay-metrics.ts'

/** One run: a node that was stopped does not start again in full, so each start has its own. */
interface Run {
  readonly node: RelayNode
  readonly http: HttpServer | undefined
}

/** A relay on js-libp2p's circuit relay server; made by `createRelay`. */
export class LibP2pRelay implements Relay {
  readonly peerId: string
  readonly #options: RelayOptions
  readonly #privateKey: PrivateKey
  #run: Run | undefined
  // Starts and stops run one after another, in the order they were asked for.
  #turn: Promise<void> = Promise.resolve()

  private constructor(options: RelayOptions, privateKey: PrivateKey) {
    this.#options = options
    this.#privateKey = privateKey
    this.peerId = peerIdFromPrivateKey(privateKey).toString()
  }

  static async create(options: RelayOptions): Promise<LibP2pRelay> {
    return new LibP2pRelay(options, await loadOrCreateKey(options.keyFile))
  }

  get addresses(): readonly string[] {
    return this.#run?.node.getMultiaddrs().map(String) ?? []
  }

  get httpUrl(): string | undefined {
    return this.#run?.http?.url
  }

  start(): Promise<void> {
    return this.#next(async () => {
      if (this.#run !== undefined) return
      const run = await this.#make()
      try {
        await run.node.start()
        await run.http?.listen()
      } catch (error) {
        await end(run)
        throw error
      }
      this.#run = run
    })
  }

  stop(): Promise<void> {
    return this.#next(async () => {
      const run = this.#run
      this.#run = undefined
      if (run !== undefined) await end(run)
    })
  }

  status(): RelayReport {
    const { peerId, addresses } = this
    const node = this.#run?.node
    if (node === undefined) {
      return { peerId, addresses, connections: 0, reservations: 0, circuits: 0 }
    }
    return { peerId, addresses, connections: node.getConnections().length, ...relayLoad(node) }
  }

  async #make(): Promise<Run> {
    const { listen, announce, mayReserve, gate, http } = this.#options
    const traffic = new Traffic()
    const metrics = http && new RelayMetrics(() => this.status(), traffic)
    const node = await createRelayNode({
      privateKey: this.#privateKey,
      listen,
      mayReserve,
      traffic,
      gate: new ClientGate({ ...gate, onRefusal: (reason) => metrics?.refuse(reason) }),
      onRefusal: (reason) => metrics?.refuse(reason),
      ...(announce && { announce }),
      ...(metrics && { metrics: libp2pMetrics(metrics.registry) })
    })
    const problems = (): string[] => (this.addresses.length > 0 ? [] : ['it does not listen'])
    if (http === undefined || metrics === undefined) return { node, http: undefined }
    return { node, http: createRelayHttp({ ...http, registry: metrics.registry, problems }) }
  }

  #next(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work)
    this.#turn = turn.catch(() => {})
    return turn
  }
}

async function end({ node, http }: Run): Promise<void> {
  await http?.close()
  await node.stop()
}
