// What Lotus says over JSON-RPC, whichever way it is asked: tipsets, answers, errors. Opens nothing.

import { FAILURE_REPEAT_PERIOD, GENESIS_TIMEOUT } from '../constants.ts'
import { HeadError, OptionError } from '../errors.ts'
import type { Clock } from '../timing/index.ts'
import { describe } from './ask.ts'
import { checkHead } from './check-head.ts'
import type { Head } from './index.ts'

/** A parsed JSON-RPC message of any kind. */
export interface RpcMessage {
  readonly id?: unknown
  readonly method?: unknown
  readonly params?: unknown
  readonly result?: unknown
  readonly error?: unknown
}

/** Calls a method of a node. */
export type Call = (
  method: string,
  signal: AbortSignal,
  timeout?: number,
  params?: readonly unknown[]
) => Promise<unknown>

/** The text of a JSON-RPC request. */
export function formatRequest(id: number, method: string, params: readonly unknown[] = []): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params })
}

/**
 * Parses one JSON-RPC message.
 *
 * @throws {HeadError} when it is no JSON object
 */
export function parseMessage(text: string, source: string): RpcMessage {
  let message: unknown
  try {
    message = JSON.parse(text)
  } catch (cause) {
    throw new HeadError(source, 'the answer is not JSON', { cause })
  }
  if (typeof message !== 'object' || message === null || Array.isArray(message)) {
    throw new HeadError(source, 'the answer is not a JSON-RPC message')
  }
  return message
}

/**
 * The result of an answer.
 *
 * @throws {HeadError} with the node's code and words, when it answered with an error
 */
export function readResult(message: RpcMessage, source: string, method: string): unknown {
  const { error, result } = message
  if (error !== undefined && error !== null) {
    throw new HeadError(source, `${method} answered an error: ${describe(error)}`)
  }
  if (result === undefined) throw new HeadError(source, `${method} answered without a result`)
  return result
}

/**
 * A head from a Lotus tipset, `{ Cids: [{ '/': … }], Blocks: [{ Timestamp, … }], Height }`.
 *
 * @throws {HeadError} when it has another shape, or no block
 */
export function parseTipset(tipset: unknown, source: string): Head {
  const { Cids, Blocks, Height } = (tipset ?? {}) as Record<string, unknown>
  if (!Array.isArray(Cids) || Cids.length === 0) {
    throw new HeadError(source, 'the tipset has no Cids')
  }
  // Lotus heights are JSON numbers, whole and below 2^53: checkHead refuses any other.
  if (typeof Height !== 'number') throw new HeadError(source, 'the tipset has no Height')
  // All blocks of a tipset carry the same time.
  const timestamp: unknown = Array.isArray(Blocks) ? Blocks[0]?.Timestamp : undefined
  return checkHead({ cids: Cids.map((cid) => cid?.['/']), height: Height, timestamp }, source)
}

/** Learns the genesis of a node's chain, once. A node that does not tell it is asked again later. */
export class Genesis {
  readonly #clock: Clock
  #cid: string | undefined
  #askAt = Number.NEGATIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The head with the CID of its genesis, when the node tells it. Never fails but by the signal. */
  async addTo(head: Head, call: Call, source: string, signal: AbortSignal): Promise<Head> {
    const genesis = await this.#read(call, source, signal)
    return genesis === undefined ? head : { ...head, genesis }
  }

  async #read(call: Call, source: string, signal: AbortSignal): Promise<string | undefined> {
    if (this.#cid !== undefined || this.#clock.elapsed() < this.#askAt) return this.#cid
    try {
      const tipset = await call('Filecoin.ChainGetGenesis', signal, GENESIS_TIMEOUT)
      this.#cid = parseTipset(tipset, source).cids[0]
    } catch {
      signal.throwIfAborted()
      this.#askAt = this.#clock.elapsed() + FAILURE_REPEAT_PERIOD
    }
    return this.#cid
  }
}

/**
 * Reads the address of a node. Messages show its host alone, since paths and queries carry keys.
 *
 * @param protocols the schemes that fit, `['http:', 'https:']`
 * @throws {OptionError} when it is no such URL, or has a user name or password in it
 */
export function parseNodeUrl(given: string | URL, protocols: readonly string[]): URL {
  const wanted = protocols.map((protocol) => `${protocol}//`).join(' or ')
  if (!URL.canParse(`${given}`))
    throw new OptionError('url', `not a URL that begins with ${wanted}`)
  const url = new URL(given)
  if (!protocols.includes(url.protocol)) {
    throw new OptionError('url', `"${url.protocol}//${url.host}" does not begin with ${wanted}`)
  }
  if (url.username || url.password) {
    throw new OptionError('url', `${url.host} is given with a user or password: use a token`)
  }
  url.hash = ''
  return url
}
