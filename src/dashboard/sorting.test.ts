import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NodeRow } from '../aggregator/index.ts'
import { nextSorting, sortWatched } from './sorting.ts'

function row(nickname: string, more: Partial<NodeRow> = {}): NodeRow {
  return { peer: nickname, nickname, status: 'beating', height: '10', ...more } as NodeRow
}

const names = (rows: readonly NodeRow[]): string[] => rows.map(({ nickname }) => nickname)

test('those that need somebody stand first, the rest by name as people count', () => {
  const rows = [
    row('node-10'),
    row('node-2'),
    row('late', { status: 'overdue' }),
    row('lags', { behindNetwork: 5 }),
    row('lost', { status: 'down' }),
    row('astray', { agreement: 'differs' }),
    row('gone', { status: 'left' })
  ]
  assert.deepEqual(names(sortWatched(rows, undefined)), [
    'lost',
    'astray',
    'late',
    'lags',
    'node-2',
    'node-10',
    'gone'
  ])
})

test('an ordinary lag and a round trip change no order by themselves', () => {
  const order = (behindNetwork: number, rtt: number) =>
    names(sortWatched([row('b', { behindNetwork, rtt }), row('a')], undefined))
  assert.deepEqual(order(1, 10), order(2, 900))
})

test('heights beyond what a number holds are told apart', () => {
  const rows = [
    row('less', { height: '18446744073709551614' }),
    row('more', { height: '18446744073709551615' }),
    row('short', { height: '9' })
  ]
  const sorted = sortWatched(rows, { by: 'height', order: 'descending' })
  assert.deepEqual(names(sorted), ['more', 'less', 'short'])
})

test('a column sorts by what matters first, then the other way, then not', () => {
  const first = nextSorting(undefined, 'rtt')
  assert.deepEqual(first, { by: 'rtt', order: 'descending' })
  const second = nextSorting(first, 'rtt')
  assert.deepEqual(second, { by: 'rtt', order: 'ascending' })
  assert.equal(nextSorting(second, 'rtt'), undefined)
  assert.deepEqual(nextSorting(second, 'nickname'), { by: 'nickname', order: 'ascending' })
})
