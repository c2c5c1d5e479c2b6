import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MAX_NEXT_PERIOD } from '../constants.ts'
import { type Announcement, livenessOf, type Presence, presenceAfter } from './liveness.ts'
import { beatOf, SESSION, sessionOf } from './test-kit.ts'

const patience = { grace: 15_000, overdueSlack: 1_000 }

/** The presence of a peer whose beats came at these moments. */
function presenceOf(...beats: (readonly [at: number, beat?: Announcement])[]): Presence {
  let presence: Presence | undefined
  for (const [at, beat = {}] of beats) presence = presenceAfter(presence, beat, at)
  assert.ok(presence)
  return presence
}

/** How a peer is seen at each of these moments. */
const seen = (presence: Presence, ...moments: number[]): string[] =>
  moments.map((now) => livenessOf(presence, now, patience))

describe('a peer that announces its next beat', () => {
  test('beats until it is late, is overdue for the grace, and then has left', () => {
    const presence = presenceOf([0, { next: 30_000 }])
    assert.deepEqual(seen(presence, 0, 31_000, 31_001, 44_999, 45_000), [
      'beating',
      'beating',
      'overdue',
      'overdue',
      'left'
    ])
  })

  test('is overdue as soon as its streams are gone, and back with its next beat', () => {
    const closed = { ...presenceOf([0, { next: 30_000 }]), closedAt: 100 }
    assert.deepEqual(seen(closed, 100, 44_999, 45_000), ['overdue', 'overdue', 'left'])
    const back = presenceAfter(closed, { next: 30_000 }, 60_000)
    assert.deepEqual(seen(back, 60_000), ['beating'])
  })

  test('beats while its page is hidden and keeps the cadence that it had when seen', () => {
    const presence = presenceOf(
      [0, { next: 30_000, page: 'visible' }],
      [30_000, { next: 90_000, page: 'hidden' }],
      [60_000, { next: 90_000, page: 'hidden' }]
    )
    assert.deepEqual(seen(presence, 60_000, 91_000), ['beating', 'beating'])
  })

  test('is asleep while its page is hidden and its beats are rarer, until the grace is over', () => {
    const presence = presenceOf(
      [0, { next: 3_000, page: 'visible' }],
      [3_000, { next: 63_000, page: 'hidden' }]
    )
    const moments = [7_000, 7_001, 80_999, 81_000]
    assert.deepEqual(seen(presence, ...moments), ['beating', 'asleep', 'asleep', 'left'])
    assert.deepEqual(seen({ ...presence, closedAt: 1 }, 3_001), ['asleep'])
    const shown = presenceAfter(presence, { next: 3_000, page: 'visible' }, 63_000)
    assert.deepEqual(seen(shown, 63_000, 67_001), ['beating', 'overdue'])
  })

  test('is asleep between two rare beats as well, and not after one that was late', () => {
    const hidden = { next: 63_000, page: 'hidden' } as const
    const late = presenceOf([0, { next: 3_000, page: 'visible' }], [60_000, hidden])
    assert.deepEqual(seen(late, 60_000), ['beating'])
    assert.deepEqual(seen(presenceAfter(late, hidden, 120_000), 120_000), ['asleep'])
  })

  test('is judged by its own intervals when its page was never seen', () => {
    const hidden = { next: 90_000, page: 'hidden' } as const
    assert.deepEqual(seen(presenceOf([0, hidden]), 91_000, 91_001), ['beating', 'asleep'])
    const steady = presenceOf([0, hidden], [30_000, hidden])
    assert.deepEqual(seen(steady, 61_000, 61_001), ['beating', 'asleep'])
    const slow = presenceOf([0, hidden], [60_000, hidden], [120_000, hidden])
    assert.deepEqual(seen(slow, 181_000, 181_001), ['beating', 'asleep'])
    const restarted = presenceAfter(steady, { session: sessionOf(2), ...hidden }, 400_000)
    assert.deepEqual(seen(restarted, 491_000), ['beating'])
  })

  test('is asleep when it announces much more than it did in the same session', () => {
    const slow = presenceOf([0, { next: 3_000 }], [3_000, { next: 60_000 }])
    assert.deepEqual(seen(slow, 7_000, 7_001, 77_999), ['beating', 'asleep', 'asleep'])
    const awake = presenceAfter(slow, { next: 6_000 }, 63_000)
    assert.deepEqual(seen(awake, 70_000, 70_001), ['beating', 'overdue'])
    const restarted = presenceAfter(slow, { session: sessionOf(2), next: 60_000 }, 63_000)
    assert.deepEqual(seen(restarted, 124_000), ['beating'])
  })

  test('starts anew with its session, however its beats are numbered', () => {
    const presence = presenceOf(
      [0, beatOf(7, { next: 3_000 })],
      [3_000, beatOf(8, { next: 3_000 })]
    )
    const slower = (session: Uint8Array) =>
      presenceAfter(presence, beatOf(9, { session, next: 60_000 }), 6_000)
    assert.deepEqual(seen(slower(SESSION.slice()), 20_000), ['asleep'])
    assert.deepEqual(seen(slower(sessionOf(2)), 20_000), ['beating'])
  })

  test('is not asleep when it keeps the pace that it was asked for', () => {
    const slow = presenceOf([0, { next: 3_000 }], [3_000, { next: 60_000 }])
    const paced = { ...patience, pace: 60_000 }
    assert.equal(livenessOf(slow, 64_000, paced), 'beating')
    assert.equal(livenessOf(slow, 64_001, paced), 'overdue')
  })

  test('has left at once when it says so, and is back when it beats again', () => {
    const presence = presenceOf([0, { next: 30_000, page: 'leaving' }])
    assert.deepEqual(seen(presence, 0), ['left'])
    const shown = presenceAfter(presence, { next: 30_000, page: 'visible' }, 10)
    assert.deepEqual(seen(shown, 10), ['beating'])
  })
})

describe('a peer that announces nothing', () => {
  test('is expected within twice its own interval, and its open stream speaks for it', () => {
    const presence = presenceOf([0], [10_000], [15_000])
    const late = 15_000 + 20_000 + 1_000
    const gone = 15_000 + MAX_NEXT_PERIOD + 15_000
    assert.deepEqual(seen(presence, late, late + 1, gone - 1, gone), [
      'beating',
      'overdue',
      'overdue',
      'left'
    ])
  })

  test('is expected by its open stream alone before its second beat', () => {
    assert.deepEqual(seen(presenceOf([0]), 100_000), ['beating'])
  })

  test('is given the period of go-filecoin when its beats came in one chunk', () => {
    assert.deepEqual(seen(presenceOf([0], [0], [0]), 7_000, 7_001), ['beating', 'overdue'])
  })

  test('has left when its streams are gone for the grace', () => {
    const presence = { ...presenceOf([0], [3_000]), closedAt: 4_000 }
    assert.deepEqual(seen(presence, 4_000, 18_999, 19_000), ['overdue', 'overdue', 'left'])
  })
})
