// The operator's own light clients, which the demo's aggregator watches: they follow the development
// chain as wallets do, each by its own key.

import { join } from 'node:path'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { SEED_BYTES } from '../src/constants.ts'
import { createHeartbeatClient } from '../src/index.ts'
import { loadOrCreateKey } from '../src/net/server.ts'
import type { Chain } from '../src/timing/index.ts'

/** One of them, before it is started. */
export interface OwnNode {
  readonly nickname: string
  readonly peerId: string
  readonly seed: Uint8Array
}

/** Where they report, and what they follow. */
export interface OwnNodesInit {
  /** Multiaddr of the aggregator. */
  readonly target: string
  /** Their own node's URL. */
  readonly rpc: string
  readonly chain: Chain
}

const NICKNAMES = ['lily', 'iris', 'rose']

/** Reads their keys from the data folder, or makes them on the first run. */
export async function readOwnNodes(data: string): Promise<OwnNode[]> {
  return await Promise.all(
    NICKNAMES.map(async (nickname) => {
      const key = await loadOrCreateKey(join(data, `${nickname}.key`))
      const peerId = peerIdFromPrivateKey(key).toString()
      return { nickname, peerId, seed: key.raw.slice(0, SEED_BYTES) }
    })
  )
}

/** Starts them. @returns what ends them */
export async function startOwnNodes(
  nodes: readonly OwnNode[],
  { target, rpc, chain }: OwnNodesInit
): Promise<() => Promise<void>> {
  const clients = nodes.map(({ nickname, seed }) =>
    createHeartbeatClient({
      target,
      rpc,
      chain,
      nickname,
      identity: seed,
      routes: 'websocket',
      beatPeriod: chain.epochPeriod,
      reconnectPeriod: '2s'
    })
  )
  await Promise.all(clients.map((client) => client.start({ consent: true })))
  return async () => {
    await Promise.all(clients.map((client) => client.stop()))
  }
}
