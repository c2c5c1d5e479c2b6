import type { MultiaddrConnection, Stream, Transport, Upgrader } from '@libp2p/interface'
import { type WebRTCTransportComponents, webRTC } from '@libp2p/webrtc'
import { UnreachableError } from '../errors.ts'
import { overlay } from './eager.ts'
import type { WebRtcInternals } from './webrtc.ts'

/** What a node wants that answers offers of WebRTC. */
export interface AnsweringWebRtcInit {
  /** STUN and TURN servers. None by default: js-libp2p's own would tell four companies of each user. */
  readonly iceServers?: RTCIceServer[]
  /** Connections at once that others may open; one more is refused before it costs anything. */
  readonly maxInbound: number
  /** The one UDP port of all connections; any free one for each when absent. */
  readonly port?: number | undefined
}

interface WebRtcConnection {
  readonly peerConnection: RTCPeerConnection
}

type UpgradeOptions = Parameters<Upgrader['upgradeInbound']>[1]

/**
 * js-libp2p's WebRTC transport for a node that is dialled: with no third party's servers, a bound
 * on what others open, no connection that does not connect, and without the shutdown listener that
 * js-libp2p keeps for every connection it ever had (the connection manager closes them all).
 */
export function answeringWebRtc({
  iceServers = [],
  maxInbound,
  port
}: AnsweringWebRtcInit): (components: WebRTCTransportComponents) => Transport {
  // Members of node-datachannel, which hands them on to libdatachannel.
  const onePort = port && { enableIceUdpMux: true, portRangeBegin: port, portRangeEnd: port }
  const create = webRTC({ rtcConfiguration: { iceServers, ...onePort } })
  return (components) => {
    /** What each connection is agreed on over, by the signal that ends its making. */
    const streams = new WeakMap<AbortSignal, Stream>()
    const upgrader = connectedUpgrader(components.upgrader, streams)
    const transport = create(overlay(components, { upgrader })) as Transport & WebRtcInternals
    const onProtocol = transport._onProtocol.bind(transport)
    // A signalling under way holds a slot, or a crowd that comes at once would all be let in.
    let pending = 0
    let open = 0
    return Object.assign(transport, {
      _onProtocol: async (stream, connection, signal) => {
        if (pending + open >= maxInbound) {
          stream.abort(new Error(`${maxInbound} inbound WebRTC connections are open already`))
          return
        }
        pending++
        streams.set(signal, stream)
        try {
          await onProtocol(stream, connection, signal)
        } finally {
          pending--
        }
      },
      _closeOnShutdown: (_, connection) => {
        if (connection.direction !== 'inbound' || connection.status !== 'open') return
        open++
        connection.addEventListener('close', () => open--, { once: true })
      }
    } satisfies WebRtcInternals)
  }
}

// When the stream breaks over which a connection is being agreed on, js-libp2p goes on and makes one
// of it: it never connects, never fails, and would stand until its node stops.
function connectedUpgrader(upgrader: Upgrader, streams: WeakMap<AbortSignal, Stream>): Upgrader {
  return overlay(upgrader, {
    upgradeInbound: async (connection: MultiaddrConnection, options: UpgradeOptions) => {
      const { peerConnection: peer } = connection as unknown as WebRtcConnection
      const { signal } = options
      // Who dials closes it in order, and only once connected.
      if (peer.connectionState !== 'connected' && streams.get(signal)?.status !== 'closed') {
        throw new UnreachableError('WebRTC was given up before it connected')
      }
      await untilConnected(peer, signal)
      await upgrader.upgradeInbound(connection, options as never)
    }
  })
}

async function untilConnected(peer: RTCPeerConnection, signal: AbortSignal): Promise<void> {
  const settled = Promise.withResolvers<void>()
  const look = (): void => {
    const { connectionState: state } = peer
    if (state === 'connected') settled.resolve()
    if (state === 'failed' || state === 'closed') {
      settled.reject(new UnreachableError(`WebRTC ${state} before it was used`))
    }
  }
  const giveUp = (): void => settled.reject(signal.reason)
  peer.addEventListener('connectionstatechange', look)
  signal.addEventListener('abort', giveUp)
  look()
  if (signal.aborted) giveUp()
  try {
    await settled.promise
  } finally {
    peer.removeEventListener('connectionstatechange', look)
    signal.removeEventListener('abort', giveUp)
  }
}
