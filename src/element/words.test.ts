import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ConnectionState, View } from '../client/index.ts'
import { reportsLabel } from './labels.ts'
import { reportsSentence, viewSentence } from './sentences.ts'

const NOW = 1_000_000

const beating = {
  phase: 'beating',
  route: 'relayed',
  lastBeat: { at: NOW, height: 7n },
  nextBeatAt: NOW,
  suspect: false
} as const

const broken: ConnectionState[] = [
  { phase: 'misconfigured', option: 'target', problem: 'p' },
  { phase: 'unsupported', problem: 'p' },
  { phase: 'offline', since: 1 },
  { phase: 'connecting', attempt: 1, via: 'relay.example' },
  {
    phase: 'failing',
    layer: 'relay',
    since: 1,
    attempts: 1,
    via: 'relay.example',
    problem: 'p',
    nextTryAt: NOW + 12_000
  },
  { phase: 'rejected', reason: 'wrong-network', since: 1 },
  { phase: 'asleep', since: 1 },
  { ...beating, delivery: { kind: 'unconfirmed' } },
  { ...beating, delivery: { kind: 'rejected', reason: 'refused' } }
]

describe('a tab that follows', () => {
  test('says that another tab reports while those reports arrive', () => {
    const leader = { ...beating, delivery: { kind: 'acknowledged', at: NOW } } as const
    const state = { phase: 'following', since: 1, leader } as const
    assert.deepEqual(reportsLabel(state), { shape: 'elsewhere', label: 'On in another tab' })
    assert.equal(reportsSentence(state, NOW), 'Another tab reports for this wallet.')
  })

  for (const leader of broken) {
    const { label } = reportsLabel(leader)
    test(`says of the other tab what that says of itself: ${label}`, () => {
      const state = { phase: 'following', since: 1, leader } as const
      assert.deepEqual(reportsLabel(state), reportsLabel(leader))
      const sentence = `In another tab: ${reportsSentence(leader, NOW)}`
      assert.equal(reportsSentence(state, NOW), sentence)
    })
  }
})

test('calls those who agree the sources of the operator', () => {
  const view: View = { verdict: 'fresh', height: 7n, checkedAt: NOW }
  const said = (witnesses: number): string => viewSentence({ ...view, witnesses })
  assert.equal(said(1), "Epoch 7. 1 of the operator's sources agrees.")
  assert.equal(said(2), "Epoch 7. 2 of the operator's sources agree.")
})
