import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import type { Libp2p } from '@libp2p/interface'
import { createLibp2p } from 'libp2p'
import { DIAL_TIMEOUT } from '../constants.ts'
import { eagerCircuits } from './circuit.ts'
import { Dialer } from './dialer.ts'
import { eagerMuxer } from './eager.ts'
import { diallingWebRtc } from './webrtc.ts'
import { closingWebSockets } from './websocket.ts'

/** What a page's node may be told. */
export interface PageNodeInit {
  /** Seed of the node's Ed25519 key, 32 bytes; a fresh key when absent. */
  readonly identity?: Uint8Array
  /** Load WebRTC at all. It throws where the platform has none. */
  readonly webrtc: boolean
  /** STUN and TURN servers; none by default. */
  readonly iceServers?: RTCIceServer[]
  /** Lets the node dial `ws://` and private addresses: for pages that are themselves on loopback. */
  readonly allowPrivateAddresses: boolean
}

/** A libp2p node that only dials. */
export type PageNode = Libp2p<{ dialer: Dialer }>

/**
 * Makes and starts the node of one page: it dials over WebSocket, circuit relays and WebRTC,
 * listens nowhere, answers no WebRTC offer, keeps nothing alive by itself and asks no third party
 * for anything.
 */
export async function createPageNode(init: PageNodeInit): Promise<PageNode> {
  const { identity, webrtc, iceServers, allowPrivateAddresses } = init
  return await createLibp2p({
    ...(identity && { privateKey: await generateKeyPairFromSeed('Ed25519', identity) }),
    addresses: { listen: [] },
    transports: [
      closingWebSockets(),
      eagerCircuits({ isRelay: () => false }),
      ...(webrtc ? [diallingWebRtc(iceServers)] : [])
    ],
    connectionEncrypters: [noise()],
    streamMuxers: [() => eagerMuxer(yamux()())],
    connectionMonitor: { enabled: false },
    connectionManager: {
      reconnectRetries: 0,
      dialTimeout: DIAL_TIMEOUT,
      addressDialTimeout: DIAL_TIMEOUT
    },
    connectionGater: allowPrivateAddresses ? { denyDialMultiaddr: () => false } : {},
    services: { dialer: (components) => new Dialer(components) }
  })
}

/** Whether this platform has WebRTC: a page can lack it, Node brings its own. */
export function hasWebRtc(): boolean {
  return typeof document === 'undefined' || typeof RTCPeerConnection === 'function'
}
