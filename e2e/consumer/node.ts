// The library in a program for Node.

import { callbackHead, createHeartbeatClient, heartbeat, lotusHttpHead } from 'fil-heartbeat'

export const client = createHeartbeatClient({
  target: '/p2p/12D3KooW',
  iceServers: [{ urls: 'stun:stun.example' }]
})
export const service = heartbeat({
  beatTarget: '/p2p/12D3KooW',
  head: lotusHttpHead('http://127.0.0.1:1234/rpc/v1')
})
export const source = callbackHead(() => ({ cids: ['bafy2bzace'], height: 1n }))
