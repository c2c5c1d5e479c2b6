import { type HeadSource, lotusHttpHead, lotusWebSocketHead } from '../head/index.ts'
import type { Chain } from '../timing/index.ts'

/** A source that follows a Lotus node, by subscription where the URL is a WebSocket's. */
export function rpcHead(rpc: string, chain: Chain): HeadSource {
  return new URL(rpc).protocol.startsWith('ws')
    ? lotusWebSocketHead(rpc, { chain })
    : lotusHttpHead(rpc, { chain })
}
