import { systemClock } from '../timing/index.ts'
import type { Head, Tipset } from './index.ts'
import { Genesis, parseNodeUrl, parseTipset } from './lotus.ts'
import { callOver, type LotusHttpInit } from './lotus-http.ts'
import { askTipset } from './settled.ts'

/** A node that is asked for tipsets: its head, and those below. */
export interface TipsetSource {
  /** What the source is, for messages. Never holds a password or token. */
  readonly name: string
  /** @throws {HeadError} when the node cannot tell now */
  head(signal: AbortSignal): Promise<Head>
  /**
   * The tipset at a height of the node's chain, or below it where that was a null round.
   *
   * @throws {HeadError} when the node cannot tell now, or its chain is not that high
   */
  at(height: bigint, signal: AbortSignal): Promise<Tipset>
}

/**
 * A Lotus node, or a gateway to one, that is asked over HTTP for its head and for tipsets by height.
 *
 * @param given `'https://api.node.glif.io/rpc/v1'`
 * @throws {OptionError} when that is no such URL
 */
export function lotusTipsets(given: string | URL, init: LotusHttpInit = {}): TipsetSource {
  const url = parseNodeUrl(given, ['http:', 'https:'])
  const name = `lotus http ${url.host}`
  const call = callOver(url, name, init)
  const genesis = new Genesis(init.clock ?? systemClock)
  return {
    name,
    head: async (signal) => {
      const head = parseTipset(await call('Filecoin.ChainHead', signal), name)
      return genesis.addTo(head, call, name, signal)
    },
    at: (height, signal) => askTipset(call, name, height, [], signal)
  }
}
