import assert from 'node:assert/strict'
import { test } from 'node:test'
import { QUIET } from '../aggregator/examples.kit.test.ts'
import type { Alert, NetworkState, NodeRow } from '../aggregator/index.ts'
import { apply, type DashboardState, NOTHING_HEARD } from './model.ts'

const network = (at: number): NetworkState => ({ ...QUIET, at })

function row(peer: string, more: Partial<NodeRow> = {}): NodeRow {
  return { peer, watched: true, nickname: peer, height: '1', ...more } as NodeRow
}

function alert(id: string, since: number, more: Partial<Alert> = {}): Alert {
  return { id, kind: 'node-down', subject: 'a', since, evidence: 'silent', ...more }
}

function begun(at = 1_000): DashboardState {
  const data = { nodes: [row('a'), row('b')], network: network(at), alerts: [alert('x', 5)] }
  return apply(NOTHING_HEARD, { type: 'snapshot', data }, 1_000)
}

test('a snapshot takes the place of all that was known', () => {
  const data = { nodes: [row('c')], network: network(2_000), alerts: [] }
  const state = apply(begun(), { type: 'snapshot', data }, 2_000)
  assert.deepEqual([...state.watched.keys()], ['c'])
  assert.deepEqual(state.standing, [])
  assert.equal(state.network?.at, 2_000)
})

test('rows come, change and go, and a state that was handed out never changes', () => {
  const before = begun()
  const changed = apply(before, { type: 'node', data: row('a', { height: '2' }) }, 1_000)
  const gone = apply(changed, { type: 'gone', data: { peer: 'b' } }, 1_000)
  assert.equal(before.watched.get('a')?.height, '1')
  assert.equal(changed.watched.get('a')?.height, '2')
  assert.deepEqual([...gone.watched.keys()], ['a'])
  assert.equal(before.watched.size, 2)
})

test('keeps no visitor, however many are told of', () => {
  const { watched: _, ...visitor } = row('v')
  const before = begun()
  assert.equal(apply(before, { type: 'node', data: visitor }, 1_000), before)
  assert.equal(apply(before, { type: 'gone', data: { peer: 'v' } }, 1_000), before)
})

test('an alert stands until it is over, the newest first', () => {
  const raised = apply(begun(), { type: 'alert', data: alert('y', 9) }, 1_000)
  assert.deepEqual(
    raised.standing.map(({ id }) => id),
    ['y', 'x']
  )
  const over = apply(raised, { type: 'alert', data: alert('y', 9, { until: 12 }) }, 1_000)
  assert.deepEqual(
    over.standing.map(({ id }) => id),
    ['x']
  )
})

test('reckons by the clock of the aggregator where it differs, and does not tremble', () => {
  assert.equal(begun(1_400).skew, 0)
  const ahead = begun(61_000)
  assert.equal(ahead.skew, 60_000)
  const later = apply(ahead, { type: 'network', data: network(62_300) }, 2_000)
  assert.equal(later.skew, 60_000)
  const mended = apply(later, { type: 'network', data: network(3_000) }, 3_000)
  assert.equal(mended.skew, 0)
})
