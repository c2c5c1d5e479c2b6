// What a wallet sets while it reports: nothing is closed for what the connection can take over.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { library } from './kit/built.ts'
import { CONSENT, until } from './kit/clients.ts'
import { Services } from './kit/services.ts'

const { createHeartbeatClient } = await library()

test('beats more often as soon as it is told to, as the one that it was; is another under another name', async () => {
  const services = await Services.start('http://127.0.0.1')
  const options = { target: services.directAddress, routes: 'websocket' }
  const client = createHeartbeatClient({ ...options, beatPeriod: '10m' })
  try {
    client.setHead(() => ({ cids: [], height: 5 }))
    await client.start(CONSENT)
    await until(client, () => client.state.phase === 'beating')
    const { lastBeat: first } = client
    client.configure({ ...options, beatPeriod: '100ms' })
    await until(client, () => client.lastBeat !== first)
    assert.equal(client.state.phase, 'beating')
    assert.equal((await services.nodes()).length, 1)
    client.configure({ ...options, beatPeriod: '100ms', nickname: 'other' })
    await until(client, () => client.state.phase !== 'beating')
    await until(client, () => client.state.phase === 'beating')
    assert.equal((await services.nodes()).length, 2)
  } finally {
    await client.stop()
    await services.stop()
  }
})
