import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { StreamResetError } from '@libp2p/interface'
import { WebSocketServer } from 'ws'
import { RouteError } from '../errors.ts'
import { faultOf } from './fault.ts'

test('an aggregator that refuses WebRTC is told from one that UDP does not reach', async (t) => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  t.after(() => server.close())
  const first = `/ip4/127.0.0.1/tcp/${(server.address() as AddressInfo).port}/ws`
  const attempt = { way: 'webrtc', address: first, first, elapsed: 1, works: false } as const
  const fault = (cause: Error): Promise<string> =>
    faultOf({ ...attempt, error: new RouteError('relay', 'it fails', { cause }) })
  assert.match(await fault(new StreamResetError()), /^webrtc: .*the aggregator refuses/)
  assert.match(await fault(new Error('timed out')), /^ice: .*is UDP blocked\?/)
})
