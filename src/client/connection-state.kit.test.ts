// What the tests of the connection's state share: events, and the states that they lead to. No tests of
// its own.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RouteError } from '../errors.ts'
import type { Way } from '../heartbeat/index.ts'
import { type ConnectionEvent, ConnectionStateWriter } from './connection-state.ts'
import type { ConnectionState } from './state.ts'

export const connected = (way: Way): ConnectionEvent => ({ type: 'connected', way, address: '/a' })
export const accepted: ConnectionEvent = { type: 'accepted', version: 1, rtt: 23 }
export const agreed: ConnectionEvent = { type: 'accepted', version: 1 }
export const accepted2: ConnectionEvent = { type: 'accepted', version: 2, rtt: 23 }
export const alive: ConnectionEvent = { type: 'alive' }
export const suspect: ConnectionEvent = { type: 'suspect' }
export const acknowledged: ConnectionEvent = {
  type: 'acknowledged',
  ack: { type: 'ack', seq: 1 },
  at: 110,
  rtt: 10
}
export const full: ConnectionEvent = { type: 'skipped', reason: 'needs-drain', nextAt: 160 }
export const lost: ConnectionEvent = { type: 'lost', error: new Error('x') }
export const sent = {
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
} satisfies ConnectionEvent
export const slowed = { ...sent, isSlowed: true } satisfies ConnectionEvent
export const failed: ConnectionEvent = {
  type: 'failed',
  error: new RouteError('relay', 'the relay at r does not answer'),
  level: 'warning',
  attempts: 2,
  since: 50,
  retryAt: 90,
  isKept: false
}
export const failedKept: ConnectionEvent = { ...failed, isKept: true }
/** By the writer's clock, in ms since 1970. */
export const NOW = 1_000
export const network = (online: boolean): ConnectionEvent => ({ type: 'network', online, at: 60 })
export const connecting: ConnectionEvent = { type: 'connecting', attempt: 1 }

/** The state that events lead to, in their order. */
export function after(...events: ConnectionEvent[]): ConnectionState {
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

/** Beats flow and are not answered. */
export const beating = {
  phase: 'beating',
  delivery: { kind: 'unconfirmed' },
  lastBeat: { at: 100, height: 7n },
  nextBeatAt: 130,
  suspect: false
}

/** Beats flow and are answered. */
export const delivered = { ...beating, delivery: { kind: 'acknowledged', at: 110 }, rtt: 10 }

/** The relay does not answer. */
export const failing = {
  phase: 'failing',
  layer: 'relay',
  since: 50,
  attempts: 2,
  via: 'relay.example',
  problem: 'the relay at r does not answer',
  nextTryAt: 90
}

/** What leads to acknowledged beats over WebSocket. */
export const flowing: ConnectionEvent[] = [
  connecting,
  connected('websocket'),
  accepted2,
  sent,
  acknowledged
]

/** A title, the events in their order, and the state that they lead to. */
export type Row = readonly [title: string, events: readonly ConnectionEvent[], state: object]

/** Makes a test of each row. */
export function testEach(rows: readonly Row[]): void {
  for (const [title, events, state] of rows) {
    test(title, () => assert.deepEqual(after(...events), state))
  }
}
