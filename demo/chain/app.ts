// The development chain over HTTP: what anyone may ask, and what the demo's page may order.

import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { cors } from 'hono/cors'
import { MAX_REQUEST_BYTES } from '../constants.ts'
import { onlyFrom, readObject } from '../http.ts'
import type { DevChain } from './chain.ts'
import { answer, type RpcRequest, readRequest, refusal } from './rpc.ts'
import type { Subscriptions } from './subscriptions.ts'
import type { ChainView } from './view.ts'

/** One node: what it knows, and who listens to it. */
export interface Node {
  readonly view: ChainView
  readonly subscriptions: Subscriptions
}

/** The two nodes of a development chain. */
export interface Nodes {
  /** The wallet's, which can be stalled. */
  readonly wallet: Node
  /** The one that always follows. */
  readonly reference: Node
}

/** What the app serves. */
export interface ChainAppInit {
  readonly chain: DevChain
  readonly nodes: Nodes
  /** Lets the nodes catch up with the chain, and tells those who listen. */
  readonly follow: () => void
  /** Origins of the pages that may give orders. */
  readonly controlOrigins: () => readonly string[]
}

/** The node that answers at a path, if any does. */
export function nodeAt(path: string, { wallet, reference }: Nodes): Node | undefined {
  if (/^\/rpc\/v[01]$/.test(path)) return wallet
  return /^\/reference\/rpc\/v[01]$/.test(path) ? reference : undefined
}

/** Builds the app: JSON-RPC for anyone, and `/control`: its state, and orders by `POST`. */
export function buildApp(init: ChainAppInit): Hono {
  const { nodes, controlOrigins } = init
  const app = new Hono()
  app.use(bodyLimit({ maxSize: MAX_REQUEST_BYTES }))
  const isControl = (context: Context): boolean => context.req.path === '/control'
  // Anyone may ask a chain, as of a public node; only the demo's page may hold it still.
  const origin = (from: string, context: Context): string | undefined => {
    if (!isControl(context)) return '*'
    return controlOrigins().includes(from) ? from : undefined
  }
  const allowHeaders = ['content-type', 'authorization']
  app.use(cors({ origin, allowHeaders, allowMethods: ['GET', 'POST'] }))
  app.get('/control', (context) => context.json(stateOf(nodes)))
  app.post('/control', onlyFrom(controlOrigins), (context) => obey(context, init))
  app.post('*', async (context) => {
    const node = nodeAt(context.req.path, nodes)
    return node ? answerHttp(context, node.view) : context.notFound()
  })
  return app
}

async function answerHttp(context: Context, view: ChainView): Promise<Response> {
  let request: RpcRequest
  try {
    request = readRequest(await context.req.text())
  } catch (error) {
    return context.json(refusal(error), 400)
  }
  const message = answer(view, request)
  // Lotus sends its errors with status 500.
  return context.json(message, 'error' in message ? 500 : 200)
}

async function obey(context: Context, { chain, nodes, follow }: ChainAppInit): Promise<Response> {
  const { view } = nodes.wallet
  const { stall, revert, ...rest } = await readObject(context)
  const isStall = stall === undefined || typeof stall === 'boolean'
  const isRevert = revert === undefined || typeof revert === 'number'
  const isNothing = stall === undefined && revert === undefined
  if (!isStall || !isRevert || isNothing || Object.keys(rest).length > 0) {
    return context.json({ error: 'say { "stall": true or false } or { "revert": number }' }, 400)
  }
  try {
    if (revert !== undefined) chain.revert(revert)
  } catch (error) {
    return context.json({ error: (error as Error).message }, 400)
  }
  if (stall !== undefined) view.stalled = stall
  follow()
  return context.json(stateOf(nodes))
}

function stateOf({ wallet: { view } }: Nodes) {
  return { stalled: view.stalled, height: view.head.Height }
}
