import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RouteError } from '../errors.ts'
import type { Way } from '../heartbeat/index.ts'
import { type ConnectionEvent, ConnectionStateWriter } from './connection-state.ts'
import type { ConnectionState } from './state.ts'

const connected = (way: Way): ConnectionEvent => ({ type: 'connected', way, address: '/a' })
const accepted: ConnectionEvent = { type: 'accepted', rtt: 23 }
const agreed: ConnectionEvent = { type: 'accepted' }
const full: ConnectionEvent = { type: 'skipped', reason: 'needs-drain', nextAt: 160 }
const lost: ConnectionEvent = { type: 'lost', error: new Error('x') }
const sent: ConnectionEvent = {
  type: 'sent',
  beat: { head: [], height: 7n, nickname: '', minerAddress: '' },
  bytes: new Uint8Array(),
  stale: false,
  at: 100,
  nextAt: 130
}
const failed: ConnectionEvent = {
  type: 'failed',
  error: new RouteError('relay', 'the relay at r does not answer'),
  level: 'warning',
  attempts: 2,
  since: 50,
  retryAt: 90
}
const network = (online: boolean): ConnectionEvent => ({ type: 'network', online, at: 60 })
const connecting: ConnectionEvent = { type: 'connecting', attempt: 1 }

function after(...events: ConnectionEvent[]): ConnectionState {
  let state: ConnectionState | undefined
  const writer = new ConnectionStateWriter('relay.example', (next) => {
    state = next
  })
  for (const event of events) writer.write(event)
  assert.ok(state)
  return state
}

const beating = {
  phase: 'beating',
  delivery: { kind: 'unconfirmed' },
  lastBeat: { at: 100, height: 7n },
  nextBeatAt: 130,
  suspect: false
}

const rows: [string, ConnectionEvent[], object][] = [
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
    {
      phase: 'failing',
      layer: 'relay',
      since: 50,
      attempts: 2,
      via: 'relay.example',
      problem: 'the relay at r does not answer',
      nextTryAt: 90
    }
  ],
  [
    'keeps the route that it has through a flicker of the network',
    [connected('relayed'), agreed, network(false), network(true), sent],
    { ...beating, route: 'relayed' }
  ],
  [
    'stays failing while a server that is tried again has not accepted',
    [failed, connecting, connected('relayed'), sent],
    {
      phase: 'failing',
      layer: 'relay',
      since: 50,
      attempts: 2,
      via: 'relay.example',
      problem: 'the relay at r does not answer',
      nextTryAt: 90
    }
  ],
  [
    'is connecting again after a loss',
    [connected('webrtc'), agreed, sent, { type: 'lost', error: new Error('x') }],
    { phase: 'connecting', attempt: 1, via: 'relay.example' }
  ],
  [
    'names the layer that fails',
    [connecting, failed],
    {
      phase: 'failing',
      layer: 'relay',
      since: 50,
      attempts: 2,
      via: 'relay.example',
      problem: 'the relay at r does not answer',
      nextTryAt: 90
    }
  ],
  [
    'stays failing while it tries again',
    [failed, connecting],
    {
      phase: 'failing',
      layer: 'relay',
      since: 50,
      attempts: 2,
      via: 'relay.example',
      problem: 'the relay at r does not answer',
      nextTryAt: 90
    }
  ],
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
]

for (const [title, events, state] of rows) {
  test(title, () => assert.deepEqual(after(...events), state))
}

test('blames the aggregator when an error names no layer', () => {
  const state = after({ ...failed, error: new Error('?') } as ConnectionEvent)
  assert.equal(state.phase === 'failing' && state.layer, 'aggregator')
})

test('tells only what changed', () => {
  let told = 0
  const writer = new ConnectionStateWriter('r', () => told++)
  writer.write(failed)
  writer.write(connecting)
  writer.write(network(true))
  assert.equal(told, 2)
})
