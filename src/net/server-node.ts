// A libp2p node that listens: the relay's and the aggregator's. Runs in Node only.

import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { circuitRelayServer } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import {
  type ConnectionGater,
  FaultTolerance,
  type Libp2p,
  type PeerId,
  type PrivateKey,
  type StreamMuxerFactory
} from '@libp2p/interface'
import { ping } from '@libp2p/ping'
import type { Multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2pOptions } from 'libp2p'
import {
  DIAL_TIMEOUT,
  MAX_CIRCUIT_BYTES,
  MAX_CIRCUIT_PERIOD,
  MAX_CIRCUITS,
  MAX_CONNECTIONS,
  MAX_CONNECTIONS_PER_PEER,
  MAX_INBOUND_CONNECTIONS_PER_HOST,
  MAX_PENDING_CONNECTIONS,
  MAX_RESERVATIONS,
  SOCKET_HANDSHAKE_TIMEOUT
} from '../constants.ts'
import { ListenError } from '../errors.ts'
import { quickConnectionList } from './admission.ts'
import { answeringWebRtc } from './answering-webrtc.ts'
import { eagerCircuits } from './circuit.ts'
import type { ClientGate } from './client-limits.ts'
import { targetPeerId } from './dialer.ts'
import { eagerMuxer } from './eager.ts'
import type { RelayNode } from './relay-load.ts'
import { type Reservations, reservations } from './reservations.ts'
import type { Traffic } from './traffic.ts'
import { closingWebSockets } from './websocket.ts'

/** What every node that listens is told. */
export interface ServerNodeInit {
  readonly privateKey: PrivateKey
  /** Multiaddrs to listen on. */
  readonly listen: readonly string[]
  /** Multiaddrs to tell others instead, where a proxy stands in front. */
  readonly announce?: readonly string[]
  /** Bounds other than the usual. */
  readonly bounds?: Partial<ConnectionBounds>
  /** Whom accepted sockets are let in for. @default everybody */
  readonly gate?: ClientGate
  /** Where libp2p counts what it does. @default nowhere */
  readonly metrics?: NonNullable<Libp2pOptions['metrics']>
}

/** How many connections a node takes. */
export interface ConnectionBounds {
  /** In all. */
  readonly connections: number
  /** Of one peer; one more drives out the eldest. */
  readonly perPeer: number
  /** Sockets at once that are no libp2p connection yet, handshakes under way among them. */
  readonly pending: number
}

/** What the aggregator's node is told besides. */
export interface AggregatorNodeInit extends ServerNodeInit {
  /** Multiaddrs of the relays to be reachable through, each ending in `/p2p/<id>`. */
  readonly relays: readonly Multiaddr[]
  /** WebRTC connections at once; each costs about 0.8 MB. */
  readonly maxWebRtcConnections: number
  /** STUN and TURN servers; none by default. */
  readonly iceServers?: RTCIceServer[]
  /** The one UDP port of all WebRTC connections. @default any free one for each */
  readonly webRtcPort?: number | undefined
  /** First back-off window after a relay was lost, in ms; a second by default. */
  readonly relayRetryPeriod?: number
  /** How often each relay is asked whether it is alive, in ms. */
  readonly relayPingPeriod?: number
  /** Longest wait for its answer, in ms. */
  readonly relayPingTimeout?: number
}

/** What the relay's node is told besides. */
export interface RelayNodeInit extends ServerNodeInit {
  /** Counts what goes over its sockets. */
  readonly traffic?: Traffic
  /** Whether a peer, by its id as text, may reserve a slot, and so be reached through the relay. */
  readonly mayReserve: (peerId: string) => boolean
  /** Told of each reservation that was refused, and why. */
  readonly onRefusal?: (reason: ReservationRefusal) => void
}

/** Why a relay refused a reservation. */
export type ReservationRefusal = 'reservation-not-allowed' | 'too-many-reservations'

/** A node that listens, dials past the queue, and keeps its reservations. */
export type AggregatorNode = Libp2p<{ reservations: Reservations }>

/**
 * Makes the aggregator's node: WebSocket, circuits and WebRTC. Not started yet, so that handlers
 * are in place before the first connection. Its start rejects with a `ListenError`.
 */
export async function createAggregatorNode(init: AggregatorNodeInit): Promise<AggregatorNode> {
  const { maxWebRtcConnections: maxInbound, iceServers, relays, webRtcPort } = init
  const relayIds = new Set(relays.map(targetPeerId))
  const node: AggregatorNode = await createLibp2p({
    ...serverConfig(init),
    start: false,
    connectionGater: crowdGater(() => node, init.bounds?.perPeer),
    transports: [
      closingWebSockets({ gate: init.gate, maxPendingSockets: init.bounds?.pending }),
      eagerCircuits({
        maxInboundStopStreams: MAX_CIRCUITS,
        isRelay: (peer) => relayIds.has(peer.toString())
      }),
      answeringWebRtc({ maxInbound, port: webRtcPort, ...(iceServers && { iceServers }) })
    ],
    services: {
      ...commonServices(),
      reservations: reservations(relays, {
        retryPeriod: init.relayRetryPeriod,
        pingPeriod: init.relayPingPeriod,
        pingTimeout: init.relayPingTimeout
      })
    }
  })
  return forgetful(explicit(node, init.listen))
}

/**
 * Makes the relay's node: WebSocket and the server side of circuit relay v2, with limits that fit
 * heartbeats instead of the 2 minutes and 128 KiB that suit a hole punch. Not started yet; its
 * start rejects with a `ListenError`.
 */
export async function createRelayNode(init: RelayNodeInit): Promise<RelayNode> {
  const node: RelayNode = await createLibp2p({
    ...serverConfig(init),
    start: false,
    connectionGater: {
      ...crowdGater(() => node, init.bounds?.perPeer),
      denyInboundRelayReservation: (source) => refusesReservation(node, init, source)
    },
    transports: [closingWebSockets({ gate: init.gate, traffic: init.traffic })],
    services: {
      ...commonServices(),
      relay: circuitRelayServer({
        maxOutboundStopStreams: MAX_CIRCUITS,
        reservations: {
          maxReservations: MAX_RESERVATIONS,
          defaultDurationLimit: MAX_CIRCUIT_PERIOD,
          defaultDataLimit: BigInt(MAX_CIRCUIT_BYTES)
        }
      })
    }
  })
  return forgetful(explicit(node, init.listen))
}

// js-libp2p refuses the last kind itself, right after this, and tells nobody but the peer.
function refusesReservation(
  { services }: RelayNode,
  { mayReserve, onRefusal }: RelayNodeInit,
  peer: PeerId
): boolean {
  const { reservations } = services.relay
  const isAllowed = mayReserve(peer.toString())
  if (!isAllowed) onRefusal?.('reservation-not-allowed')
  else if (reservations.size >= MAX_RESERVATIONS && !reservations.has(peer)) {
    onRefusal?.('too-many-reservations')
  }
  return !isAllowed
}

function serverConfig({ privateKey, listen, announce, bounds, metrics }: ServerNodeInit) {
  return {
    privateKey,
    ...(metrics && { metrics }),
    addresses: { listen: [...listen], ...(announce && { announce: [...announce] }) },
    connectionEncrypters: [noise()],
    streamMuxers: [() => eagerMuxer(wideMuxer())],
    connectionMonitor: { enabled: false },
    transportManager: { faultTolerance: FaultTolerance.FATAL_ALL },
    connectionManager: {
      reconnectRetries: 0,
      dialTimeout: DIAL_TIMEOUT,
      addressDialTimeout: DIAL_TIMEOUT,
      maxConnections: bounds?.connections ?? MAX_CONNECTIONS,
      maxIncomingPendingConnections: bounds?.pending ?? MAX_PENDING_CONNECTIONS,
      inboundUpgradeTimeout: SOCKET_HANDSHAKE_TIMEOUT,
      inboundConnectionThreshold: MAX_INBOUND_CONNECTIONS_PER_HOST
    }
  }
}

function commonServices() {
  return {
    identify: identify({ runOnConnectionOpen: false }),
    ping: ping(),
    admission: quickConnectionList
  }
}

// All circuits through a relay are streams of one connection, which the aggregator dialled: yamux's
// 1,000 would be the bound on wallets. A connection that came from outside keeps that bound.
function wideMuxer(): StreamMuxerFactory {
  const init = { enableKeepAlive: false, maxOutboundStreams: MAX_CIRCUITS }
  const dialled = yamux({ ...init, maxInboundStreams: MAX_CIRCUITS })()
  const accepted = yamux(init)()
  return {
    protocol: accepted.protocol,
    createStreamMuxer: (connection) =>
      (connection.direction === 'outbound' ? dialled : accepted).createStreamMuxer(connection)
  }
}

// Every relayed client has the relay's address, and thousands may share one behind a NAT, so that a
// limit as tight as this one goes by key. Who comes anew has
// mostly lost what it had: its eldest connection gives way, since that is likely a dead one.
function crowdGater(node: () => Libp2p, max = MAX_CONNECTIONS_PER_PEER): ConnectionGater {
  const makeRoom = (peer: PeerId): boolean => {
    const [eldest, ...others] = node().getConnections(peer)
    if (others.length >= max - 1) {
      eldest?.abort(new Error('the peer has newer connections'))
    }
    return false
  }
  return { denyInboundEncryptedConnection: makeRoom }
}

// js-libp2p tells of all addresses in one long text, each on a line with its reason.
function explicit<T extends Libp2p>(node: T, listen: readonly string[]): T {
  const start = node.start.bind(node)
  return Object.assign(node, {
    start: async () => {
      try {
        await start()
      } catch (cause) {
        if (!(cause instanceof Error) || cause.name !== 'UnsupportedListenAddressesError')
          throw cause
        const [, address, reason] = /^\s+(\/\S+): (.+)$/m.exec(cause.message) ?? []
        throw new ListenError(address ?? listen.join(', '), reason ?? cause.message, { cause })
      }
    }
  })
}

// js-libp2p never clears its peer store, so a server of passers-by would grow without end.
function forgetful<T extends Libp2p>(node: T): T {
  node.addEventListener('peer:disconnect', ({ detail: peer }) => {
    node.peerStore.delete(peer).catch((error) => {
      node.logger.forComponent('fil-heartbeat:net')('could not forget %p - %e', peer, error)
    })
  })
  return node
}
