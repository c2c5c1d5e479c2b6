import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  accepted,
  after,
  agreed,
  beating,
  connected,
  connecting,
  failed,
  failing,
  full,
  lost,
  NOW,
  network,
  sent,
  testEach
} from './connection-state.kit.test.ts'
import { type ConnectionEvent, ConnectionStateWriter } from './connection-state.ts'

testEach([
  ['is connecting at first', [], { phase: 'connecting', attempt: 1, via: 'relay.example' }],
  [
    'stays connecting until a beat has left',
    [connecting, connected('relayed'), accepted],
    { phase: 'connecting', attempt: 1, via: 'relay.example' }
  ],
  [
    'is beating once a beat has left',
    [connecting, connected('websocket'), accepted, sent],
    { ...beating, route: 'websocket', rtt: 23 }
  ],
  [
    'learns the round trip from an answer after the beat',
    [connected('websocket'), sent, accepted],
    { ...beating, route: 'websocket', rtt: 23 }
  ],
  [
    'tells of the attempt at a direct connection',
    [connected('relayed'), agreed, { type: 'upgrade', upgrade: 'trying' }, sent],
    { ...beating, route: 'relayed', upgrade: 'trying' }
  ],
  [
    'tells that the attempt failed',
    [
      connected('relayed'),
      agreed,
      sent,
      { type: 'upgrade', upgrade: 'trying' },
      { type: 'upgrade', upgrade: 'failed' }
    ],
    { ...beating, route: 'relayed', upgrade: 'failed' }
  ],
  [
    'forgets the attempt once the beats have moved',
    [
      connected('relayed'),
      accepted,
      { type: 'upgrade', upgrade: 'trying' },
      sent,
      connected('webrtc')
    ],
    { ...beating, route: 'webrtc' }
  ],
  [
    'says that it waits for a head',
    [connected('websocket'), { type: 'skipped', reason: 'no-head', nextAt: 9 }],
    { phase: 'connecting', attempt: 1, via: 'relay.example', waitingFor: 'head' }
  ],
  [
    'stays beating when one beat is dropped, and says when the next is due',
    [connected('websocket'), agreed, sent, full],
    { ...beating, route: 'websocket', nextBeatAt: 160 }
  ],
  [
    'is suspect when beats cannot leave, until one does',
    [connected('websocket'), agreed, sent, full, full],
    { ...beating, route: 'websocket', nextBeatAt: 160, suspect: true }
  ],
  [
    'is not suspect any more once a beat has left',
    [connected('websocket'), agreed, sent, full, full, sent],
    { ...beating, route: 'websocket' }
  ],
  [
    'is offline, not failing, when the device went offline while it was beating',
    [connected('relayed'), agreed, sent, network(false), lost, failed],
    { phase: 'offline', since: 60 }
  ],
  [
    'names the layer again once the device is back online',
    [network(false), failed, network(true), connecting, failed],
    failing
  ],
  [
    'keeps the route that it has through a flicker of the network',
    [connected('relayed'), agreed, network(false), network(true), sent],
    { ...beating, route: 'relayed' }
  ],
  [
    'stays failing while a server that is tried again has not accepted',
    [failed, connecting, connected('relayed'), sent],
    failing
  ],
  [
    'is connecting again after a loss',
    [connected('webrtc'), agreed, sent, { type: 'lost', error: new Error('x') }],
    { phase: 'connecting', attempt: 1, via: 'relay.example' }
  ],
  ['names the layer that fails', [connecting, failed], failing],
  ['stays failing while it tries again', [failed, connecting], failing],
  [
    'is beating again after failures',
    [failed, connecting, connected('relayed'), agreed, sent],
    { ...beating, route: 'relayed' }
  ],
  [
    'is offline while nothing goes through and the browser says so',
    [connecting, network(false)],
    { phase: 'offline', since: 60 }
  ],
  [
    'stays offline while its tries fail',
    [network(false), failed, connecting],
    { phase: 'offline', since: 60 }
  ],
  [
    'does not believe the browser while beats go through',
    [connected('websocket'), agreed, sent, network(false)],
    { ...beating, route: 'websocket' }
  ],
  [
    'connects when the browser is online again',
    [network(false), network(true)],
    { phase: 'connecting', attempt: 1, via: 'relay.example' }
  ],
  [
    'is beating although the browser said offline',
    [network(false), connected('websocket'), agreed, sent],
    { ...beating, route: 'websocket' }
  ]
])

test('blames the aggregator when an error names no layer', () => {
  const state = after({ ...failed, error: new Error('?') } as ConnectionEvent)
  assert.equal(state.phase === 'failing' && state.layer, 'aggregator')
})

test('tells only what changed', () => {
  let told = 0
  const writer = new ConnectionStateWriter(
    'r',
    () => NOW,
    () => told++
  )
  writer.write(failed)
  writer.write(connecting)
  writer.write(network(true))
  assert.equal(told, 2)
})
