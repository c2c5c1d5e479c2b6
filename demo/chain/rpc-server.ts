import { WebSocketServer } from 'ws'
import {
  type Chain,
  type Clock,
  epochAt,
  systemClock,
  untilNextEpoch
} from '../../src/timing/index.ts'
import { MAX_REQUEST_BYTES } from '../constants.ts'
import { type Listening, LOOPBACK, listen } from '../http.ts'
import { buildApp, type Node, type Nodes, nodeAt } from './app.ts'
import { DevChain } from './chain.ts'
import { Subscriptions } from './subscriptions.ts'
import { ChainView } from './view.ts'

/** What a served development chain is made of. */
export interface DevChainServerInit {
  /** TCP port on 127.0.0.1; 0 takes any that is free. */
  readonly port: number
  /** When epoch 0 began, in Unix seconds. */
  readonly genesisTimestamp: number
  /** Length of an epoch, in ms: whole seconds. */
  readonly epochPeriod: number
  /** Origins of the pages whose buttons may stall and revert the chain. */
  readonly controlOrigins?: () => readonly string[]
  readonly seed?: string
  /** Share of epochs without a block; 0 unless given. */
  readonly nullRounds?: number
  readonly clock?: Clock
}

/** Where one node of the development chain answers. */
export interface NodeUrls {
  readonly http: string
  readonly ws: string
}

/** A development chain that is up. */
export interface DevChainServer {
  readonly port: number
  readonly chain: Chain & { readonly genesis: string }
  /** The wallet's node: the one that can be stalled. */
  readonly rpc: NodeUrls
  /** A second node, which always follows the chain: what others see. */
  readonly reference: NodeUrls
  /** Takes `{ "stall": boolean }` and `{ "revert": number }`. */
  readonly control: string
  stop(): Promise<void>
}

/**
 * Starts a chain that makes a tipset each epoch, and two nodes that tell of it as Lotus does, over
 * HTTP and WebSocket on one port: `/rpc/v1`, which can be stalled, and `/reference/rpc/v1`.
 *
 * @throws Node's error when it cannot listen, `EADDRINUSE` for one
 */
export async function startDevChain(init: DevChainServerInit): Promise<DevChainServer> {
  const { clock = systemClock, genesisTimestamp, epochPeriod } = init
  const pace = { genesisTimestamp, epochPeriod }
  const chain = new DevChain({ ...init, height: epochAt(pace, clock.now()) })
  const nodes = { wallet: newNode(chain), reference: newNode(chain) }
  const follow = (): void => {
    for (const { view, subscriptions } of Object.values(nodes)) subscriptions.notify(view.follow())
  }
  const { controlOrigins = () => [] } = init
  const app = buildApp({ chain, nodes, follow, controlOrigins })
  const listening = await listen(app, init.port)
  const endSockets = acceptSockets(listening, nodes)
  const endEpochs = eachEpoch(pace, clock, () => {
    chain.growTo(epochAt(pace, clock.now()))
    follow()
  })
  const urls = (path: string): NodeUrls => ({
    http: `http://${LOOPBACK}:${listening.port}${path}`,
    ws: `ws://${LOOPBACK}:${listening.port}${path}`
  })
  return {
    port: listening.port,
    chain: { ...pace, genesis: chain.genesis.Cids[0]?.['/'] ?? '' },
    rpc: urls('/rpc/v1'),
    reference: urls('/reference/rpc/v1'),
    control: urls('/control').http,
    stop: async () => {
      endEpochs()
      endSockets()
      await listening.stop()
    }
  }
}

function newNode(chain: DevChain): Node {
  const view = new ChainView(chain)
  return { view, subscriptions: new Subscriptions(view) }
}

function acceptSockets({ server }: Listening, nodes: Nodes): () => void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_REQUEST_BYTES })
  server.on('upgrade', (request, socket, first) => {
    // A caller that hangs up meanwhile is no failure of this process.
    socket.on('error', () => {})
    const node = nodeAt(request.url?.split('?')[0] ?? '', nodes)
    if (!node) return socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n')
    sockets.handleUpgrade(request, socket, first, (ws) => node.subscriptions.welcome(ws))
  })
  return () => {
    for (const socket of sockets.clients) socket.terminate()
  }
}

// Set anew for each epoch, so that late timers do not add up.
function eachEpoch(chain: Chain, clock: Clock, run: () => void): () => void {
  let cancel = (): void => {}
  const next = (): void => {
    cancel = clock.after(untilNextEpoch(chain, clock.now()), () => {
      run()
      next()
    })
  }
  next()
  return () => cancel()
}
