import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RouteError } from '../errors.ts'
import type { Way } from '../heartbeat/index.ts'
import { type ConnectionEvent, ConnectionStateWriter } from './connection-state.ts'
import type { ConnectionState } from './state.ts'

const connected = (way: Way): ConnectionEvent => ({ type: 'connected', way, address: '/a' })
const accepted: ConnectionEvent = { type: 'accepted', version: 1, rtt: 23 }
const agreed: ConnectionEvent = { type: 'accepted', version: 1 }
const accepted2: ConnectionEvent = { type: 'accepted', version: 2, rtt: 23 }
const alive: ConnectionEvent = { type: 'alive' }
const suspect: ConnectionEvent = { type: 'suspect' }
const acknowledged: ConnectionEvent = {
  type: 'acknowledged',
  ack: { type: 'ack', seq: 1 },
  at: 110,
  rtt: 10
}
const full: ConnectionEvent = { type: 'skipped', reason: 'needs-drain', nextAt: 160 }
const lost: ConnectionEvent = { type: 'lost', error: new Error('x') }
const sent: ConnectionEvent = {
  type: 'sent',
  beat: {
    seq: 1,
    session: new Uint8Array(8),
    head: [],
    height: 7n,
    nickname: '',
    minerAddress: '',
    next: 30
  },
  bytes: new Uint8Array(),
  version: 2,
  at: 100,
  nextAt: 130,
  isSlowed: false
}
const slowed: ConnectionEvent = { ...sent, isSlowed: true }
const failed: ConnectionEvent = {
  type: 'failed',
  error: new RouteError('relay', 'the relay at r does not answer'),
  level: 'warning',
  attempts: 2,
  since: 50,
  retryAt: 90,
  isKept: false
}
const failedKept: ConnectionEvent = { ...failed, isKept: true }
const NOW = 1_000
const network = (online: boolean): ConnectionEvent => ({ type: 'network', online, at: 60 })
const connecting: ConnectionEvent = { type: 'connecting', attempt: 1 }

function after(...events: ConnectionEvent[]): ConnectionState {
  let state: ConnectionState | undefined
  const writer = new ConnectionStateWriter(
    'relay.example',
    () => NOW,
    (next) => {
      state = next
    }
  )
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

const delivered = { ...beating, delivery: { kind: 'acknowledged', at: 110 }, rtt: 10 }
const failing = {
  phase: 'failing',
  layer: 'relay',
  since: 50,
  attempts: 2,
  via: 'relay.example',
  problem: 'the relay at r does not answer',
  nextTryAt: 90
}
/** What leads to acknowledged beats over WebSocket. */
const flowing: ConnectionEvent[] = [
  connecting,
  connected('websocket'),
  accepted2,
  sent,
  acknowledged
]

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
    'stays connecting until a beat of version 2 is acknowledged',
    [connecting, connected('websocket'), accepted2, sent],
    { phase: 'connecting', attempt: 1, via: 'relay.example' }
  ],
  [
    'is beating, and says when the aggregator acknowledged',
    flowing,
    { ...delivered, route: 'websocket' }
  ],
  [
    'keeps what was acknowledged while the next beat is under way',
    [...flowing, { ...sent, at: 130, nextAt: 160 }],
    { ...delivered, route: 'websocket', lastBeat: { at: 130, height: 7n }, nextBeatAt: 160 }
  ],
  [
    'keeps what was acknowledged when the beats move to a better way',
    [...flowing, connected('webrtc')],
    { ...beating, delivery: { kind: 'acknowledged', at: 110 }, route: 'webrtc' }
  ],
  [
    'says that beats are not taken for now, and beats on',
    [...flowing, { type: 'rejected', reason: 'too-often' }],
    { ...delivered, route: 'websocket', delivery: { kind: 'rejected', reason: 'too-often' } }
  ],
  [
    'is rejected for good, and names no next try',
    [...flowing, { type: 'rejected', reason: 'wrong-network', isFinal: true }],
    { phase: 'rejected', reason: 'wrong-network', since: NOW }
  ],
  [
    'is rejected for a while, and names the next try',
    [...flowing, { type: 'rejected', reason: 'refused', retryAt: 9_000 }],
    { phase: 'rejected', reason: 'refused', since: NOW, nextTryAt: 9_000 }
  ],
  [
    'connects again after a rejection that was for a while',
    [...flowing, { type: 'rejected', reason: 'refused', retryAt: 9_000 }, connecting],
    { phase: 'connecting', attempt: 1, via: 'relay.example' }
  ],
  [
    'stays rejected although the device goes offline',
    [...flowing, { type: 'rejected', reason: 'refused', retryAt: 9_000 }, network(false)],
    { phase: 'rejected', reason: 'refused', since: NOW, nextTryAt: 9_000 }
  ],
  [
    'is suspect when an answer is overdue',
    [...flowing, suspect],
    { ...delivered, route: 'websocket', suspect: true }
  ],
  [
    'is not suspect any more once the leg shows that it is there',
    [...flowing, suspect, alive],
    { ...delivered, route: 'websocket' }
  ],
  [
    'is not suspect any more once another leg has taken over',
    [...flowing, suspect, connected('relayed'), accepted2, acknowledged],
    { ...delivered, route: 'relayed' }
  ],
  [
    'is failing while the leg that is kept does not answer',
    [...flowing, suspect, failedKept],
    failing
  ],
  [
    'is beating again when the leg that was kept answers after all',
    [...flowing, suspect, failedKept, alive],
    { ...delivered, route: 'websocket' }
  ],
  [
    'is offline while a kept leg does not answer and the browser says so',
    [...flowing, suspect, failedKept, network(false)],
    { phase: 'offline', since: 60 }
  ],
  ['is failing, not beating, after a leg that was not kept', [...flowing, failed, alive], failing],
  [
    'is asleep while beats leave more seldom than asked',
    [...flowing, slowed],
    { phase: 'asleep', since: 100 }
  ],
  [
    'does not rest from telling that its reports are not accepted',
    [...flowing, { type: 'rejected', reason: 'too-often' }, slowed],
    { ...delivered, route: 'websocket', delivery: { kind: 'rejected', reason: 'too-often' } }
  ],
  [
    'is asleep since the first of the beats that came late',
    [...flowing, slowed, { ...slowed, at: 500 }],
    { phase: 'asleep', since: 100 }
  ],
  [
    'is awake again once beats leave as asked',
    [...flowing, slowed, sent],
    { ...delivered, route: 'websocket' }
  ],
  [
    'is the same at another pace',
    [...flowing, { type: 'paced', period: 9 }],
    { ...delivered, route: 'websocket' }
  ],
  [
    'is unconfirmed over a leg of version 1 that takes over',
    [...flowing, connected('relayed'), agreed],
    { ...beating, route: 'relayed' }
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
