import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HIDDEN_TIMER_PERIOD } from '../constants.ts'
import { RouteError } from '../errors.ts'
import { HandLeg, PERIOD, RECONNECT, setUp } from './sender.kit.test.ts'

const NO = new RouteError('relay', 'no answer')

test('starts again after a stop, in another session', async () => {
  const legs = [new HandLeg(), new HandLeg()]
  const { clock, route, sender } = setUp({ legs })
  sender.start()
  sender.start()
  await clock.tick(PERIOD)
  await sender.stop()
  clock.advance(600_000)
  sender.start()
  await clock.tick(PERIOD)
  assert.deepEqual(legs[1]?.seqs, [1, 2])
  assert.notDeepEqual(legs[1]?.last?.session, legs[0]?.last?.session)
  assert.equal(route.opened.length, 2, 'the time between was no sleep')
  await sender.stop()
})

for (const reason of ['refused', 'wrong-network'] as const) {
  test(`begins anew when it is started again after it was rejected as ${reason}`, async () => {
    const legs = [new HandLeg({ isPrompt: false }), new HandLeg()]
    const { clock, sender } = setUp({ legs })
    sender.start()
    await clock.tick(10)
    legs[0]?.ack(1, { reason })
    await sender.stop()
    sender.start()
    await clock.tick(0)
    assert.deepEqual(legs[1]?.seqs, [1])
    await sender.stop()
  })
}

test('does not wait out the back-off of the run before, nor count its failures', async () => {
  const { clock, route, sender, all } = setUp({ make: () => NO })
  sender.start()
  await clock.tick(10 * RECONNECT)
  const tries = route.opened.length
  await sender.stop()
  sender.start()
  await clock.tick(0)
  assert.equal(route.opened.length, tries + 1)
  assert.equal(all('connecting').at(-1)?.attempt, 1)
  const failed = all('failed').at(-1)
  assert.deepEqual([failed?.attempts, failed?.level, failed?.since], [1, 'warning', clock.now()])
  await sender.stop()
})

test('forgets the pace that was asked of the run before', async () => {
  const legs = [new HandLeg({ isPrompt: false }), new HandLeg()]
  const { clock, sender } = setUp({ legs })
  sender.start()
  await clock.tick(10)
  legs[0]?.ack(1, { pace: 10 * PERIOD })
  await sender.stop()
  sender.start()
  await clock.tick(PERIOD)
  assert.equal(legs[1]?.beats.length, 2)
  assert.equal(legs[1]?.last?.next, PERIOD)
  await sender.stop()
})

test('still knows how its page is seen, and what the browser says of the network', async () => {
  const leg = new HandLeg()
  const { clock, route, sender } = setUp({ make: (index) => (index === 0 ? leg : NO) })
  sender.setPage('hidden')
  sender.start()
  await clock.tick(0)
  await sender.stop()
  assert.equal(leg.last?.next, PERIOD + HIDDEN_TIMER_PERIOD)
  sender.setOnline(false)
  sender.start()
  await clock.tick(59_999)
  assert.equal(route.opened.length, 2)
  await sender.stop()
})

test('starts again while its stop is under way', async () => {
  const legs = [new HandLeg(), new HandLeg()]
  const { clock, sender } = setUp({ legs })
  sender.start()
  await clock.tick(0)
  const stopped = sender.stop()
  sender.start()
  await stopped
  await clock.tick(PERIOD)
  assert.deepEqual([legs[0]?.isClosed, legs[1]?.seqs], [true, [1, 2]])
  await sender.stop()
  assert.deepEqual(clock.pending, [])
})
