// What the tests of this room share: a real aggregator on loopback, and streams of beats to it.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { HEARTBEAT_PROTOCOL_V1 } from '../constants.ts'
import { LOOPBACK } from '../net/test-kit.ts'
import { buildAggregator } from './aggregator.ts'
import type { Aggregator, AggregatorInit, NodeRow } from './index.ts'
import { DEFAULT_LIMITS, type Limits } from './limits.ts'

/** A folder that goes with the test. */
export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fil-heartbeat-'))
  t.after(() => rm(folder, { recursive: true }))
  return folder
}

/** Starts an aggregator on loopback that ends with the test. */
export async function startAggregator(
  t: TestContext,
  init: Partial<AggregatorInit> = {},
  limits: Partial<Limits> = {}
): Promise<Aggregator> {
  const keyFile = join(await temporaryFolder(t), 'key')
  const whole = { keyFile, listen: [LOOPBACK], http: { port: 0 }, ...init }
  const aggregator = await buildAggregator(whole, { ...DEFAULT_LIMITS, ...limits })
  t.after(() => aggregator.stop())
  await aggregator.start()
  return aggregator
}

/** Opens a heartbeat stream, on a connection or on the one that `node` has or makes. */
export async function openStream(
  by: Libp2p | Connection,
  aggregator?: Aggregator
): Promise<Stream> {
  if (aggregator === undefined) {
    return await (by as Connection).newStream(HEARTBEAT_PROTOCOL_V1, {
      runOnLimitedConnection: true
    })
  }
  const [address = ''] = aggregator.addresses
  return await (by as Libp2p).dialProtocol(multiaddr(address), HEARTBEAT_PROTOCOL_V1)
}

/** A line as a go-filecoin node writes it. */
export function line(height: number | bigint, nickname = ''): Uint8Array<ArrayBuffer> {
  return bytes(`{"Head":"{ }","Height":${height},"Nickname":"${nickname}","MinerAddress":""}\n`)
}

export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}

/** Resolves when a stream is closed. */
export async function closed(stream: Stream): Promise<void> {
  if (stream.status === 'open' || stream.status === 'closing') {
    await new Promise((resolve) => stream.addEventListener('close', resolve, { once: true }))
  }
}

/** The rows, asked for as a dashboard asks. */
export async function fetchNodes(aggregator: Aggregator): Promise<NodeRow[]> {
  const answer = await fetch(`${aggregator.httpUrl}/api/nodes`)
  return (await answer.json()).nodes
}

/** The row of one peer. */
export function rowOf(aggregator: Aggregator, node: Libp2p): NodeRow | undefined {
  return aggregator.nodes().find(({ peer }) => peer === node.peerId.toString())
}
