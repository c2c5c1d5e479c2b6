import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RouteError } from '../errors.ts'
import type { Head } from '../head/index.ts'
import { BEGIN, HandLeg, PERIOD, RECONNECT, SUSPICION, setUp } from './sender.kit.test.ts'

const NO = new RouteError('relay', 'no answer')
const beating = (beatPeriod: number) => ({ beatPeriod, reconnectPeriod: RECONNECT })
const trying = (reconnectPeriod: number) => ({ beatPeriod: PERIOD, reconnectPeriod })

test('beats a shorter period after the last beat, in the same session over the same leg', async () => {
  const leg = new HandLeg()
  const { clock, route, sender, last } = setUp({ legs: [leg] })
  sender.start()
  await clock.tick(PERIOD / 3)
  sender.setPeriods(beating(PERIOD / 2))
  await clock.tick(PERIOD / 6 - 1)
  assert.deepEqual(leg.seqs, [1])
  await clock.tick(1)
  assert.deepEqual(leg.seqs, [1, 2])
  assert.equal(leg.last?.next, PERIOD / 2)
  assert.equal(last('sent')?.nextAt, clock.now() + PERIOD / 2)
  await clock.tick(PERIOD)
  assert.deepEqual(leg.seqs, [1, 2, 3, 4])
  assert.equal(new Set(leg.beats.map(({ session }) => session.toString())).size, 1)
  assert.equal(route.opened.length, 1)
  assert.equal(leg.isClosed, false)
  await sender.stop()
})

test('beats at once where the shorter period is over, and then once a period', async () => {
  const leg = new HandLeg()
  const { clock, sender } = setUp({ legs: [leg] })
  sender.start()
  await clock.tick(PERIOD - 1)
  sender.setPeriods(beating(PERIOD / 3))
  await clock.tick(0)
  assert.deepEqual(leg.seqs, [1, 2])
  await clock.tick(PERIOD / 3 - 1)
  assert.deepEqual(leg.seqs, [1, 2])
  await clock.tick(1)
  assert.deepEqual(leg.seqs, [1, 2, 3])
  await sender.stop()
})

test('keeps the time that it has announced when the period becomes longer', async () => {
  const leg = new HandLeg()
  const { clock, sender } = setUp({ legs: [leg] })
  sender.start()
  await clock.tick(1)
  sender.setPeriods(beating(4 * PERIOD))
  await clock.tick(PERIOD - 1)
  assert.deepEqual(
    leg.beats.map(({ next }) => next),
    [PERIOD, 4 * PERIOD]
  )
  await clock.tick(4 * PERIOD - 1)
  assert.equal(leg.beats.length, 2)
  await clock.tick(1)
  assert.equal(leg.beats.length, 3)
  await sender.stop()
})

test('keeps what a beat announces whose head is being read as the period changes', async () => {
  for (const factor of [1 / 3, 3]) {
    const leg = new HandLeg()
    const { promise, resolve } = Promise.withResolvers<Head>()
    const { clock, sender } = setUp({ legs: [leg], head: () => promise })
    sender.start()
    await clock.tick(0)
    sender.setPeriods(beating(factor * PERIOD))
    resolve({ cids: [], height: 5n })
    await clock.tick(0)
    assert.equal(leg.last?.next, factor * PERIOD)
    await clock.tick(factor * PERIOD - 1)
    assert.equal(leg.beats.length, 1)
    await clock.tick(1)
    assert.equal(leg.beats.length, 2)
    await sender.stop()
  }
})

test('goes by the pace that the aggregator asks for, and by its own period in its next run', async () => {
  const legs = [new HandLeg(), new HandLeg()]
  const { clock, sender } = setUp({ legs })
  sender.start()
  await clock.tick(1)
  legs[0]?.ack(1, { pace: 4 * PERIOD })
  await clock.tick(PERIOD - 1)
  sender.setPeriods(beating(PERIOD / 3))
  await clock.tick(4 * PERIOD - 1)
  assert.equal(legs[0]?.beats.length, 2)
  await clock.tick(1)
  assert.equal(legs[0]?.beats.length, 3)
  await sender.stop()
  sender.start()
  await clock.tick(PERIOD)
  assert.deepEqual(legs[1]?.seqs, [1, 2, 3, 4])
  await sender.stop()
})

test('is not taken for slowed because the period has become shorter', async () => {
  const { clock, sender, all } = setUp()
  sender.start()
  await clock.tick(2.9 * PERIOD)
  sender.setPeriods(beating(PERIOD / 10))
  await clock.tick(PERIOD)
  assert.ok(all('sent').length > 10)
  assert.ok(all('sent').every(({ isSlowed }) => !isSlowed))
  await sender.stop()
})

test('allows for an answer what the new period does', async () => {
  const leg = new HandLeg()
  const { clock, sender, last } = setUp({ legs: [leg], beatPeriod: PERIOD / 3 })
  sender.start()
  await clock.tick(0)
  sender.setPeriods(beating(10 * PERIOD))
  leg.isPrompt = false
  await clock.tick(PERIOD / 3 + SUSPICION - 1)
  assert.equal(last('suspect'), undefined)
  await clock.tick(1)
  assert.equal(last('suspect')?.type, 'suspect')
  await sender.stop()
})

test('tries again within a window that has become shorter, and doubles that one', async () => {
  const { clock, route, sender, last } = setUp({ make: () => NO })
  sender.start()
  await clock.tick(100)
  assert.equal(last('failed')?.retryAt, BEGIN + RECONNECT / 2)
  sender.setPeriods(trying(1_000))
  await clock.tick(500)
  assert.deepEqual(route.times, [0, 600])
  await clock.tick(1_000)
  assert.deepEqual(route.times, [0, 600, 1_600])
  await sender.stop()
})

test('waits no longer than it has said when the window becomes longer, and longer after that', async () => {
  const { clock, route, sender } = setUp({ make: () => NO })
  sender.start()
  await clock.tick(0)
  sender.setPeriods(trying(2 * RECONNECT))
  await clock.tick(RECONNECT / 2)
  assert.deepEqual(route.times, [0, RECONNECT / 2])
  await clock.tick(2 * RECONNECT)
  assert.deepEqual(route.times, [0, RECONNECT / 2, 2.5 * RECONNECT])
  await sender.stop()
})

test('tries as it would have when only beats are to come more often', async () => {
  const { clock, route, sender } = setUp({ make: () => NO })
  sender.start()
  await clock.tick(100)
  sender.setPeriods(beating(PERIOD / 3))
  await clock.tick(RECONNECT / 2)
  assert.deepEqual(route.times, [0, RECONNECT / 2])
  await sender.stop()
})

test('comes back from a loss within half of the new period', async () => {
  const legs = [new HandLeg(), new HandLeg()]
  const { clock, route, sender } = setUp({ legs })
  sender.start()
  await clock.tick(0)
  sender.setPeriods(beating(PERIOD / 3))
  await clock.tick(1)
  legs[0]?.cut()
  await clock.tick(PERIOD / 12)
  assert.equal(route.opened.length, 2)
  await sender.stop()
})

test('leaves no timer behind when it is told other periods before its start, or after its end', async () => {
  const leg = new HandLeg()
  const { clock, sender } = setUp({ legs: [leg] })
  sender.setPeriods(beating(PERIOD / 3))
  sender.start()
  await clock.tick(PERIOD)
  assert.deepEqual(leg.seqs, [1, 2, 3, 4])
  await sender.stop()
  sender.setPeriods(beating(PERIOD))
  assert.deepEqual(clock.pending, [])
})
