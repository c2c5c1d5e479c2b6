import assert from 'node:assert/strict'
import { test } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { directRoute } from './direct-route.ts'
import type { HeartbeatConnection, HeartbeatStream } from './leg.ts'

const PEER = '12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5'
const signal = new AbortController().signal

class HandConnection implements HeartbeatConnection {
  status = 'open'
  readonly remoteAddr = multiaddr('/ip4/127.0.0.1/tcp/1/ws')
  readonly remotePeer = PEER

  async newStream(): Promise<HeartbeatStream> {
    const target = new EventTarget()
    return Object.assign(target, {
      status: 'open',
      writableNeedsDrain: false,
      send: () => true,
      close: async () => void target.dispatchEvent(new Event('close')),
      abort: () => {}
    }) as unknown as HeartbeatStream
  }

  async close(): Promise<void> {
    this.status = 'closed'
  }
}

test('closes what it opened beside a connection in doubt, and leaves the node its own', async () => {
  const own = new HandConnection()
  const opened: HandConnection[] = []
  const route = directRoute(
    {
      getConnections: () => [own],
      openConnection: async () => {
        const connection = new HandConnection()
        opened.push(connection)
        return connection
      }
    },
    { addresses: [], peerId: PEER, beatPeriod: 1, reconnectPeriod: 1 }
  )
  const first = await route.open(signal, () => {})
  for (let stall = 0; stall < 6; stall++) {
    const other = await route.open(signal, () => {}, { doubt: true })
    await other.close()
  }
  await first.close()
  assert.equal(opened.length, 6)
  assert.ok(opened.every(({ status }) => status === 'closed'))
  assert.equal(own.status, 'open')
})
