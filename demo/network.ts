// The local network of the demo: everything is made here, tied together, and ended in reverse.

import { join } from 'node:path'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { multiaddrToUri } from '@multiformats/multiaddr-to-uri'
import { type Aggregator, type AggregatorInit, createAggregator } from '../src/aggregator/index.ts'
import { loadOrCreateKey } from '../src/net/server.ts'
import { createRelay, type Relay } from '../src/relay/index.ts'
import type { Chain } from '../src/timing/index.ts'
import type { DemoOptions } from './arguments.ts'
import { type NodeUrls, startDevChain } from './chain/index.ts'
import { DEV_GENESIS_TIMESTAMP } from './constants.ts'
import { LOOPBACK } from './http.ts'
import { learnLotusNode } from './lotus-node.ts'
import { readOwnNodes, startOwnNodes } from './own-nodes.ts'
import { checkPorts } from './ports.ts'
import { type DemoConfig, type StaticServer, startStaticServer } from './static-server.ts'
import { Switchable } from './switchable.ts'

/** The demo, running. */
export interface Network {
  /** The one address to open. */
  readonly url: string
  readonly config: DemoConfig
  /** Ends everything. */
  stop(): Promise<void>
}

interface ChainSource {
  readonly rpc: NodeUrls
  /** A second node of the same chain, where there is one, for the aggregator to compare with. */
  readonly reference?: NodeUrls
  readonly chain: Chain
  readonly control?: string
}

/**
 * Starts relay, aggregator, chain and page; when one of them fails, the others are ended again.
 *
 * @param root the project's folder
 * @throws {PortTakenError} naming each port that cannot be had, and its flag
 * @throws {NodeError} when a real node was given that does not answer
 */
export async function startNetwork(root: string, options: DemoOptions): Promise<Network> {
  const { chain: chainPort, ...others } = options.ports
  await checkPorts(options.rpc ? others : { ...others, chain: chainPort })
  await using started = new AsyncDisposableStack()
  // The page listens first, since the others must know its origin.
  const page = await startStaticServer(root, options.ports.page)
  started.defer(page.stop)
  const source = await startChain(options, page, started)
  const keys = {
    relay: join(options.data, 'relay.key'),
    aggregator: join(options.data, 'aggregator.key')
  }
  const relay = relaySwitch(keys.relay, options.ports.relay, await peerIdOf(keys.aggregator))
  started.defer(() => relay.close())
  await relay.turn(true)
  const relayAddress = firstAddress(relay.service)
  // A real node is asked by the wallet and the aggregator alone.
  const own = options.rpc ? [] : await readOwnNodes(options.data)
  const aggregator = aggregatorSwitch(options, {
    keyFile: keys.aggregator,
    relays: [relayAddress],
    corsOrigins: page.origins,
    dashboard: join(root, 'dist/dashboard'),
    store: { file: join(options.data, 'history.db') },
    references: [(source.reference ?? source.rpc).http],
    watched: own.map(({ peerId }) => peerId),
    epochPeriod: source.chain.epochPeriod
  })
  started.defer(() => aggregator.close())
  await aggregator.turn(true)
  const config = describe(source, relayAddress, aggregator.service)
  const { rpc, reference = rpc, chain } = source
  const target = firstAddress(aggregator.service)
  // Not the wallet's node, which the page can stall: an operator has his own.
  started.defer(await startOwnNodes(own, { target, rpc: reference.http, chain }))
  page.open({ config, connect: originsIn(config), switches: { relay, aggregator } })
  const running = started.move()
  return { url: page.url, config, stop: () => running.disposeAsync() }
}

async function startChain(
  options: DemoOptions,
  page: StaticServer,
  started: AsyncDisposableStack
): Promise<ChainSource> {
  if (options.rpc) return await learnLotusNode(options.rpc)
  const { epochPeriod, seed, nullRounds } = options
  const server = await startDevChain({
    port: options.ports.chain,
    genesisTimestamp: DEV_GENESIS_TIMESTAMP,
    epochPeriod,
    seed,
    nullRounds,
    controlOrigins: () => page.origins
  })
  started.defer(server.stop)
  return server
}

// A service that is switched off and on again must be where it was, also when its port was 0.
function relaySwitch(keyFile: string, port: number, aggregator: string): Switchable<Relay> {
  let listen = listenAt(port)
  return new Switchable(async () => {
    const relay = await createRelay({ keyFile, listen: [listen], aggregators: [aggregator] })
    await relay.start()
    listen = listenAt(portOf(firstAddress(relay)))
    return relay
  })
}

function aggregatorSwitch(
  { ports }: DemoOptions,
  init: Omit<AggregatorInit, 'listen' | 'http'>
): Switchable<Aggregator> {
  let listen = listenAt(ports.aggregator)
  let http = { host: LOOPBACK, port: ports.http }
  return new Switchable(async () => {
    const aggregator = await createAggregator({ ...init, listen: [listen], http })
    await aggregator.start()
    listen = listenAt(portOf(firstAddress(aggregator)))
    http = { host: LOOPBACK, port: Number(new URL(aggregator.httpUrl ?? '').port) }
    return aggregator
  })
}

function describe(
  { rpc, chain, control }: ChainSource,
  relay: string,
  aggregator: Aggregator | undefined
): DemoConfig {
  const httpUrl = aggregator?.httpUrl ?? ''
  return {
    relay,
    target: `/p2p/${aggregator?.peerId}`,
    direct: firstAddress(aggregator),
    rpc,
    chain,
    feed: `${httpUrl}/feed`,
    api: `${httpUrl}/api`,
    dashboard: `${httpUrl}/`,
    ...(control && { control })
  }
}

function originsIn({ relay, direct, api, rpc }: DemoConfig): string[] {
  const urls = [multiaddrToUri(multiaddr(relay)), multiaddrToUri(multiaddr(direct))]
  return [...urls, api, rpc.http, rpc.ws].map((url) => new URL(url).origin)
}

async function peerIdOf(keyFile: string): Promise<string> {
  return peerIdFromPrivateKey(await loadOrCreateKey(keyFile)).toString()
}

function listenAt(port: number): string {
  return `/ip4/${LOOPBACK}/tcp/${port}/ws`
}

// Circuits come after a server's own addresses.
function firstAddress(server: { readonly addresses: readonly string[] } | undefined): string {
  return server?.addresses[0] ?? ''
}

function portOf(address: string): number {
  return Number(/\/tcp\/(\d+)/.exec(address)?.[1])
}
