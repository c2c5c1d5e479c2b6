import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { createRelayNode, loadOrCreateKey, type RelayNode, relayLoad } from '../net/server.ts'
import type { Relay, RelayReport } from './index.ts'
import type { RelayOptions } from './options.ts'

/** A relay on js-libp2p's circuit relay server; made by `createRelay`. */
export class LibP2pRelay implements Relay {
  readonly peerId: string
  readonly #makeNode: () => Promise<RelayNode>
  #node: RelayNode | undefined
  // Starts and stops run one after another, in the order they were asked for.
  #turn: Promise<void> = Promise.resolve()

  private constructor(peerId: string, makeNode: () => Promise<RelayNode>) {
    this.peerId = peerId
    this.#makeNode = makeNode
  }

  static async create(options: RelayOptions): Promise<LibP2pRelay> {
    const { keyFile, listen, announce, mayReserve } = options
    const privateKey = await loadOrCreateKey(keyFile)
    const peerId = peerIdFromPrivateKey(privateKey).toString()
    return new LibP2pRelay(peerId, () =>
      createRelayNode({ privateKey, listen, mayReserve, ...(announce && { announce }) })
    )
  }

  get addresses(): readonly string[] {
    return this.#node?.getMultiaddrs().map(String) ?? []
  }

  start(): Promise<void> {
    return this.#next(async () => {
      if (this.#node !== undefined) return
      // A node that was stopped does not start again in full: each start has its own.
      const node = await this.#makeNode()
      try {
        await node.start()
      } catch (error) {
        await node.stop()
        throw error
      }
      this.#node = node
    })
  }

  stop(): Promise<void> {
    return this.#next(async () => {
      const node = this.#node
      this.#node = undefined
      await node?.stop()
    })
  }

  status(): RelayReport {
    const { peerId, addresses } = this
    const node = this.#node
    if (node === undefined) {
      return { peerId, addresses, connections: 0, reservations: 0, circuits: 0 }
    }
    return { peerId, addresses, connections: node.getConnections().length, ...relayLoad(node) }
  }

  #next(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work)
    this.#turn = turn.catch(() => {})
    return turn
  }
}
