import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Departures } from './departures.ts'

describe('departures', () => {
  test('have those that left make room before those that may come back', () => {
    const departures = new Departures()
    assert.equal(departures.first, undefined)
    departures.add('early', 1)
    departures.add('late', 2)
    assert.equal(departures.first, 'early')
    departures.mark('late', true)
    assert.equal(departures.first, 'late')
    departures.mark('late', false)
    departures.delete('early')
    assert.equal(departures.first, 'late')
  })

  test('know who has left for long, and nobody that has a stream', () => {
    const departures = new Departures()
    for (const [at, peer] of ['a', 'b', 'c'].entries()) departures.add(peer, at)
    for (const peer of ['a', 'c', 'connected']) departures.mark(peer, true)
    assert.deepEqual(departures.leftUntil(1), ['a'])
    assert.deepEqual(departures.leftUntil(2), ['a', 'c'])
    departures.delete('a')
    assert.deepEqual(departures.leftUntil(2), ['c'])
  })
})
