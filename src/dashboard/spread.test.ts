import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NetworkPoint } from '../aggregator/index.ts'
import { binName } from './spread.ts'
import { spreadShares } from './spread-shares.ts'

test('a bin is called by the lags that it holds', () => {
  assert.equal(binName(0, 1), 'At the top')
  assert.equal(binName(1, 2), '1')
  assert.equal(binName(3, 5), '3–4')
  assert.equal(binName(10, undefined), '10 or more')
  assert.equal(binName(0, 3), '0–2')
})

test('shares stand upon each other, and a minute without nodes is a gap', () => {
  const point = (spread: NetworkPoint['spread']) => ({ spread }) as NetworkPoint
  const bins = [
    { from: 0, nodes: 6 },
    { from: 2, nodes: 2 },
    { from: 5, nodes: 2 }
  ]
  const series = spreadShares([point(bins), undefined, point([])])
  assert.deepEqual(
    series.map(({ values }) => values),
    [
      [0.6, null, null],
      [0.8, null, null],
      [1, null, null]
    ]
  )
  assert.deepEqual(
    series.map(({ tell }) => tell?.(0)),
    ['6', '2', '2']
  )
})
