import type { Chain } from '../src/timing/index.ts'
import type { NodeUrls } from './chain/index.ts'
import { RPC_START_TIMEOUT } from './constants.ts'

/** A real Lotus node, and what its chain is. */
export interface LotusNode {
  readonly rpc: NodeUrls
  readonly chain: Chain & { readonly genesis: string }
}

/** A node that was given does not tell what its chain is. */
export class NodeError extends Error {
  override readonly name = 'NodeError'
}

/**
 * Asks a Lotus node for its genesis and its head: from the two follow when the chain began and how
 * long its epochs are.
 *
 * @param url of HTTP or WebSocket
 * @throws {NodeError} naming the node's host, never its whole URL, which may hold a token
 */
export async function learnLotusNode(url: URL): Promise<LotusNode> {
  const rpc = {
    http: url.href.replace(/^ws/, 'http'),
    ws: url.href.replace(/^http/, 'ws')
  }
  try {
    const [genesis, head] = await Promise.all([
      ask(rpc.http, 'Filecoin.ChainGetGenesis'),
      ask(rpc.http, 'Filecoin.ChainHead')
    ])
    const seconds = (head.timestamp - genesis.timestamp) / (head.height - genesis.height)
    // Epochs are whole seconds; a chain that stands at its genesis has none to measure.
    const epochPeriod = (Math.round(seconds) || 30) * 1_000
    return {
      rpc,
      chain: { genesis: genesis.cid, genesisTimestamp: genesis.timestamp, epochPeriod }
    }
  } catch (cause) {
    const { message, cause: why } = cause as Error
    const reason = why instanceof Error ? why.message : message
    throw new NodeError(`--rpc: ${url.host} does not answer as Lotus does: ${reason}`, { cause })
  }
}

async function ask(url: string, method: string) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: [] }),
    signal: AbortSignal.timeout(RPC_START_TIMEOUT)
  })
  const { result } = (await response.json()) as Record<string, unknown>
  const { Cids, Blocks, Height } = (result ?? {}) as Record<string, unknown>
  const cid: unknown = Array.isArray(Cids) ? Cids[0]?.['/'] : undefined
  const timestamp: unknown = Array.isArray(Blocks) ? Blocks[0]?.Timestamp : undefined
  if (typeof cid !== 'string' || typeof timestamp !== 'number' || typeof Height !== 'number') {
    throw new Error(`${method} gave no tipset`)
  }
  return { cid, timestamp, height: Height }
}
