import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Queue } from './queue.ts'
import { alert, beat, minute, row } from './test-kit.ts'

const kinds = (queue: Queue): string[] => queue.take(100).map(({ kind }) => kind)

test('the oldest beats give way first, and are counted', () => {
  const queue = new Queue(3)
  for (const height of [1n, 2n, 3n, 4n]) queue.push(beat({ height }))
  queue.push({ kind: 'alert', alert: alert() })
  const heights = queue.take(100).flatMap((each) => (each.kind === 'beat' ? each.height : []))
  assert.deepEqual(heights, [3n, 4n])
  assert.equal(queue.lost, 2)
})

test('alerts and statuses stay as long as there is anything else', () => {
  const queue = new Queue(2)
  queue.push({ kind: 'status', peer: 'node', at: 0, status: 'down' })
  queue.push({ kind: 'network', point: minute() })
  queue.push({ kind: 'alert', alert: alert() })
  queue.push(beat())
  assert.deepEqual(kinds(queue), ['alert', 'status'])
  assert.equal(queue.lost, 2)
})

test('of one node the last row is kept, and it takes no room', () => {
  const queue = new Queue(1)
  queue.push({ kind: 'row', row: row({ beats: 1 }) })
  queue.push(beat())
  queue.push({ kind: 'row', row: row({ beats: 2 }) })
  assert.equal(queue.size, 2)
  assert.deepEqual(queue.take(1), [{ kind: 'row', row: row({ beats: 2 }) }])
  assert.equal(queue.lost, 0)
})

test('hands out no more than is asked for, in order of time', () => {
  const queue = new Queue(10_000)
  for (let at = 0; at < 5_000; at++) queue.push(beat({ at }))
  const taken = [2_000, 2_000, 2_000].map((max) => queue.take(max))
  assert.deepEqual(
    taken.map(({ length }) => length),
    [2_000, 2_000, 1_000]
  )
  const moments = taken.flat().map((each) => (each.kind === 'beat' ? each.at : -1))
  assert.deepEqual(
    moments,
    Array.from({ length: 5_000 }, (_, at) => at)
  )
})
