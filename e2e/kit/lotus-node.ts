// A Lotus node that a spec holds in its hands: it can be held still, put on a fork of its own, set
// back, or made to fail, and it may be of another chain than others.

import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import type { Chain } from '../../src/timing/index.ts'

const SHA2_256 = 0x12
const DAG_CBOR = 0x71

/** A chain whose epochs have passed for as long as the clock says. */
export class SpecChain implements Chain {
  readonly name: string
  readonly genesisTimestamp: number
  readonly epochPeriod = 1_000
  readonly genesis: string

  /** @param epochs how many epochs ago it began */
  constructor(name: string, epochs = 10_000) {
    this.name = name
    this.genesisTimestamp = Math.floor(Date.now() / 1_000) - epochs
    this.genesis = blockCid(`${name} 0`)
  }

  get epoch(): number {
    return Math.floor(Date.now() / this.epochPeriod) - this.genesisTimestamp
  }
}

/** One node, served over HTTP. */
export class LotusNode {
  readonly chain: SpecChain
  readonly #server: Server
  /** Epochs that its head lies behind the clock; negative: ahead of it. */
  lag = 0
  /** Its head stays where it is. */
  #stalledAt: number | undefined
  #fork = { name: '', since: 0 }
  /** Every question gets an error. */
  fails = false

  private constructor(chain: SpecChain, server: Server) {
    this.chain = chain
    this.#server = server
  }

  static async start(chain: SpecChain): Promise<LotusNode> {
    const server = createServer()
    const node = new LotusNode(chain, server)
    server.on('request', async (request, response) => {
      response.setHeader('access-control-allow-origin', '*')
      response.setHeader('access-control-allow-headers', '*')
      if (request.method === 'OPTIONS') return response.end()
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      const { id, method, params } = JSON.parse(Buffer.concat(chunks).toString())
      response.statusCode = node.fails ? 500 : 200
      const result = node.fails ? undefined : node.#answer(method, params)
      const error = { code: 1, message: 'this node is made to fail' }
      response.end(JSON.stringify({ jsonrpc: '2.0', id, ...(result ? { result } : { error }) }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return node
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/rpc/v1`
  }

  get height(): number {
    return this.#stalledAt ?? this.chain.epoch - this.lag
  }

  /** Holds its head where it is. */
  stall(): void {
    this.#stalledAt = this.height
  }

  /** Lets it follow the clock again. */
  resume(): void {
    this.#stalledAt = undefined
  }

  /** Gives it tipsets of its own, from so many epochs before its head on. */
  fork(name: string, depth: number): void {
    this.#fork = { name, since: this.height - depth }
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #answer(method: string, params: unknown[]): unknown {
    switch (method) {
      case 'Filecoin.ChainHead':
        return this.#tipset(this.height)
      case 'Filecoin.ChainGetGenesis':
        return this.#tipset(0)
      case 'Filecoin.ChainGetTipSetByHeight': {
        const height = Number(params[0])
        return height > this.height ? undefined : this.#tipset(height)
      }
      default:
        return undefined
    }
  }

  #tipset(height: number): object {
    const { name, genesis, genesisTimestamp, epochPeriod } = this.chain
    const own = height >= this.#fork.since ? this.#fork.name : ''
    const cids =
      height === 0 ? [genesis] : [1, 2].map((block) => blockCid(`${name}${own} ${height} ${block}`))
    const block = {
      Miner: 'f01000',
      Height: height,
      Timestamp: genesisTimestamp + (height * epochPeriod) / 1_000,
      ParentWeight: String(height),
      Parents: []
    }
    return {
      Cids: cids.map((cid) => ({ '/': cid })),
      Blocks: cids.map(() => block),
      Height: height
    }
  }
}

function blockCid(seed: string): string {
  const hash = createHash('sha256').update(seed).digest()
  return CID.createV1(DAG_CBOR, Digest.create(SHA2_256, hash)).toString()
}
