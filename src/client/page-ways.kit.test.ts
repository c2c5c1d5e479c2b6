// What tests of a page's ways share: a network on loopback, and who climbs in
// it. No tests of its own.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { HEARTBEAT_PROTOCOL_V2 } from '../constants.ts'
import type { Leg, Way } from '../heartbeat/index.ts'
import { createPageNode, type PageNode } from '../net/index.ts'
import { type AggregatorNode, createAggregatorNode, createRelayNode } from '../net/server.ts'
import { untilReserved } from '../net/test-kit.ts'
import { systemClock } from '../timing/index.ts'
import { type Beat, decodeBeat, MessageReader } from '../wire/index.ts'
import { findCandidates } from './addresses.ts'
import { Ladder } from './ladder.ts'
import { PageWays } from './page-ways.ts'

/** Every way, in the order of a page's own preference. */
export const WAYS: readonly Way[] = ['websocket', 'relayed', 'webrtc']

/** Somebody who is nowhere. */
export const STRANGER = '/p2p/12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq'

/** A relay where nothing listens. */
export const DEAD_RELAY = `/ip4/127.0.0.1/tcp/1/ws${STRANGER}`

/** For what is not given up. */
export const signal = new AbortController().signal

/** A relay and an aggregator that writes down what arrives, on loopback. */
export class Network extends EventTarget {
  readonly relay: Libp2p
  readonly aggregator: AggregatorNode
  readonly lines: string[] = []
  readonly streams = new Set<Stream>()

  constructor(relay: Libp2p, aggregator: AggregatorNode) {
    super()
    this.relay = relay
    this.aggregator = aggregator
  }

  static async start(maxWebRtcConnections = 10): Promise<Network> {
    const [relayKey, key] = await Promise.all([
      generateKeyPair('Ed25519'),
      generateKeyPair('Ed25519')
    ])
    const listen = ['/ip4/127.0.0.1/tcp/0/ws']
    const relay = await createRelayNode({ privateKey: relayKey, listen, mayReserve: () => true })
    await relay.start()
    const relays = relay.getMultiaddrs()
    const aggregator = await createAggregatorNode({
      privateKey: key,
      listen,
      relays,
      maxWebRtcConnections
    })
    const network = new Network(relay, aggregator)
    await aggregator.handle(
      HEARTBEAT_PROTOCOL_V2,
      (stream, connection) => network.take(stream, connection),
      { runOnLimitedConnection: true }
    )
    await aggregator.start()
    await untilReserved(aggregator)
    return network
  }

  take(stream: Stream, connection: Connection): void {
    this.streams.add(stream)
    const reader = new MessageReader()
    stream.addEventListener('message', ({ data }) => {
      for (const result of reader.push(data.subarray())) {
        assert.ok('message' in result)
        this.lines.push(`${wayAt(connection)} ${decodeBeat(result.message).nickname}`)
      }
      this.dispatchEvent(new Event('line'))
    })
    stream.addEventListener('close', () => this.streams.delete(stream))
  }

  async line(text: string): Promise<void> {
    while (!this.lines.includes(text)) await once(this, 'line')
  }

  get direct(): string {
    return String(this.aggregator.getMultiaddrs()[0])
  }

  get bare(): string {
    return `/p2p/${this.aggregator.peerId}`
  }

  get relayAddress(): string {
    return String(this.relay.getMultiaddrs()[0])
  }

  async stop(): Promise<void> {
    await Promise.all([this.relay.stop(), this.aggregator.stop()])
  }
}

/** The way that a connection goes, by its address. */
export function wayAt({ remoteAddr }: Connection): Way {
  const text = remoteAddr.toString()
  return text.includes('webrtc') ? 'webrtc' : text.includes('p2p-circuit') ? 'relayed' : 'websocket'
}

/** A page's node, and the ladder that it climbs. */
export interface Climber {
  readonly node: PageNode
  readonly ladder: Ladder
  readonly upgrades: (string | undefined)[]
  /** Resolves with the leg over WebRTC. */
  readonly better: Promise<Leg>
  /** Resolves once an attempt at it has failed. */
  readonly failed: Promise<void>
  open(doubt?: boolean): Promise<Leg>
}

/** Makes one; its node is stopped by the test. */
export async function climber(
  targets: readonly string[],
  relays: readonly string[],
  routes: readonly Way[] = WAYS,
  webrtc = true
): Promise<Climber> {
  const node = await createPageNode({ webrtc, allowPrivateAddresses: true })
  const upgrades: (string | undefined)[] = []
  const better = Promise.withResolvers<Leg>()
  const failed = Promise.withResolvers<void>()
  const ladder = new Ladder({
    ways: new PageWays(node),
    addresses: async () => findCandidates(targets, relays, routes),
    routes,
    webrtc,
    clock: systemClock,
    upgradeTimeout: 2_000,
    onUpgrade: (upgrade) => {
      upgrades.push(upgrade)
      if (upgrade === 'failed') failed.resolve()
    }
  })
  const open = (doubt = false): Promise<Leg> => ladder.open(signal, better.resolve, { doubt })
  return { node, ladder, upgrades, better: better.promise, failed: failed.promise, open }
}

/** A beat that says something. */
export const beat = (nickname: string): Beat => ({
  seq: 1,
  session: new Uint8Array(8),
  head: [],
  height: 1n,
  nickname,
  minerAddress: '',
  next: 3_000
})
