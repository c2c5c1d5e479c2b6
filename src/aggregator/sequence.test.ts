import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { MAX_LATE_BEATS, MAX_SUPERSEDED_SESSIONS } from '../constants.ts'
import { Sequence, type Standing } from './sequence.ts'

const session = (name: number): Uint8Array => Uint8Array.of(0, 0, 0, 0, 0, 0, 0, name)

/** What each number is when they come in this order, in one session. */
function standings(...seqs: number[]): Standing[] {
  const sequence = new Sequence()
  return seqs.map((seq) => sequence.take(session(1), seq))
}

describe('Sequence', () => {
  test('takes each number of a session as new once', () => {
    assert.deepEqual(standings(1, 2, 2, 1, 3), ['new', 'new', 'double', 'double', 'new'])
  })

  test('tells one that was overtaken from one that came twice', () => {
    assert.deepEqual(standings(1, 4, 3, 3, 2, 5), ['new', 'new', 'late', 'double', 'late', 'new'])
  })

  test('refuses what is too old to tell', () => {
    const far = 1 + MAX_LATE_BEATS
    assert.deepEqual(standings(1, far, 2, 1), ['new', 'new', 'late', 'replayed'])
    assert.deepEqual(standings(far, 1, 2), ['new', 'replayed', 'late'])
  })

  test('begins anywhere, as after a restart of ours', () => {
    assert.deepEqual(standings(5_000, 4_999, 5_001), ['new', 'late', 'new'])
  })

  test('lets a new session supersede the old one, which then counts no more', () => {
    const sequence = new Sequence()
    assert.equal(sequence.take(session(1), 7), 'new')
    assert.equal(sequence.take(session(2), 1), 'new')
    assert.equal(sequence.take(session(1), 8), 'superseded')
    assert.equal(sequence.take(session(2), 1), 'double')
    assert.equal(sequence.take(session(2), 2), 'new')
  })

  test('remembers a bounded number of superseded sessions', () => {
    const sequence = new Sequence()
    for (let name = 0; name <= MAX_SUPERSEDED_SESSIONS + 1; name++) {
      assert.equal(sequence.take(session(name), 1), 'new')
    }
    assert.equal(sequence.take(session(1), 2), 'superseded')
    assert.equal(sequence.take(session(0), 2), 'new')
  })

  test('keeps nothing of the message that a session came in', () => {
    const sequence = new Sequence()
    const message = new Uint8Array(4_096)
    sequence.take(message.subarray(8, 16), 1)
    message.fill(9)
    assert.equal(sequence.take(session(0), 1), 'double')
  })

  test('counts every number at most once, whatever comes in whatever order', () => {
    const seqs = fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 400 })
    fc.assert(
      fc.property(seqs, (given) => {
        const sequence = new Sequence()
        const counted = new Set<number>()
        let highest = 0
        for (const seq of given) {
          const standing = sequence.take(session(1), seq)
          if (seq > highest) assert.equal(standing, 'new')
          else if (highest - seq >= MAX_LATE_BEATS) assert.equal(standing, 'replayed')
          else assert.equal(standing, counted.has(seq) ? 'double' : 'late')
          counted.add(seq)
          highest = Math.max(highest, seq)
        }
      })
    )
  })
})
