// libp2p made fit: what enters are addresses and keys, what leaves are nodes whose connections
// really close, whose errors are errors, and whose upgrades do not wait. Knows nothing of beats.
// Page-safe; what needs Node stands in server.ts.

export { Dialer, targetPeerId } from './dialer.ts'
export { whenAccepted } from './eager.ts'
export { createPageNode, hasWebRtc, type PageNode, type PageNodeInit } from './page-node.ts'
export { pingConnection } from './ping.ts'
