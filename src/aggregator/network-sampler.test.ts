import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { QUIET } from './examples.kit.test.ts'
import { NetworkSampler, type SampleInput } from './network-sampler.ts'
import { type NodeRow, rowUnheard } from './row.ts'

const { watched: _, ...plain } = rowUnheard('')

function visitor(more: Partial<NodeRow> = {}): NodeRow {
  return { ...plain, status: 'beating', beats: 1, height: '100', head: ['a'], ...more }
}

function watchedNode(more: Partial<NodeRow> = {}): NodeRow {
  return { ...visitor(more), watched: true }
}

function sample(rows: readonly NodeRow[], more: Partial<SampleInput> = {}) {
  return new NetworkSampler().sample({ ...input, rows, ...more })
}

const input: SampleInput = {
  rows: [],
  references: { ok: 0, all: 0 },
  beats: 0,
  alerts: 0,
  frozen: undefined,
  now: 1_000,
  elapsed: 0
}

describe('NetworkSampler', () => {
  test('sums up an empty network', () => {
    assert.deepEqual(sample([]), QUIET)
  })

  test('counts who is there, and asks agreement and heads of them alone', () => {
    const rows = [
      watchedNode({ agreement: 'same' }),
      visitor({ agreement: 'differs', head: ['b'], status: 'asleep' }),
      visitor({ status: 'overdue' }),
      visitor({ agreement: 'same', status: 'left' }),
      watchedNode({ agreement: 'same', status: 'down' })
    ]
    const { nodes, watched, agreement, consensus } = sample(rows)
    assert.deepEqual(nodes, { beating: 1, asleep: 1, overdue: 1, left: 1, down: 1 })
    assert.deepEqual(watched, { beating: 1, asleep: 0, overdue: 0, left: 0, down: 1 })
    assert.deepEqual(agreement, { same: 1, differs: 1, unknown: 1 })
    assert.deepEqual(consensus, { inConsensus: 2, inDispute: 1 })
  })

  test('has a silent peer neither in consensus nor in dispute, and counts none below nothing', () => {
    const silent = [{ ...visitor(), beats: 0, head: [], height: '0' }, visitor({ status: 'left' })]
    assert.deepEqual(sample(silent).consensus, { inConsensus: 0, inDispute: 0 })
  })

  test('compares with the references, whatever a majority of strangers says', () => {
    const liars = Array.from({ length: 1_000 }, () => visitor({ height: '999999', head: ['x'] }))
    const rows = [...liars, watchedNode({ height: '98' })]
    const references = { ok: 1, all: 1, networkHeight: 100n }
    const { topHeight, networkHeight, spread } = sample(rows, { references })
    assert.deepEqual([topHeight, networkHeight], ['100', '100'])
    assert.equal(spread.find(({ from }) => from === 2)?.nodes, 1)
    assert.equal(sample(rows).topHeight, '98', 'without references, with watched nodes')
  })

  test('takes the height that most share where nobody is trusted', () => {
    const rows = [visitor(), visitor(), visitor({ height: `${2n ** 64n - 1n}`, head: ['x'] })]
    assert.equal(sample(rows).topHeight, '100')
  })

  test('groups nodes that know heights alone by these', () => {
    const rows = [visitor({ head: [] }), visitor({ head: [] }), visitor({ head: [], height: '99' })]
    assert.deepEqual(sample(rows).consensus, { inConsensus: 2, inDispute: 1 })
  })

  test('tells since when the top has not moved', () => {
    const sampler = new NetworkSampler()
    const at = (now: number, height: bigint) =>
      sampler.sample({ ...input, references: { ok: 1, all: 1, networkHeight: height }, now })
    assert.equal(at(1_000, 5n).topSince, 1_000)
    assert.equal(at(2_000, 5n).topSince, 1_000)
    assert.equal(at(3_000, 6n).topSince, 3_000)
  })

  test('counts beats a second over the last ten seconds', () => {
    const sampler = new NetworkSampler()
    const rates = []
    for (let second = 0; second <= 30; second++) {
      const beats = second <= 20 ? second * 7 : 140
      rates.push(sampler.sample({ ...input, beats, elapsed: second * 1_000 }).beatsPerSecond)
    }
    assert.deepEqual([rates[0], rates[1], rates[20], rates[25], rates[30]], [0, 7, 7, 3.5, 0])
  })

  test('sums up the round trips that nodes report', () => {
    const rows = Array.from({ length: 100 }, (_, rtt) => visitor({ rtt }))
    assert.deepEqual(sample([...rows, visitor()]).rtt, { p50: 50, p95: 95 })
  })
})
