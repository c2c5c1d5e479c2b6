import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NetworkHistory, NetworkPoint, NetworkState } from '../aggregator/index.ts'
import { DASHBOARD_TREND_POINTS } from '../constants.ts'
import { type TrendPoint, withHistory, withMoment } from './trend.ts'

const MINUTE = 60_000

function moment(at: number, beating: number): NetworkState {
  const nodes = { beating, asleep: 1, overdue: 1, left: 9, down: 9 }
  return {
    at,
    nodes,
    agreement: { same: 1, differs: 0, unknown: 0 },
    networkHeight: '7',
    alerts: 2
  } as unknown as NetworkState
}

test('a minute has one point, which is what was heard last in it', () => {
  const trend = withMoment(withMoment([], moment(1_000, 5)), moment(59_000, 6))
  assert.deepEqual(trend, [{ at: 0, nodes: 8, same: 1, differs: 0, height: 7, alerts: 2 }])
  assert.equal(withMoment(trend, moment(60_000, 6)).length, 2)
})

test('never holds more than its hour', () => {
  let trend: readonly TrendPoint[] = []
  for (let at = 0; at < 200; at += 1) trend = withMoment(trend, moment(at * MINUTE, 1))
  assert.equal(trend.length, DASHBOARD_TREND_POINTS)
  assert.equal(trend.at(-1)?.at, 199 * MINUTE)
})

test('history fills in what came before, and does not undo what was heard live', () => {
  const live = withMoment([], moment(3 * MINUTE, 5))
  const point = (at: number) => ({ at, nodes: 1, same: 1, differs: 0 }) as NetworkPoint
  const history: NetworkHistory = {
    from: 0,
    to: 4 * MINUTE,
    step: MINUTE,
    points: [point(MINUTE), point(2 * MINUTE), point(3 * MINUTE)],
    alerts: [
      { id: 'x', kind: 'node-down', subject: '', since: 70_000, until: 100_000, evidence: '' }
    ]
  }
  const trend = withHistory(live, history)
  assert.deepEqual(
    trend.map(({ at, nodes }) => [at / MINUTE, nodes]),
    [
      [1, 1],
      [2, 1],
      [3, 7]
    ]
  )
  assert.deepEqual(
    trend.map(({ alerts }) => alerts),
    [1, 0, 2]
  )
})
