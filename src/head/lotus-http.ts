import { MAX_RPC_ANSWER_BYTES } from '../constants.ts'
import { HeadError } from '../errors.ts'
import { systemClock } from '../timing/index.ts'
import { ask } from './ask.ts'
import type { HeadSource } from './index.ts'
import {
  type Call,
  formatRequest,
  parseMessage,
  parseNodeUrl,
  parseTipset,
  readResult
} from './lotus.ts'
import { type PollInit, polledHead } from './poll.ts'
import { HeadDetails } from './settled.ts'

/** What a Lotus node that is asked over HTTP may need. */
export interface LotusHttpInit extends PollInit {
  /** Sent as a bearer token. Public endpoints need none. */
  readonly token?: string
  /** Longest wait for one answer, in ms; `RPC_TIMEOUT` unless given. */
  readonly timeout?: number
  readonly fetch?: typeof globalThis.fetch
}

/**
 * A source that asks a Lotus node, or a gateway to one, by `Filecoin.ChainHead`; watched, once an
 * epoch. Its heads carry the genesis when the node answers `Filecoin.ChainGetGenesis`, and the
 * settled tipset when it answers `Filecoin.ChainGetTipSetByHeight`.
 *
 * @param given `'https://api.node.glif.io/rpc/v1'`
 * @throws {OptionError} when that is no such URL
 */
export function lotusHttpHead(given: string | URL, init: LotusHttpInit = {}): HeadSource {
  const url = parseNodeUrl(given, ['http:', 'https:'])
  const name = `lotus http ${url.host}`
  const { clock = systemClock } = init
  const call = callOver(url, name, init)
  const details = new HeadDetails(clock)
  const read = async (signal: AbortSignal) => {
    const head = parseTipset(await call('Filecoin.ChainHead', signal), name)
    return details.addTo(head, call, name, signal)
  }
  return polledHead(name, read, init)
}

/** Calls methods of a node by HTTP requests, one each. */
export function callOver(url: URL, name: string, init: LotusHttpInit): Call {
  const { clock = systemClock, token } = init
  const headers = {
    'content-type': 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` })
  }
  let lastId = 0
  return (method, outer, timeout = init.timeout, params = []) => {
    const request = async (signal: AbortSignal): Promise<unknown> => {
      const fetch = init.fetch ?? globalThis.fetch
      const response = await fetch(url, {
        method: 'POST',
        headers,
        body: formatRequest(++lastId, method, params),
        // The node need not learn which page asks, nor get the cookies of its own site.
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
        cache: 'no-store',
        signal
      })
      const text = await readBounded(response, name)
      // Lotus sends its JSON-RPC errors with status 500: what the body says is worth more.
      if (!response.ok && !text.startsWith('{'))
        throw new HeadError(name, `HTTP ${response.status}`)
      const result = readResult(parseMessage(text, name), name, method)
      if (!response.ok) throw new HeadError(name, `HTTP ${response.status}`)
      return result
    }
    const limit = timeout === undefined ? {} : { timeout }
    return ask({ source: name, what: method, ask: request, clock, ...limit }, outer)
  }
}

async function readBounded(response: Response, name: string): Promise<string> {
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true }
    if (done) return (text + decoder.decode()).trimStart()
    size += value.byteLength
    if (size > MAX_RPC_ANSWER_BYTES) {
      // Without the cancel the rest would still be fetched.
      await reader?.cancel()
      throw new HeadError(name, `the answer is longer than ${MAX_RPC_ANSWER_BYTES} bytes`)
    }
    text += decoder.decode(value, { stream: true })
  }
}
