// The demo wallet: what a wallet's own code does beside <fil-heartbeat>. It follows its provider,
// hands each head to the element, and shows what arrives at the other end.

import { render } from 'lit'
import type { FilHeartbeatElement } from '../src/element/index.ts'
import { type Head, lotusWebSocketHead } from '../src/head/index.ts'
import { drawAccount, drawActivity, type Transfer, transferIn } from './wallet-account.ts'
import { drawFaults, readFaults } from './wallet-faults.ts'
import { drawNodes, followNodes, type NodeRow } from './wallet-nodes.ts'

const config: Config = await (await fetch('/demo/config.json')).json()
const heartbeat = document.querySelector('fil-heartbeat') as FilHeartbeatElement

let head: Head | undefined
let transfers: readonly Transfer[] = []
let nodes: ReadonlyMap<string, NodeRow> = new Map()
let feed: 'live' | 'lost' = 'lost'
const faults = await readFaults(config.control)

// 1. The wallet learns a head from its provider, and hands it to the element.
lotusWebSocketHead(config.rpc.ws, { chain: config.chain }).watch?.(
  {
    head: (next) => {
      head = next
      heartbeat.head = next
      transfers = [transferIn(next), ...transfers.filter(({ height }) => height < next.height)]
        .filter(({ amount }) => amount !== 0)
        .slice(0, 6)
      draw()
    },
    error: (error) => console.warn('the provider cannot tell the head:', error.message)
  },
  new AbortController().signal
)
heartbeat.chain = config.chain
heartbeat.beatPeriod = config.chain.epochPeriod
heartbeat.reconnectPeriod = '2s'

// 2. The same beats, seen from the other end.
followNodes(config.feed, (state, rows) => {
  feed = state
  nodes = rows
  draw()
})

// 3. Everything is drawn anew when something changed, and once a second for the ages.
heartbeat.addEventListener('fil-heartbeat-change', draw)
setInterval(draw, 1_000)
draw()

function draw(): void {
  render(drawAccount(head, transfers), part('account'))
  render(drawActivity(transfers), part('activity'))
  render(drawNodes(nodes, feed, heartbeat.lastBeat?.height, config.dashboard), part('aggregator'))
  render(drawFaults(faults, config.control, draw), part('faults'))
}

function part(id: string): HTMLElement {
  return document.getElementById(id) as HTMLElement
}

/** Where everything runs, as the demo's server tells it. Periods are in ms. */
interface Config {
  readonly rpc: { readonly ws: string }
  readonly chain: { genesis?: string; genesisTimestamp: number; epochPeriod: number }
  readonly feed: string
  readonly dashboard: string
  readonly control?: string
}
