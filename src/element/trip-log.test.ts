import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClientState, SentBeat } from '../client/index.ts'
import { MAX_DRAWN_TRIPS } from '../constants.ts'
import { tripPaths } from './trip-line.ts'
import { TripLog } from './trip-log.ts'

const beatAt = (at: number) => ({ at }) as SentBeat

function acknowledged(at: number, rtt?: number): ClientState & { phase: 'beating' } {
  return {
    phase: 'beating',
    route: 'relayed',
    delivery: { kind: 'acknowledged', at },
    ...(rtt !== undefined && { rtt }),
    lastBeat: { at, height: 1n },
    nextBeatAt: at,
    suspect: false
  }
}

test('a report is confirmed by the answer that follows it, once', () => {
  const log = new TripLog()
  log.note(acknowledged(5, 3), beatAt(10))
  assert.equal(log.confirmed, 0, 'an answer to the one before')
  log.note(acknowledged(33, 23), beatAt(10))
  log.note(acknowledged(33, 23), beatAt(10))
  assert.equal(log.confirmed, 1)
  assert.deepEqual(log.settled, [{ at: 10, isConfirmed: true, rtt: 23 }])
})

test('one that the next one overtook was lost', () => {
  const log = new TripLog()
  log.note(acknowledged(1), beatAt(10))
  log.note(acknowledged(1), beatAt(20))
  assert.deepEqual(log.settled, [{ at: 10, isConfirmed: false }], 'the last is still under way')
  log.note(acknowledged(25, 5), beatAt(20))
  assert.deepEqual(
    log.settled.map(({ isConfirmed }) => isConfirmed),
    [false, true]
  )
})

test('what another tab is told counts as well', () => {
  const log = new TripLog()
  const state = { phase: 'following', since: 1, leader: acknowledged(12, 2) } as const
  log.note(state, beatAt(10))
  assert.equal(log.confirmed, 1)
})

test('a server that confirms nothing confirms nothing', () => {
  const log = new TripLog()
  const state = { ...acknowledged(12), delivery: { kind: 'unconfirmed' } } as const
  log.note(state, beatAt(10))
  assert.equal(log.confirmed, 0)
})

test('it keeps as many as are drawn, and none of before it was stopped', () => {
  const log = new TripLog()
  for (let at = 1; at <= MAX_DRAWN_TRIPS + 5; at += 1) log.note(acknowledged(at, 1), beatAt(at))
  assert.equal(log.settled.length, MAX_DRAWN_TRIPS)
  assert.equal(log.settled[0]?.at, 6)
  log.note({ phase: 'idle' }, beatAt(99))
  assert.deepEqual(log.settled, [])
})

test('the line has a gap and a mark for what was lost', () => {
  const taken = (rtt: number) => ({ at: 0, isConfirmed: true, rtt })
  const { line, lost } = tripPaths([taken(10), taken(20), { at: 0, isConfirmed: false }, taken(5)])
  assert.equal(line.match(/M/g)?.length, 2)
  assert.equal(line.match(/L/g)?.length, 1)
  assert.equal(lost.match(/M/g)?.length, 1)
})
