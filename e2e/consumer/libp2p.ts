// The service in a node of js-libp2p's own.

import type { ComponentLogger } from '@libp2p/interface'
import type { ConnectionManager } from '@libp2p/interface-internal'
import { type HeartbeatComponents, heartbeat, lotusHttpHead } from 'fil-heartbeat'
import { createLibp2p } from 'libp2p'

declare const theirs: { connectionManager: ConnectionManager; logger: ComponentLogger }
const ours: HeartbeatComponents = theirs

const head = lotusHttpHead('http://127.0.0.1:1234/rpc/v1')
const node = await createLibp2p({
  services: { heartbeat: heartbeat({ beatTarget: '/p2p/12D3KooW', head }) }
})
node.services.heartbeat.addEventListener('beat:sent', ({ detail }) => detail.beat.height)

// @ts-expect-error no such event
node.services.heartbeat.addEventListener('beat:sent', ({ detail }) => detail.heigth)

export { ours }
