import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MAX_HALTED_PER_MINUTE, NOTHING_HEARD_PERIOD } from '../constants.ts'
import { conditionsOf, type Scene } from './conditions.ts'
import { type NodeRow, rowUnheard } from './row.ts'

const NOW = 1_700_000_000_000
const EPOCH_PERIOD = 30_000

const healthy: NodeRow = {
  ...rowUnheard('a'),
  nickname: 'lily',
  status: 'beating',
  agreement: 'same',
  height: '100',
  headAt: NOW - 1_000,
  beats: 7,
  lastBeatAt: NOW - 1_000
}

/** Kinds and subjects of what is wrong. */
function wrongIn(scene: Partial<Scene>, row: Partial<NodeRow> = {}): string[] {
  return all(scene, row).map(({ kind, subject }) => (subject === '' ? kind : `${kind} ${subject}`))
}

function all(scene: Partial<Scene>, row: Partial<NodeRow> = {}) {
  return conditionsOf({
    watched: [{ ...healthy, ...row }],
    references: { ok: 2, all: 2, networkHeight: 100n },
    epochPeriod: EPOCH_PERIOD,
    lastBeatAt: NOW - 1_000,
    silentFor: 1_000,
    frozen: undefined,
    halted: 0,
    ...scene
  })
}

describe('conditions', () => {
  test('are none while all is well', () => {
    assert.deepEqual(all({}), [])
    assert.deepEqual(all({}, { status: 'asleep' }), [])
    assert.deepEqual(all({}, { status: 'overdue' }), [])
  })

  test('tell of a watched node that is down, with its last beat and when it was due', () => {
    const [found] = all({}, { status: 'down', nextBy: NOW })
    assert.deepEqual(found, {
      kind: 'node-down',
      subject: 'a',
      nickname: 'lily',
      evidence:
        'its last beat, at height 100, came 2023-11-14T22:13:19Z, the next was due by 2023-11-14T22:13:20Z'
    })
    const [unheard] = all({ watched: [{ ...rowUnheard('a'), status: 'down' }] })
    assert.match(unheard?.evidence ?? '', /never heard/)
  })

  test('tell a node that is stalled from one that is behind', () => {
    assert.deepEqual(wrongIn({}, { behindNetwork: 5 }), ['node-behind a'])
    const headAt = NOW - 1_000 - 5 * EPOCH_PERIOD
    assert.deepEqual(wrongIn({}, { behindNetwork: 5, headAt }), ['node-stalled a'])
    assert.deepEqual(wrongIn({}, { behindNetwork: 4, headAt }), [])
  })

  test('blame no node that is silent for what the network did meanwhile', () => {
    const references = { ok: 1, all: 1, networkHeight: 1_000n }
    for (const status of ['asleep', 'overdue'] as const) {
      const lastBeatAt = NOW - 20 * EPOCH_PERIOD
      const row = { status, lastBeatAt, headAt: lastBeatAt, behindNetwork: 0 }
      assert.deepEqual(wrongIn({ references }, row), [], status)
    }
  })

  test('compare a watched node with all references but itself', () => {
    const references = { ok: 2, all: 2, networkHeight: 100n }
    const [found] = all({ references }, { behindNetwork: 7 })
    assert.equal(found?.kind, 'node-behind')
    assert.match(found?.evidence ?? '', /7 epochs behind the network's 107$/)
    assert.deepEqual(wrongIn({ references: { ok: 0, all: 2 } }, { behindNetwork: 7 }), [
      'references-lost'
    ])
  })

  test('blame no node for a network that stands still', () => {
    assert.deepEqual(wrongIn({}, { headAt: NOW - 100 * EPOCH_PERIOD }), [])
  })

  test('say nothing of a lag without references', () => {
    const headAt = NOW - 100 * EPOCH_PERIOD
    assert.deepEqual(wrongIn({ references: { ok: 0, all: 0 } }, { headAt }), [])
  })

  test('tell of another chain, by its tipset or by its genesis', () => {
    assert.deepEqual(wrongIn({}, { agreement: 'differs' }), ['node-on-other-chain a'])
    assert.deepEqual(wrongIn({}, { rejected: 'wrong-network' }), ['node-on-other-chain a'])
  })

  test('tell of two programs with the key of a watched node, be it there or not', () => {
    const duplicateIdentity = { since: NOW - 9_000, at: NOW }
    assert.deepEqual(wrongIn({}, { duplicateIdentity }), ['duplicate-identity a'])
    assert.deepEqual(wrongIn({}, { duplicateIdentity, status: 'left' }), ['duplicate-identity a'])
  })

  test('say nothing of the chain of a node that is not there', () => {
    assert.deepEqual(wrongIn({}, { agreement: 'differs', status: 'down' }), ['node-down a'])
    assert.deepEqual(wrongIn({}, { agreement: 'differs', status: 'left' }), [])
  })

  test('tell of references that disagree, and that none is left', () => {
    const differing = { ok: 2, all: 2, disagreement: 'at height 9 …' }
    assert.deepEqual(wrongIn({ references: differing }), ['references-disagree'])
    assert.deepEqual(wrongIn({ references: { ok: 0, all: 2 } }), ['references-lost'])
  })

  test('tell that nothing is heard, where somebody should be', () => {
    const silentFor = NOTHING_HEARD_PERIOD
    assert.deepEqual(wrongIn({ silentFor }), ['nothing-heard'])
    assert.deepEqual(wrongIn({ silentFor, watched: [] }), [])
    assert.deepEqual(wrongIn({ silentFor, watched: [], frozen: 'nine of ten fell silent' }), [
      'observer-unwell',
      'nothing-heard'
    ])
    assert.deepEqual(wrongIn({ silentFor: silentFor - 1 }), [])
  })

  test('tell once that the observer is unwell, and why', () => {
    const halted = MAX_HALTED_PER_MINUTE + 18_000
    assert.match(all({ halted })[0]?.evidence ?? '', /stood still for 20s of the last minute/)
    assert.deepEqual(wrongIn({ halted, frozen: 'nine of ten fell silent' }), ['observer-unwell'])
    assert.deepEqual(wrongIn({ halted: MAX_HALTED_PER_MINUTE }), [])
  })
})
