// JSON-RPC as Lotus speaks it, over any socket: text in, an answer out. Opens nothing.

import type { ChainView } from './view.ts'

/** A request that is one. */
export interface RpcRequest {
  readonly id: number | string | null
  readonly method: string
  readonly params: readonly unknown[]
}

/** What goes back: an answer, or one of go-jsonrpc's notifications. */
export type RpcMessage = { readonly jsonrpc: '2.0' } & Record<string, unknown>

const PARSE_ERROR = -32_700
const INVALID_REQUEST = -32_600
const METHOD_NOT_FOUND = -32_601
const INVALID_PARAMS = -32_602

const METHODS: Record<string, (view: ChainView, params: readonly unknown[]) => unknown> = {
  'Filecoin.ChainHead': (view) => view.head,
  'Filecoin.ChainGetGenesis': (view) => view.genesis,
  'Filecoin.ChainGetTipSetByHeight': (view, [height]) => view.at(readHeight(height)),
  'Filecoin.StateNetworkName': () => 'devnet'
}

/** What a request is refused with. */
export class RpcError extends Error {
  override readonly name = 'RpcError'
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

/**
 * Reads one request. Batches are refused, as Lotus refuses them.
 *
 * @throws {RpcError} when it is none
 */
export function readRequest(text: string): RpcRequest {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new RpcError(PARSE_ERROR, 'the request is not JSON')
  }
  const { id = null, method, params = [] } = (value ?? {}) as Record<string, unknown>
  const hasId = id === null || typeof id === 'number' || typeof id === 'string'
  if (!hasId || typeof method !== 'string' || !Array.isArray(params)) {
    throw new RpcError(INVALID_REQUEST, 'the request is not one of JSON-RPC 2.0')
  }
  return { id, method, params }
}

/** Answers a request from what a node knows. */
export function answer(view: ChainView, { id, method, params }: RpcRequest): RpcMessage {
  try {
    // `constructor` is no method of the chain.
    const call = Object.hasOwn(METHODS, method) ? METHODS[method] : undefined
    if (!call) throw new RpcError(METHOD_NOT_FOUND, `method '${method.slice(0, 100)}' not found`)
    return { jsonrpc: '2.0', result: call(view, params), id }
  } catch (error) {
    return refusal(error, id)
  }
}

/** The answer to a request that failed. */
export function refusal(error: unknown, id: RpcRequest['id'] = null): RpcMessage {
  // Lotus answers with code 1 when a method itself fails.
  const code = error instanceof RpcError ? error.code : 1
  return { jsonrpc: '2.0', error: { code, message: (error as Error).message }, id }
}

function readHeight(height: unknown): number {
  if (typeof height === 'number' && Number.isSafeInteger(height) && height >= 0) return height
  throw new RpcError(INVALID_PARAMS, 'the height is not a whole number')
}
