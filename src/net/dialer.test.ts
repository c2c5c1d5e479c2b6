import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Connection } from '@libp2p/interface'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { Dialer, targetPeerId } from './dialer.ts'
import { addressOf, deadline, startAggregatorNode, startPageNode } from './test-kit.ts'

const PEER = '12D3KooWKgCRWSMaay3wT8EaPpPnbaHxsQN1B1yc7Az6trUvcU3D'
const ADDRESS = multiaddr(`/ip4/192.0.2.1/tcp/443/wss/p2p/${PEER}`)

function dialerWith(dial: (address: Multiaddr) => Promise<Connection>, gater = {}): Dialer {
  return new Dialer({ transportManager: { dial }, connectionGater: gater })
}

test('what the gater refuses is never dialled', async () => {
  let dials = 0
  const count = async (): Promise<Connection> => {
    dials++
    throw new Error('not reached')
  }
  const asked: string[] = []
  const byAddress = dialerWith(count, {
    denyDialMultiaddr: async (address: Multiaddr) => asked.push(address.toString()) > 0
  })
  await assert.rejects(byAddress.dial(ADDRESS, deadline()), {
    name: 'UnreachableError',
    message: /may not dial \/ip4\/192\.0\.2\.1/
  })
  assert.deepEqual(asked, [ADDRESS.toString()])
  const byPeer = dialerWith(count, { denyDialPeer: (peer: unknown) => `${peer}` === PEER })
  await assert.rejects(byPeer.dial(ADDRESS, deadline()), { name: 'UnreachableError' })
  assert.equal(dials, 0)
})

test('a failure is an error with its cause, whatever the transport threw', async () => {
  const thrown = new Event('error')
  const dialer = dialerWith(() => Promise.reject(thrown))
  await assert.rejects(dialer.dial(ADDRESS, deadline()), (error: Error) => {
    assert.equal(error.name, 'UnreachableError')
    assert.equal(error.cause, thrown)
    assert.ok(error.message.startsWith(ADDRESS.toString()))
    return true
  })
})

test('an aborted dial rejects with the reason of its signal', async () => {
  const controller = new AbortController()
  const dialer = dialerWith(async () => {
    controller.abort(new Error('no longer wanted'))
    throw new Error('the transport says something else')
  })
  await assert.rejects(dialer.dial(ADDRESS, controller.signal), { message: 'no longer wanted' })
  let dials = 0
  const never = dialerWith(async () => {
    dials++
    throw new Error('not reached')
  })
  await assert.rejects(never.dial(ADDRESS, controller.signal), { message: 'no longer wanted' })
  assert.equal(dials, 0)
})

test('two dials of one address are two connections', async (t) => {
  const aggregator = await startAggregatorNode(t)
  const page = await startPageNode(t)
  const { dialer } = page.services
  const [first, second] = await Promise.all([
    dialer.dial(addressOf(aggregator), deadline()),
    dialer.dial(addressOf(aggregator), deadline())
  ])
  assert.notEqual(first.id, second.id)
  assert.equal(page.getConnections(aggregator.peerId).length, 2)
})

test('the target of an address is the peer that it ends at', () => {
  const other = '12D3KooWP5GXuXFDCgStMagXwB1K4P1Px2ZYQDFyp7ZDFdrjvWDR'
  assert.equal(targetPeerId(ADDRESS), PEER)
  assert.equal(targetPeerId(multiaddr(`${ADDRESS}/p2p-circuit/p2p/${other}`)), other)
  assert.equal(targetPeerId(multiaddr(`${ADDRESS}/p2p-circuit/webrtc/p2p/${other}`)), other)
  assert.equal(targetPeerId(multiaddr(`/p2p/${PEER}`)), PEER)
  assert.equal(targetPeerId(multiaddr(`${ADDRESS}/p2p-circuit`)), undefined)
  assert.equal(targetPeerId(multiaddr('/ip4/192.0.2.1/tcp/443/wss')), undefined)
})
