import {
  accepted2,
  acknowledged,
  agreed,
  alive,
  beating,
  connected,
  connecting,
  delivered,
  failed,
  failedKept,
  failing,
  flowing,
  NOW,
  network,
  sent,
  slowed,
  suspect,
  testEach
} from './connection-state.kit.test.ts'

testEach([
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
  ]
])
