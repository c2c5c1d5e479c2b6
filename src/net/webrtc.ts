import type { Connection, MultiaddrConnection, Stream, Transport } from '@libp2p/interface'
import { type WebRTCTransportComponents, webRTC } from '@libp2p/webrtc'
import { UnreachableError } from '../errors.ts'
import { eagerUpgrader, overlay } from './eager.ts'
import { newestFirst } from './newest-first.ts'

/** Private parts of js-libp2p's WebRTC transport that need mending. */
interface Internals {
  _onProtocol(stream: Stream, connection: Connection, signal: AbortSignal): Promise<void>
  _closeOnShutdown(peerConnection: RTCPeerConnection, connection: MultiaddrConnection): void
}

/** What a node wants of WebRTC. */
export interface BoundedWebRtcInit {
  /** STUN and TURN servers. None by default: js-libp2p's own would tell four companies of each user. */
  readonly iceServers?: RTCIceServer[]
  /** Connections at once that others may open; one more is refused before it costs anything. */
  readonly maxInbound: number
}

/**
 * js-libp2p's WebRTC transport with no third party's servers, a bound on what others open, eager
 * streams, and without the shutdown listener that it keeps for every connection it ever had
 * (the connection manager closes them all).
 */
export function boundedWebRtc({
  iceServers = [],
  maxInbound
}: BoundedWebRtcInit): (components: WebRTCTransportComponents) => Transport {
  const create = webRTC({ rtcConfiguration: { iceServers } })
  return (components) => {
    const connectionManager = newestFirst(components.connectionManager)
    const transport = create(overlay(components, { connectionManager })) as Transport & Internals
    const dial = transport.dial.bind(transport)
    const onProtocol = transport._onProtocol.bind(transport)
    // A signalling under way holds a slot, or a crowd that comes at once would all be let in.
    let pending = 0
    let open = 0
    return Object.assign(transport, {
      dial: (address, options) =>
        dial(address, { ...options, upgrader: eagerUpgrader(options.upgrader) }),
      _onProtocol: async (stream, connection, signal) => {
        if (pending + open >= maxInbound) {
          stream.abort(new Error(`${maxInbound} inbound WebRTC connections are open already`))
          return
        }
        pending++
        try {
          await onProtocol(stream, connection, signal)
        } finally {
          pending--
        }
      },
      _closeOnShutdown: ({ connectionState }, connection) => {
        // js-libp2p goes on with a peer connection that failed while it was being agreed on.
        if (connectionState === 'failed' || connectionState === 'closed') {
          connection.abort(new UnreachableError(`WebRTC ${connectionState} before it was used`))
        }
        if (connection.direction !== 'inbound' || connection.status !== 'open') return
        open++
        connection.addEventListener('close', () => open--, { once: true })
      }
    } satisfies Partial<Transport> & Internals)
  }
}
