import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MINUTE } from '../constants.ts'
import { Admission } from './admission.ts'
import { ExpiringSet } from './expiring-set.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { TokenBucket } from './token-bucket.ts'

describe('TokenBucket', () => {
  test('allows its capacity at once, then so much a second', () => {
    const bucket = new TokenBucket({ capacity: 3, perSecond: 2 }, 0)
    const taken = (now: number): boolean[] => Array.from({ length: 4 }, () => bucket.take(now))
    assert.deepEqual(taken(0), [true, true, true, false])
    assert.deepEqual(taken(499), [false, false, false, false])
    assert.deepEqual(taken(1_000), [true, true, false, false])
    assert.deepEqual(taken(1_000_000), [true, true, true, false])
  })

  test('takes all that is asked for, or nothing', () => {
    const bucket = new TokenBucket({ capacity: 10, perSecond: 0 }, 0)
    assert.equal(bucket.take(0, 11), false)
    assert.equal(bucket.take(0, 10), true)
  })

  test('gives nothing for time that runs backwards', () => {
    const bucket = new TokenBucket({ capacity: 1, perSecond: 1 }, 5_000)
    assert.equal(bucket.take(5_000), true)
    assert.equal(bucket.take(0), false)
  })
})

describe('ExpiringSet', () => {
  test('forgets a name when its time is over', () => {
    const names = new ExpiringSet(100, 5)
    names.add('a', 0)
    assert.equal(names.has('a', 99), true)
    assert.equal(names.has('b', 99), false)
    assert.equal(names.has('a', 100), false)
    assert.equal(names.size, 0)
  })

  test('drives out the name added longest ago when there are too many', () => {
    const names = new ExpiringSet(100, 2)
    names.add('a', 0)
    names.add('b', 1)
    names.add('a', 2)
    names.add('c', 3)
    assert.deepEqual(
      ['a', 'b', 'c'].map((name) => names.has(name, 4)),
      [true, false, true]
    )
    assert.equal(names.size, 2)
  })
})

describe('Admission', () => {
  const limits = {
    ...DEFAULT_LIMITS,
    lines: { capacity: 2, perSecond: 1 },
    excess: { capacity: 3, perSecond: 1 },
    bytes: { capacity: 100, perSecond: 10 },
    refusalPeriod: 1_000
  }

  test('drops what is over the allowance, and refuses who sends far more', () => {
    const admission = new Admission(limits)
    const told = Array.from({ length: 6 }, () => admission.line('a', 0))
    assert.deepEqual(told, ['accepted', 'accepted', 'dropped', 'dropped', 'dropped', 'refused'])
    assert.equal(admission.isRefused('a', 999), true)
    assert.equal(admission.isRefused('b', 999), false)
    assert.equal(admission.isRefused('a', 1_000), false)
    assert.equal(admission.line('a', 1_000), 'accepted')
  })

  test('never refuses who is only a little too fast', () => {
    const admission = new Admission(limits)
    const told = new Set<string>()
    for (let now = 0; now < 600_000; now += 501) told.add(admission.line('a', now))
    assert.deepEqual(told, new Set(['accepted', 'dropped']))
  })

  test('never drops a beat of go-filecoin', () => {
    const admission = new Admission(DEFAULT_LIMITS)
    for (let now = 0; now < 60 * MINUTE; now += 3_000)
      assert.equal(admission.line('a', now), 'accepted')
  })

  test('lets nobody hurt another', () => {
    const admission = new Admission(limits)
    for (let n = 0; n < 10; n++) admission.line('a', 0)
    assert.equal(admission.line('b', 0), 'accepted')
  })

  test('refuses who sends too many bytes, lines or not', () => {
    const admission = new Admission(limits)
    assert.equal(admission.bytes('a', 100, 0), 'accepted')
    assert.equal(admission.bytes('a', 10, 1_000), 'accepted')
    assert.equal(admission.bytes('a', 11, 2_000), 'refused')
    assert.equal(admission.isRefused('a', 2_000), true)
  })

  test('keeps a bounded number of accounts', () => {
    const admission = new Admission({ ...limits, maxRows: 2 })
    for (const peer of ['a', 'a', 'b', 'b', 'c']) assert.equal(admission.line(peer, 0), 'accepted')
    assert.equal(admission.line('b', 0), 'dropped')
    assert.equal(admission.line('a', 0), 'accepted', 'its account was the oldest')
  })
})
