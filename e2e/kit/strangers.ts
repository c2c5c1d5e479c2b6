import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import type { Connection, Stream } from '@libp2p/interface'
import { webSockets } from '@libp2p/websockets'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2p } from 'libp2p'

/** Longest wait for an answer, in ms. */
const PATIENCE = 120_000

const PROTOCOL = 'fil/heartbeat/1.0.0'

/** Somebody with a key of its own and js-libp2p as it comes, who sends what a test likes. */
export class Stranger implements AsyncDisposable {
  readonly #node: Libp2p
  readonly #address: string

  private constructor(node: Libp2p, address: string) {
    this.#node = node
    this.#address = address
  }

  /** @param address of the aggregator */
  static async make(address: string): Promise<Stranger> {
    const node = await createLibp2p({
      transports: [webSockets()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionMonitor: { enabled: false },
      // A crowd in one process needs more than the usual ten seconds.
      connectionManager: { dialTimeout: PATIENCE, addressDialTimeout: PATIENCE }
    })
    return new Stranger(node, address)
  }

  get peer(): string {
    return this.#node.peerId.toString()
  }

  /** Connects, and proves who it is. */
  async join(): Promise<Connection> {
    return await this.#node.dial(multiaddr(this.#address), {
      signal: AbortSignal.timeout(PATIENCE)
    })
  }

  /** Opens a heartbeat stream, on a connection that is made where there is none. */
  async open(): Promise<Stream> {
    const connection = await this.join()
    return await connection.newStream(PROTOCOL, { signal: AbortSignal.timeout(PATIENCE) })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#node.stop()
  }
}

/** A beat as go-filecoin wrote it. */
export function lineOf(height: number, nickname = ''): Uint8Array<ArrayBuffer> {
  const beat = { Head: '{ }', Height: height, Nickname: nickname, MinerAddress: '' }
  return new TextEncoder().encode(`${JSON.stringify(beat)}\n`)
}

/** Makes so many, a few at a time. */
export async function crowdOf(count: number, address: string): Promise<Stranger[]> {
  const crowd: Stranger[] = []
  while (crowd.length < count) {
    const some = Math.min(100, count - crowd.length)
    crowd.push(...(await Promise.all(Array.from({ length: some }, () => Stranger.make(address)))))
  }
  return crowd
}
