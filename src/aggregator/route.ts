/** The way by which beats come. */
export type BeatRoute = 'websocket' | 'relayed' | 'webrtc'

/** The way that a connection goes, told by its remote multiaddr. */
export function routeOf(address: string): BeatRoute {
  if (/\/webrtc(\/|$)/.test(address)) return 'webrtc'
  return address.includes('/p2p-circuit') ? 'relayed' : 'websocket'
}
