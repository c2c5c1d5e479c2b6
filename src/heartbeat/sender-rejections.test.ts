import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MIN_PERIOD, REFUSAL_PERIOD } from '../constants.ts'
import type { RejectReason } from '../wire/index.ts'
import { HandLeg, PERIOD, SUSPICION, setUp } from './sender.kit.test.ts'

/** A sender whose first beat waits for its answer. */
async function waiting(...others: readonly (HandLeg | 'hangs')[]) {
  const leg = new HandLeg({ isPrompt: false })
  const all = setUp({ legs: [leg, ...others] })
  all.sender.start()
  await all.clock.tick(10)
  return { leg, ...all }
}

test('beats at the pace that the aggregator asks for, and says so once', async () => {
  const { leg, clock, sender, all } = await waiting()
  leg.ack(1, { pace: 4 * PERIOD })
  leg.isPrompt = true
  await clock.tick(PERIOD)
  assert.equal(leg.beats.length, 2)
  assert.equal(leg.last?.next, 4 * PERIOD)
  leg.ack(2, { pace: 4 * PERIOD })
  await clock.tick(4 * PERIOD - 11)
  assert.equal(leg.beats.length, 2)
  await clock.tick(1)
  assert.equal(leg.beats.length, 3)
  assert.deepEqual(
    all('paced').map(({ period }) => period),
    [4 * PERIOD]
  )
  await sender.stop()
})

test('lets no pace become a flood', async () => {
  const { leg, clock, sender } = await waiting()
  leg.ack(1, { pace: 1 })
  leg.isPrompt = true
  await clock.tick(2 * PERIOD)
  assert.ok(leg.beats.length <= 2 + PERIOD / MIN_PERIOD, `${leg.beats.length} beats`)
  await sender.stop()
})

test('tells that it beat too often, obeys the pace and goes on', async () => {
  const { leg, clock, sender, last } = await waiting()
  leg.ack(1, { reason: 'too-often', pace: 2 * PERIOD })
  assert.deepEqual(last('rejected'), { type: 'rejected', reason: 'too-often' })
  leg.isPrompt = true
  await clock.tick(3 * PERIOD)
  assert.equal(leg.beats.length, 3)
  assert.equal(leg.isClosed, false)
  await sender.stop()
})

test('starts a new session when its beats count as replayed, and numbers on', async () => {
  const { leg, clock, sender, last } = await waiting()
  leg.isPrompt = true
  await clock.tick(PERIOD)
  const before = leg.last?.session
  leg.ack(2, { reason: 'replayed' })
  await clock.tick(PERIOD)
  assert.equal(last('rejected')?.reason, 'replayed')
  assert.deepEqual(leg.seqs, [1, 2, 3])
  assert.notDeepEqual(leg.last?.session, before)
  await sender.stop()
})

test('takes answers to beats of the session before for no reason to begin another', async () => {
  const { leg, clock, sender, all } = await waiting()
  await clock.tick(PERIOD)
  leg.ack(1, { reason: 'replayed' })
  leg.isPrompt = true
  await clock.tick(PERIOD)
  leg.ack(2, { reason: 'replayed' })
  leg.ack(2, { reason: 'duplicate-identity' })
  await clock.tick(PERIOD)
  assert.equal(all('rejected').length, 1)
  assert.deepEqual(leg.seqs, [1, 2, 3, 4])
  assert.deepEqual(leg.last?.session, leg.beats[2]?.session)
  leg.ack(4, { reason: 'replayed' })
  await clock.tick(PERIOD)
  assert.equal(all('rejected').length, 2, 'an answer to a beat of its own is one')
  await sender.stop()
})

test('leaves an aggregator that refuses it, and tries again after ten minutes', async () => {
  const again = new HandLeg()
  const { leg, clock, route, sender, last } = await waiting(again)
  leg.ack(1, { reason: 'refused' })
  assert.equal(leg.isClosed, true)
  assert.equal(last('rejected')?.retryAt, clock.now() + REFUSAL_PERIOD)
  await clock.tick(REFUSAL_PERIOD - 1)
  assert.equal(route.opened.length, 1)
  await clock.tick(1)
  assert.equal(again.beats.length, 1)
  await sender.stop()
})

test('does not come back earlier to an aggregator that refused it, whatever wakes it', async () => {
  const { leg, clock, route, sender } = await waiting()
  leg.ack(1, { reason: 'refused' })
  sender.wake()
  sender.doubt()
  sender.setPage('hidden')
  sender.setPage('visible')
  sender.setOnline(false)
  sender.setOnline(true)
  await clock.tick(REFUSAL_PERIOD - 1)
  assert.equal(route.opened.length, 1)
  await sender.stop()
})

test('gives up the leg that it is opening when it is refused meanwhile', async () => {
  const second = new HandLeg()
  const { leg, clock, route, sender } = await waiting('hangs', second)
  await clock.tick(10 * SUSPICION)
  assert.equal(route.underWay, 1)
  leg.ack(1, { reason: 'refused' })
  await clock.tick(REFUSAL_PERIOD - 1)
  assert.deepEqual([route.underWay, route.opened.length], [0, 2])
  await sender.stop()
})

const finals: readonly RejectReason[] = ['wrong-network', 'duplicate-identity', 'malformed']

for (const reason of finals) {
  test(`stops for good when its beats are rejected as ${reason}`, async () => {
    const { leg, clock, route, sender, last } = await waiting()
    leg.ack(1, { reason })
    assert.deepEqual(last('rejected'), { type: 'rejected', reason, isFinal: true })
    assert.equal(leg.isClosed, true)
    sender.wake()
    sender.setOnline(false)
    sender.setOnline(true)
    await clock.tick(24 * 3_600_000)
    assert.equal(route.opened.length, 1)
    assert.deepEqual(clock.pending, [])
    await sender.stop()
  })
}

test('closes its leg at a goodbye, and comes back at a random time within what was asked', async () => {
  const second = new HandLeg()
  const { leg, clock, route, sender, last } = await waiting(second)
  leg.bye(8_000)
  assert.equal(leg.isClosed, true)
  assert.equal(last('failed')?.retryAt, clock.now() + 4_000)
  await clock.tick(3_999)
  assert.equal(route.opened.length, 1)
  await clock.tick(1)
  assert.equal(second.beats.length, 1)
  await sender.stop()
})

test('closes every leg at a goodbye, and the one that it is opening', async () => {
  const second = new HandLeg({ accept: false, isPrompt: false })
  const { leg, clock, route, sender } = await waiting(second, 'hangs')
  leg.ack()
  await clock.tick(PERIOD)
  sender.doubt()
  await clock.tick(0)
  second.bye(20_000)
  assert.deepEqual([leg.isClosed, second.isClosed], [true, true])
  await clock.tick(9_999)
  assert.equal(route.opened.length, 2)
  await sender.stop()
})
