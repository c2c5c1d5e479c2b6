// What an operator's program writes, with nothing but the package installed.

import { type AggregatorInit, createAggregator, type NodeRow } from 'fil-heartbeat/aggregator'
import { createRelay, type RelayReport } from 'fil-heartbeat/relay'

const init: AggregatorInit = { keyFile: 'aggregator.key', pace: '3s', http: { port: 0 } }
const aggregator = await createAggregator(init)
const relay = await createRelay({ keyFile: 'relay.key', aggregators: [aggregator.peerId] })
const rows: NodeRow[] = aggregator.nodes()
const report: RelayReport = relay.status()

// @ts-expect-error no such option
await createRelay({ keyFile: 'relay.key', agregators: 'any' })

export { report, rows }
