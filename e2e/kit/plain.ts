import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { circuitRelayServer, circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import { webSockets } from '@libp2p/websockets'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2p, type Libp2pOptions } from 'libp2p'
import { first, LOOPBACK, type Net, until } from './net.ts'
import { startWire } from './wire.ts'

const PROTOCOL = 'fil/heartbeat/1.0.0'
const BEAT = new TextEncoder().encode('{"Head":"{ }","Height":1,"Nickname":"","MinerAddress":""}\n')

/** Starts a relay, an aggregator and clients on js-libp2p as it comes, `oneWayDelay` ms apart. */
export async function startPlain(oneWayDelay: number): Promise<Net> {
  await using started = new AsyncDisposableStack()
  const relay = await plainNode(started, {
    addresses: { listen: [LOOPBACK] },
    services: { relay: circuitRelayServer() }
  })
  const wire = await startWire(addressOf(relay), oneWayDelay)
  started.defer(() => wire.close())
  const aggregator = await plainNode(started, {
    addresses: { listen: [LOOPBACK, `${wire.address}/p2p-circuit`] }
  })
  const direct = addressOf(aggregator)
  const heard = await listen(aggregator)
  const isReachable = (): boolean =>
    aggregator.getMultiaddrs().some((each) => each.toString().includes('/p2p-circuit'))
  await until('a reservation', isReachable)

  const all = started.move()
  return {
    async beat({ address }, routes) {
      await using mine = new AsyncDisposableStack()
      const client = await plainNode(mine)
      const circuit = `${address}/p2p-circuit/p2p/${aggregator.peerId}`
      const connection = await client.dial(multiaddr(routes === 'websocket' ? address : circuit))
      const stream = await connection.newStream(PROTOCOL, { runOnLimitedConnection: true })
      stream.send(BEAT)
      const own = mine.move()
      return { climbs: () => false, isDirect: () => false, stop: () => own.disposeAsync() }
    },
    addressOf: (who) => (who === 'relay' ? addressOf(relay) : direct),
    heard: () => heard.size,
    stop: () => all.disposeAsync()
  }
}

/** Counts who has sent anything. */
async function listen(aggregator: Libp2p): Promise<ReadonlySet<string>> {
  const heard = new Set<string>()
  await aggregator.handle(
    PROTOCOL,
    (stream, { remotePeer }) => {
      stream.addEventListener('message', () => heard.add(remotePeer.toString()))
    },
    { runOnLimitedConnection: true }
  )
  return heard
}

async function plainNode(
  stack: AsyncDisposableStack,
  { services, ...options }: Pick<Libp2pOptions, 'addresses' | 'services'> = {}
): Promise<Libp2p> {
  const node = await createLibp2p({
    ...options,
    transports: [webSockets(), circuitRelayTransport()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { ...services, identify: identify() }
  })
  stack.defer(() => node.stop())
  return node
}

function addressOf(node: Libp2p): string {
  return first(node.getMultiaddrs()).toString()
}
