// What the tests of net and of its users share: real nodes on loopback, and a proxy that can hold
// back one direction, so that round trips can be counted instead of milliseconds.

import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { Connection, Libp2p, PrivateKey } from '@libp2p/interface'
import { webSockets } from '@libp2p/websockets'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { createPageNode, type PageNode, type PageNodeInit } from './page-node.ts'
import type { RelayNode } from './relay-load.ts'
import {
  type AggregatorNode,
  type AggregatorNodeInit,
  createAggregatorNode,
  createRelayNode,
  type RelayNodeInit
} from './server-node.ts'

/** Any free port of this machine alone. */
export const LOOPBACK = '/ip4/127.0.0.1/tcp/0/ws'

/** A folder that goes with the test. */
export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fil-heartbeat-'))
  t.after(() => rm(folder, { recursive: true }))
  return folder
}

/** A protocol for tests. */
export const ECHO_PROTOCOL = '/test/echo/1'

/** Ends every wait of a test that hangs. */
export function deadline(timeout = 20_000): AbortSignal {
  return AbortSignal.timeout(timeout)
}

/** Resolves once `holds` does; rejects, naming `what`, when it does not within 20 s. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const signal = deadline()
  while (!(await holds())) {
    if (signal.aborted) throw new Error(`waited in vain for: ${what}`)
    await delay(5)
  }
}

/** A fresh Ed25519 key. */
export function newKey(): Promise<PrivateKey> {
  return generateKeyPair('Ed25519')
}

/** The first address that a node can be dialled at. */
export function addressOf(node: Libp2p): Multiaddr {
  const [address] = node.getMultiaddrs()
  if (address === undefined) throw new Error('the node does not listen')
  return address
}

/** The TCP port of that address. */
export function tcpPortOf(node: Libp2p): number {
  return Number(/\/tcp\/(\d+)/.exec(addressOf(node).toString())?.[1])
}

/** The way to `target` through `relay`, by circuit or by WebRTC that is agreed on over a circuit. */
export function throughRelay(relay: Libp2p, target: Libp2p, last: '' | '/webrtc' = ''): Multiaddr {
  return multiaddr(`${addressOf(relay)}/p2p-circuit${last}/p2p/${target.peerId}`)
}

/** Starts a relay's node that ends with the test. */
export async function startRelayNode(
  t: TestContext,
  init: Partial<RelayNodeInit> = {}
): Promise<RelayNode> {
  const node = await createRelayNode({
    privateKey: await newKey(),
    listen: [LOOPBACK],
    mayReserve: () => true,
    ...init
  })
  t.after(() => node.stop())
  await node.start()
  return node
}

/** Starts an aggregator's node, which echoes, and which ends with the test. */
export async function startAggregatorNode(
  t: TestContext,
  init: Partial<AggregatorNodeInit> = {}
): Promise<AggregatorNode> {
  const node = await createAggregatorNode({
    privateKey: await newKey(),
    listen: [LOOPBACK],
    relays: [],
    maxWebRtcConnections: 10,
    relayRetryPeriod: 50,
    ...init
  })
  t.after(() => node.stop())
  await echo(node)
  await node.start()
  return node
}

/** Starts a page's node that ends with the test. */
export async function startPageNode(
  t: TestContext,
  init: Partial<PageNodeInit> = {}
): Promise<PageNode> {
  const node = await createPageNode({ webrtc: false, allowPrivateAddresses: true, ...init })
  t.after(() => node.stop())
  return node
}

/** Starts js-libp2p as it comes, echoing; it ends with the test. */
export async function startPlainNode(t: TestContext): Promise<Libp2p> {
  const node = await createLibp2p({
    addresses: { listen: [LOOPBACK] },
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()]
  })
  t.after(() => node.stop())
  await echo(node)
  return node
}

/**
 * Opens WebRTC through a relay. On loopback, node-datachannel sometimes hears the other side before
 * it has taken in whom to expect, and js-libp2p then waits for the signal: so this tries again.
 */
export async function dialWebRtc(page: PageNode, target: Multiaddr): Promise<Connection> {
  const signal = deadline()
  for (;;) {
    try {
      const each = AbortSignal.any([signal, AbortSignal.timeout(2_500)])
      const connection = await page.services.dialer.dial(target, each)
      if (connection.status === 'open') return connection
    } catch (error) {
      if (!(error instanceof DOMException) || signal.aborted) throw error
    }
  }
}

/** Resolves when the aggregator can be reached through all of its relays. */
export async function untilReserved(aggregator: AggregatorNode): Promise<void> {
  await until('a reservation on every relay', () =>
    aggregator.services.reservations.relays.every(({ reserved }) => reserved)
  )
}

/** Lets a node send back what comes in over `ECHO_PROTOCOL`. */
async function echo(node: Libp2p): Promise<void> {
  await node.handle(
    ECHO_PROTOCOL,
    (stream) => {
      stream.addEventListener('message', ({ data }) => {
        if (stream.writeStatus === 'writable') stream.send(data)
      })
    },
    { runOnLimitedConnection: true, maxInboundStreams: 1_000 }
  )
}

/** A TCP proxy in front of a node. */
export interface Proxy {
  /** The node's address by way of the proxy. */
  readonly address: Multiaddr
  /** Sockets open at the side of the dialler. */
  sockets(): number
  /** Drops what the node answers from now on. */
  dropAnswers(): void
}

/** Starts a proxy in front of the first address of `node`; it ends with the test. */
export async function startProxy(t: TestContext, node: Libp2p): Promise<Proxy> {
  const target = addressOf(node).toString()
  const port = Number(/\/tcp\/(\d+)\//.exec(target)?.[1])
  const diallers = new Set<Socket>()
  const answerers = new Set<Socket>()
  const server = createServer((dialler) => {
    const answerer = connect(port, '127.0.0.1')
    diallers.add(dialler)
    answerers.add(answerer)
    dialler.pipe(answerer).pipe(dialler)
    for (const socket of [dialler, answerer]) socket.on('error', () => {})
    dialler.on('close', () => {
      diallers.delete(dialler)
      answerer.destroy()
    })
    answerer.on('close', () => {
      answerers.delete(answerer)
      dialler.destroy()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of [...diallers, ...answerers]) socket.destroy()
    server.close()
  })
  const own = (server.address() as AddressInfo).port
  return {
    address: multiaddr(target.replace(`/tcp/${port}/`, `/tcp/${own}/`)),
    sockets: () => diallers.size,
    dropAnswers: () => {
      for (const socket of answerers) socket.unpipe().resume()
    }
  }
}
