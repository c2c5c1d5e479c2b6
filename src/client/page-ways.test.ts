import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { cleanup } from 'node-datachannel'
import { HEARTBEAT_PROTOCOL_V2 } from '../constants.ts'
import type { Leg, Way } from '../heartbeat/index.ts'
import { createPageNode, type PageNode } from '../net/index.ts'
import { type AggregatorNode, createAggregatorNode, createRelayNode } from '../net/server.ts'
import { until, untilReserved } from '../net/test-kit.ts'
import { systemClock } from '../timing/index.ts'
import { type Beat, decodeBeat, MessageReader } from '../wire/index.ts'
import { findCandidates } from './addresses.ts'
import { Ladder } from './ladder.ts'
import { PageWays } from './page-ways.ts'

const WAYS: readonly Way[] = ['websocket', 'relayed', 'webrtc']
const DEAD_RELAY = `/ip4/127.0.0.1/tcp/1/ws/p2p/12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq`
const signal = new AbortController().signal

/** A relay and an aggregator that writes down what arrives, on loopback. */
class Network extends EventTarget {
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

function wayAt({ remoteAddr }: Connection): Way {
  const text = remoteAddr.toString()
  return text.includes('webrtc') ? 'webrtc' : text.includes('p2p-circuit') ? 'relayed' : 'websocket'
}

interface Climber {
  readonly node: PageNode
  readonly ladder: Ladder
  readonly upgrades: (string | undefined)[]
  readonly better: Promise<Leg>
  open(doubt?: boolean): Promise<Leg>
}

async function climber(
  targets: readonly string[],
  relays: readonly string[],
  routes: readonly Way[] = WAYS,
  webrtc = true
): Promise<Climber> {
  const node = await createPageNode({ webrtc, allowPrivateAddresses: true })
  const upgrades: (string | undefined)[] = []
  const better = Promise.withResolvers<Leg>()
  const ladder = new Ladder({
    ways: new PageWays(node),
    addresses: async () => findCandidates(targets, relays, routes),
    routes,
    webrtc,
    clock: systemClock,
    upgradeTimeout: 2_000,
    onUpgrade: (upgrade) => upgrades.push(upgrade)
  })
  const open = (doubt = false): Promise<Leg> => ladder.open(signal, better.resolve, { doubt })
  return { node, ladder, upgrades, better: better.promise, open }
}

// Two libdatachannels in one process now and then miss each other's certificate.
async function untilOpen(open: () => Promise<Leg>): Promise<Leg> {
  for (;;) {
    try {
      return await open()
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'RouteError') throw error
    }
  }
}

/** A beat that says something. */
const beat = (nickname: string): Beat => ({
  seq: 1,
  session: new Uint8Array(8),
  head: [],
  height: 1n,
  nickname,
  minerAddress: '',
  next: 3_000
})

let network: Network
before(async () => {
  network = await Network.start()
})
after(async () => {
  await network.stop()
  // js-libp2p leaves a refused dial's data channel open, which would keep the process alive.
  cleanup()
})

test('goes straight to a direct address, and stays there', async () => {
  const { node, open, upgrades } = await climber([network.direct], [network.relayAddress])
  const leg = await open()
  assert.equal(leg.way, 'websocket')
  leg.send(beat('straight'))
  await network.line('websocket straight')
  assert.deepEqual(upgrades, [])
  assert.equal(node.getConnections().length, 1)
  await node.stop()
})

test('beats over a circuit first, then hands over a direct connection', async () => {
  const { node, open, better, upgrades } = await climber([network.bare], [network.relayAddress])
  const circuit = await open()
  assert.equal(circuit.way, 'relayed')
  circuit.send(beat('over the circuit'))
  await network.line('relayed over the circuit')
  const direct = await better
  assert.equal(direct.way, 'webrtc')
  await circuit.close()
  direct.send(beat('over webrtc'))
  await network.line('webrtc over webrtc')
  assert.deepEqual(upgrades, ['trying'])
  const ways = node.getConnections().map(wayAt).sort()
  assert.deepEqual(ways, ['webrtc', 'websocket'], 'the relay stays, the circuit is closed')
  await node.stop()
})

test('stays on the circuit when WebRTC is not to be had', async () => {
  const { node, open, upgrades } = await climber(
    [network.bare],
    [network.relayAddress],
    WAYS,
    false
  )
  const leg = await open()
  assert.equal(leg.way, 'relayed')
  assert.deepEqual(upgrades, ['off'])
  await node.stop()
})

test('stays on the circuit when the aggregator takes no more WebRTC connections', async () => {
  const full = await Network.start(0)
  const { node } = await climber([full.bare], [full.relayAddress])
  const failed = Promise.withResolvers<void>()
  const watched = new Ladder({
    ways: new PageWays(node),
    addresses: async () => findCandidates([full.bare], [full.relayAddress], WAYS),
    routes: WAYS,
    webrtc: true,
    clock: systemClock,
    onUpgrade: (upgrade) => upgrade === 'failed' && failed.resolve()
  })
  const leg = await watched.open(signal, () => assert.fail('there is no better leg'))
  await failed.promise
  leg.send(beat('still here'))
  await full.line('relayed still here')
  await node.stop()
  await full.stop()
})

test('leaves no connection behind when WebRTC comes up and its stream is refused', async () => {
  const shy = await Network.start()
  const failed = Promise.withResolvers<void>()
  const node = await createPageNode({ webrtc: true, allowPrivateAddresses: true })
  const ladder = new Ladder({
    ways: new PageWays(node),
    addresses: async () => findCandidates([shy.bare], [shy.relayAddress], WAYS),
    routes: WAYS,
    webrtc: true,
    clock: systemClock,
    upgradeTimeout: 2_000,
    onUpgrade: (upgrade) => upgrade === 'failed' && failed.resolve()
  })
  const leg = await ladder.open(signal, () => assert.fail('there is no better leg'))
  await leg.accepted
  await shy.aggregator.unhandle(HEARTBEAT_PROTOCOL_V2)
  await failed.promise
  assert.deepEqual(node.getConnections().map(wayAt).sort(), ['relayed', 'websocket'])
  await node.stop()
  await shy.stop()
})

test('closes the relays that lost the race to a direct address', async () => {
  const { node, open } = await climber([network.direct], [network.relayAddress])
  const leg = await open()
  assert.equal(leg.way, 'websocket')
  await until('the relay is left', () => node.getConnections().length === 1)
  await node.stop()
})

test('keeps its relay connection while only the aggregator is missing', async () => {
  const stranger = '/p2p/12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq'
  const { node, open } = await climber([stranger], [network.relayAddress])
  await assert.rejects(open(), { host: '127.0.0.1' })
  const [first] = node.getConnections(network.relay.peerId)
  await assert.rejects(open())
  const after = node.getConnections(network.relay.peerId)
  assert.deepEqual(
    after.map(({ id }) => id),
    [first?.id]
  )
  await node.stop()
})

test('sends no beat over the circuit when only WebRTC is allowed', async () => {
  const { node, open } = await climber([network.bare], [network.relayAddress], ['webrtc'])
  const leg = await untilOpen(open)
  assert.equal(leg.way, 'webrtc')
  leg.send(beat('direct only'))
  await network.line('webrtc direct only')
  assert.deepEqual(node.getConnections().map(wayAt).sort(), ['webrtc', 'websocket'])
  await node.stop()
})

test('is not held up by a dead first address', async () => {
  const { node, open } = await climber([network.bare], [DEAD_RELAY, network.relayAddress])
  const leg = await open()
  assert.equal(leg.way, 'relayed')
  await node.stop()
})

test('uses the relay connection that it has for the way back', async () => {
  const { node, open } = await climber([network.bare], [network.relayAddress], ['relayed'])
  const first = await open()
  const [relay] = node.getConnections(network.relay.peerId)
  await first.close()
  const second = await open()
  second.send(beat('back again'))
  await network.line('relayed back again')
  assert.equal(node.getConnections(network.relay.peerId).length, 1)
  assert.equal(node.getConnections(network.relay.peerId)[0]?.id, relay?.id)
  await node.stop()
})

test('replaces a relay connection that is open with nobody behind it', async () => {
  const { node, open } = await climber([network.bare], [network.relayAddress], ['relayed'])
  const first = await open()
  await first.close()
  const [relay] = node.getConnections(network.relay.peerId)
  assert.ok(relay)
  Object.assign(relay, { newStream: () => Promise.reject(new Error('dead muxer')) })
  const second = await open()
  second.send(beat('on a new one'))
  await network.line('relayed on a new one')
  await second.accepted
  await until('the dead one is closed', () => relay.status === 'closed')
  assert.equal(node.getConnections(network.relay.peerId).length, 1)
  await node.stop()
})

test('races a new relay connection with one that hangs', async () => {
  const { node, open } = await climber([network.bare], [network.relayAddress], ['relayed'])
  await (await open()).close()
  const [relay] = node.getConnections(network.relay.peerId)
  assert.ok(relay)
  Object.assign(relay, {
    newStream: (_: string, { signal }: { signal: AbortSignal }) =>
      once(signal, 'abort').then(() => Promise.reject(signal.reason))
  })
  const second = await open()
  await second.accepted
  await until('the dead one is closed', () => relay.status === 'closed')
  await node.stop()
})

test('keeps a relay connection in doubt until a leg over another one is accepted', async () => {
  const { node, open } = await climber([network.bare], [network.relayAddress], ['relayed'])
  const first = await open()
  await first.accepted
  const [relay] = node.getConnections(network.relay.peerId)
  assert.ok(relay)
  Object.assign(relay, {
    newStream: (_: string, { signal }: { signal: AbortSignal }) =>
      once(signal, 'abort').then(() => Promise.reject(signal.reason))
  })
  const opening = open(true)
  first.send(beat('still on the old one'))
  await network.line('relayed still on the old one')
  const second = await opening
  await second.accepted
  await until('the one in doubt is closed', () => relay.status === 'closed')
  second.send(beat('on the sure one'))
  await network.line('relayed on the sure one')
  await node.stop()
})

test('asks the other end whether it is there', async () => {
  const { node, open } = await climber([network.direct], [])
  const leg = await open()
  await leg.accepted
  await leg.probe?.(signal)
  await node.stop()
})

test('blames the relay when no relay answers', async () => {
  const { node, open } = await climber([network.bare], [DEAD_RELAY])
  await assert.rejects(open(), {
    name: 'RouteError',
    layer: 'relay',
    message: /relay at 127\.0\.0\.1 does not answer/
  })
  await node.stop()
})

test('blames the aggregator when the relay answers and it does not', async () => {
  const stranger = '/p2p/12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq'
  const { node, open } = await climber([stranger], [network.relayAddress])
  await assert.rejects(open(), {
    name: 'RouteError',
    layer: 'aggregator',
    message: /does not reach the server/
  })
  await node.stop()
})

test('rejects the leg when the other side does not speak the protocol', async () => {
  const relay = network.relayAddress
  const { node, open } = await climber([relay], [])
  const leg = await open()
  await assert.rejects(leg.accepted, { name: 'NegotiationError' })
  await leg.closed
  await node.stop()
})

test('ends at once when it is aborted, with nothing left open', async () => {
  const { node, ladder } = await climber([network.bare], [network.relayAddress])
  const stopping = new AbortController()
  const opening = ladder.open(stopping.signal, () => {})
  stopping.abort(new Error('stopped'))
  await assert.rejects(opening, /stopped/)
  await node.stop()
  assert.deepEqual(node.getConnections(), [])
})

test('leaves nothing behind at either end after many cycles', async () => {
  const { node, open } = await climber([network.direct], [])
  for (let cycle = 0; cycle < 30; cycle++) {
    const leg = await open()
    await leg.accepted
    await leg.close()
    await leg.closed
  }
  assert.deepEqual(node.getConnections(), [])
  await node.stop()
})
