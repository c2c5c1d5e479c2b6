import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Beat } from '../wire/index.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { Roster } from './roster.ts'
import type { NodeRow } from './row.ts'
import { beatOf, came } from './test-kit.ts'

const limits = { ...DEFAULT_LIMITS, maxRows: 3, goneRowPeriod: 100 }

describe('a watched node', () => {
  const announced = (now: number, more: Partial<Beat> = {}) => came(now, beatOf(1, more))
  const watching = (...watched: string[]) => new Roster(limits, { watched })
  const statusAt = (roster: Roster, now: number) => {
    roster.sweep(now)
    return roster.get('a')?.status
  }

  test('has a row before its first beat, and is down when none comes', () => {
    const roster = watching('a')
    const { beats, watched, lastBeatAt } = roster.get('a') ?? {}
    assert.deepEqual([beats, watched, lastBeatAt], [0, true, undefined])
    assert.equal(statusAt(roster, 74_999), 'overdue')
    assert.equal(statusAt(roster, 75_000), 'down')
  })

  test('is overdue until its first beat, be there a stream or not', () => {
    const roster = watching('a')
    roster.open('a', 0)
    assert.equal(roster.get('a')?.status, 'overdue')
    roster.beat('a', announced(0))
    assert.equal(roster.get('a')?.status, 'beating')
  })

  test('is down, and not left, once its beat and the grace have passed', () => {
    const roster = watching('a')
    roster.open('a', 0)
    roster.beat('a', announced(0, { next: 30_000 }))
    roster.close('a', 1)
    assert.equal(statusAt(roster, 44_999), 'overdue')
    assert.equal(statusAt(roster, 45_000), 'down')
    roster.open('a', 50_000)
    roster.beat('a', announced(50_000))
    assert.equal(roster.get('a')?.status, 'beating')
  })

  test('that says that it leaves has left until it is due, and is down then', () => {
    const roster = watching('a')
    roster.open('a', 0)
    roster.beat('a', announced(0, { next: 30_000, page: 'leaving' }))
    roster.close('a', 1)
    assert.equal(statusAt(roster, 44_999), 'left')
    assert.equal(statusAt(roster, 45_000), 'down')
  })

  test('never gives its row away, nor loses it with time', () => {
    const roster = watching('a', 'b', 'c')
    roster.open('d', 0)
    assert.equal(roster.beat('d', came(0)), false)
    roster.sweep(1e9)
    assert.deepEqual(roster.peers(), ['a', 'b', 'c'])
  })

  test('is given the longest wait of a client after a restart, or what it had announced', () => {
    const before = watching('a')
    before.open('a', 0)
    before.beat('a', announced(7, { next: 30_000, height: 9n }))
    const rows = before.rows()
    const roster = watching('a')
    roster.restore([...rows, { ...rows[0], peer: 'visitor' } as NodeRow], 100)
    assert.deepEqual(roster.peers(), ['a'])
    const { height, beats, streams, connected } = roster.get('a') ?? {}
    assert.deepEqual([height, beats, streams, connected], ['9', 1, 0, false])
    assert.equal(statusAt(roster, 75_099), 'overdue')
    assert.equal(statusAt(roster, 75_100), 'down')
    const again = watching('a')
    again.restore(roster.rows(), 0)
    assert.equal(again.get('a')?.status, 'down')
    const patient = watching('a')
    patient.restore([{ ...(rows[0] as NodeRow), nextBy: 7 + 300_000 }], 0)
    assert.equal(statusAt(patient, 314_999), 'overdue')
    assert.equal(statusAt(patient, 315_000), 'down')
  })

  test('forgets after a restart, too, that two programs used its key', () => {
    const init = { watched: ['w'] }
    const before = new Roster(limits, init)
    before.open('w', 0)
    before.beat('w', came(0))
    before.reject('w', 'duplicate-identity', { now: 5, elapsed: 5 })
    const roster = new Roster(limits, init)
    roster.restore(before.rows(), 10)
    roster.open('w', 10)
    roster.beat('w', came(10))
    roster.sweep(10 + limits.duplicatePeriod - 1)
    assert.deepEqual(roster.get('w')?.duplicateIdentity, { since: 5, at: 5 })
    roster.sweep(10 + limits.duplicatePeriod)
    assert.equal(roster.get('w')?.duplicateIdentity, undefined)
  })

  test('that came back first is not taken for what it was', () => {
    const roster = watching('a')
    roster.open('a', 0)
    roster.beat('a', announced(5, { height: 20n }))
    roster.restore([{ ...(roster.get('a') as NodeRow), height: '9' }], 6)
    assert.equal(roster.get('a')?.height, '20')
  })
})
