import { CALIBRATION_CHAIN_ID, MAINNET_CHAIN_ID, MAX_HEIGHT } from '../constants.ts'
import { HeadError } from '../errors.ts'
import { CALIBRATION, type Chain, MAINNET, systemClock } from '../timing/index.ts'
import { ask, quote } from './ask.ts'
import type { HeadSource } from './index.ts'
import { type PollInit, polledHead } from './poll.ts'

/** What this source needs of a wallet's provider, as EIP-1193 defines it: `window.ethereum` has it. */
export interface Eip1193Provider {
  request(call: { method: string }): Promise<unknown>
}

/** How to ask a wallet's provider. */
export interface Eip1193Init extends PollInit {
  /**
   * EIP-155 id of the chain that the wallet must be on: a wallet switched to another chain tells
   * that chain's blocks. That of `chain` unless given; a chain of one's own is not checked then.
   */
  readonly chainId?: number
  /** Longest wait for one answer, in ms; `RPC_TIMEOUT` unless given. */
  readonly timeout?: number
}

/**
 * A source that asks the provider of an Ethereum-style wallet. It knows the height alone: Filecoin
 * nodes answer `eth_blockNumber` with the parent of the head, so the head is one epoch above, or
 * more after null rounds, and its CIDs are not told. Neither method makes a wallet ask its user.
 */
export function eip1193Head(provider: Eip1193Provider, init: Eip1193Init = {}): HeadSource {
  const name = 'wallet provider'
  const { clock = systemClock, chain = MAINNET } = init
  const chainId = init.chainId ?? knownChainId(chain)
  const limit = init.timeout === undefined ? {} : { timeout: init.timeout }
  const quantity = (method: string, signal: AbortSignal): Promise<bigint> => {
    const request = async () => parseQuantity(await provider.request({ method }), method, name)
    return ask({ source: name, what: method, ask: request, clock, ...limit }, signal)
  }
  const read = async (signal: AbortSignal) => {
    if (chainId !== undefined) {
      const actual = await quantity('eth_chainId', signal)
      if (actual !== BigInt(chainId)) {
        throw new HeadError(name, `the wallet is on chain ${actual}, not on ${chainId}`)
      }
    }
    return { cids: [], height: (await quantity('eth_blockNumber', signal)) + 1n }
  }
  return polledHead(name, read, init)
}

function knownChainId(chain: Chain): number | undefined {
  if (chain === MAINNET) return MAINNET_CHAIN_ID
  return chain === CALIBRATION ? CALIBRATION_CHAIN_ID : undefined
}

function parseQuantity(answer: unknown, method: string, source: string): bigint {
  const fine = typeof answer === 'string' && /^0x[0-9a-f]{1,16}$/i.test(answer)
  const quantity = fine ? BigInt(answer) : MAX_HEIGHT
  // The head above the highest block could not be told in 64 bits.
  if (quantity < MAX_HEIGHT) return quantity
  const shown = typeof answer === 'string' ? quote(answer) : typeof answer
  throw new HeadError(source, `${method} answered ${shown}, not a hexadecimal quantity`)
}
