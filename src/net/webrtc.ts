import type { Connection, MultiaddrConnection, Stream, Transport } from '@libp2p/interface'
import { type WebRTCTransportComponents, webRTC } from '@libp2p/webrtc'
import { UnreachableError } from '../errors.ts'
import { eagerUpgrader, overlay } from './eager.ts'
import { newestFirst } from './newest-first.ts'

/** Private parts of js-libp2p's WebRTC transport that need mending. */
export interface WebRtcInternals {
  _onProtocol(stream: Stream, connection: Connection, signal: AbortSignal): Promise<void>
  _closeOnShutdown(peerConnection: RTCPeerConnection, connection: MultiaddrConnection): void
}

/**
 * js-libp2p's WebRTC transport for a node that only dials: with eager streams, with no third
 * party's servers unless they are given (js-libp2p's own would tell four companies of each user),
 * and without the shutdown listener that it keeps for every connection it ever had (the connection
 * manager closes them all).
 */
export function diallingWebRtc(
  iceServers: RTCIceServer[] = []
): (components: WebRTCTransportComponents) => Transport {
  const create = webRTC({ rtcConfiguration: { iceServers } })
  return (components) => {
    const connectionManager = newestFirst(components.connectionManager)
    const transport = create(overlay(components, { connectionManager })) as Transport &
      WebRtcInternals
    const dial = transport.dial.bind(transport)
    return Object.assign(transport, {
      dial: (address, options) =>
        dial(address, { ...options, upgrader: eagerUpgrader(options.upgrader) }),
      _onProtocol: async (stream) => stream.abort(new Error('this node answers no offer')),
      _closeOnShutdown: ({ connectionState }, connection) => {
        // js-libp2p goes on with a peer connection that failed while it was being agreed on.
        if (connectionState === 'failed' || connectionState === 'closed') {
          connection.abort(new UnreachableError(`WebRTC ${connectionState} before it was used`))
        }
      }
    } satisfies Partial<Transport> & WebRtcInternals)
  }
}
