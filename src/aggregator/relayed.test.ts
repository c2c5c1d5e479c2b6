import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { cleanup } from 'node-datachannel'
import type { PageNode } from '../net/index.ts'
import {
  addressOf,
  deadline,
  newKey,
  startPageNode,
  startRelayNode,
  until
} from '../net/test-kit.ts'
import type { Aggregator } from './index.ts'
import { line, openStream, rowOf, startAggregator } from './test-kit.ts'

// Two ends in one busy process sometimes close while they agree; a wallet tries again, too.
async function beatByWebRtc(page: PageNode, address: string, height: number) {
  for (let failures = 0; failures < 4; failures++) {
    const leg = await beat(page, address, height, 3_000).catch(() => undefined)
    if (leg !== undefined) return leg
  }
  return await beat(page, address, height)
}

const isReserved = (aggregator: Aggregator): boolean =>
  aggregator.relays().every(({ reserved }) => reserved)

const circuitTo = (aggregator: Aggregator): string =>
  aggregator.addresses.find((address) => address.includes('/p2p-circuit')) ?? ''

/** Sends one beat over a new connection to `address`. */
async function beat(page: PageNode, address: string, height: number, timeout?: number) {
  const connection = await page.services.dialer.dial(multiaddr(address), deadline(timeout))
  const stream = await openStream(connection)
  stream.send(line(height))
  return { connection, stream }
}

// A native peer connection that closed while it was agreed on keeps the process alive otherwise.
after(() => cleanup())

describe('behind a relay', () => {
  test('tells by which way the last beat came: relayed, then webrtc', async (t) => {
    const relay = await startRelayNode(t)
    const relays = [addressOf(relay).toString()]
    const aggregator = await startAggregator(t, { relays, listen: [] })
    await until('a reservation', () => isReserved(aggregator))
    assert.deepEqual(aggregator.addresses, [`${relays[0]}/p2p-circuit/p2p/${aggregator.peerId}`])

    const page = await startPageNode(t, { webrtc: true })
    const relayed = await beat(page, circuitTo(aggregator), 1)
    await until('a beat', () => rowOf(aggregator, page)?.beats === 1)
    assert.equal(rowOf(aggregator, page)?.route, 'relayed')

    const webrtc = circuitTo(aggregator).replace('/p2p-circuit', '/p2p-circuit/webrtc')
    const direct = await beatByWebRtc(page, webrtc, 2)
    await until('a beat', () => rowOf(aggregator, page)?.beats === 2)
    assert.equal(rowOf(aggregator, page)?.route, 'webrtc')
    assert.equal(rowOf(aggregator, page)?.streams, 2)

    await relayed.connection.close()
    await until('one stream', () => rowOf(aggregator, page)?.streams === 1)
    direct.stream.send(line(3))
    await until('a beat', () => rowOf(aggregator, page)?.beats === 3)
    assert.equal(rowOf(aggregator, page)?.connected, true)

    await direct.stream.close()
    await until('no stream', () => rowOf(aggregator, page)?.connected === false)
  })

  test('is reachable again by itself after its relay restarted', async (t) => {
    const privateKey = await newKey()
    const first = await startRelayNode(t, { privateKey })
    const relay = addressOf(first)
    const aggregator = await startAggregator(t, { relays: [relay.toString()] })
    assert.deepEqual(Object.keys(aggregator.relays()[0] ?? {}).slice(0, 2), ['address', 'reserved'])
    await until('a reservation', () => isReserved(aggregator))
    const circuit = circuitTo(aggregator)

    await first.stop()
    await until('no reservation', () => !isReserved(aggregator))
    assert.equal(circuitTo(aggregator), '')
    const listen = [relay.toString().replace(/\/p2p\/.*/, '')]
    await startRelayNode(t, { privateKey, listen })
    await until('a reservation', () => isReserved(aggregator))
    assert.equal(circuitTo(aggregator), circuit)

    const page = await startPageNode(t)
    await beat(page, circuit, 5)
    await until('a beat', () => rowOf(aggregator, page)?.height === '5')
  })

  test('starts although its relay is down', async (t) => {
    const relay = await startRelayNode(t)
    const address = addressOf(relay).toString()
    await relay.stop()
    const aggregator = await startAggregator(t, { relays: [address] })
    await until('the reason', () => aggregator.relays()[0]?.problem !== undefined)
    assert.equal(aggregator.relays()[0]?.reserved, false)
  })
})
