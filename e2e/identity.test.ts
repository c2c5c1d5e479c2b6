// Who reports: a fresh key each session, or the one that the wallet gives, which only one may use.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HeartbeatClient } from '../src/index.ts'
import { library } from './kit/built.ts'
import { CONSENT, until } from './kit/clients.ts'
import { Services } from './kit/services.ts'

const HEAD = () => ({ cids: [], height: 5 })

const { createHeartbeatClient } = await library()

async function report(target: string, identity?: Uint8Array): Promise<HeartbeatClient> {
  const options = { target, beatPeriod: '200ms', routes: 'websocket' }
  const client = createHeartbeatClient({ ...options, ...(identity && { identity }) })
  client.setHead(HEAD)
  await client.start(CONSENT)
  await until(client, () => client.state.phase === 'beating')
  return client
}

test('is somebody else each session, unless the wallet gives a key', async () => {
  const services = await Services.start('http://127.0.0.1')
  try {
    for (const identity of [undefined, undefined, new Uint8Array(32).fill(7)]) {
      await (await report(services.directAddress, identity)).stop()
    }
    await (await report(services.directAddress, new Uint8Array(32).fill(7))).stop()
    const peers = (await services.nodes()).map(({ peer }) => peer)
    assert.equal(peers.length, 3)
  } finally {
    await services.stop()
  }
})

test('two live sessions of one key are noticed, shown, and the elder one stops and says so', async () => {
  const services = await Services.start('http://127.0.0.1')
  const key = new Uint8Array(32).fill(9)
  const elder = await report(services.directAddress, key)
  const younger = await report(services.directAddress, key)
  try {
    await until(elder, () => elder.state.phase === 'rejected')
    assert.equal(elder.state.phase === 'rejected' && elder.state.reason, 'duplicate-identity')
    const [row, ...others] = await services.nodes()
    assert.deepEqual(others, [])
    assert.ok(row?.duplicateIdentity)
    assert.equal(row.connected, true)
    assert.equal(younger.state.phase, 'beating')
  } finally {
    await Promise.all([elder.stop(), younger.stop()])
    await services.stop()
  }
})
