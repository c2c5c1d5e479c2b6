import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NodeHistory } from '../aggregator/index.ts'
import { stretchesOf } from './status-strip.ts'

function history(statuses: NodeHistory['statuses']): NodeHistory {
  return { peer: 'a', from: 100, to: 200, step: 10, points: [], alerts: [], network: [], statuses }
}

test('begins with what it was before the range, and ends now', () => {
  const told = history([
    { at: 20, status: 'beating' },
    { at: 130, status: 'down' },
    { at: 150, status: 'beating' }
  ])
  assert.deepEqual(stretchesOf(told, 180), [
    { status: 'beating', from: 100, to: 130 },
    { status: 'down', from: 130, to: 150 },
    { status: 'beating', from: 150, to: 180 }
  ])
})

test('says nothing of the time before a node was known', () => {
  const told = history([{ at: 160, status: 'beating' }])
  assert.deepEqual(stretchesOf(told, 999), [{ status: 'beating', from: 160, to: 200 }])
  assert.deepEqual(stretchesOf(history([]), 999), [])
})
