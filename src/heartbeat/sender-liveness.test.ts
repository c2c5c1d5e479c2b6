import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ACCEPT_TIMEOUT, SILENCE_PERIOD } from '../constants.ts'
import { RouteError } from '../errors.ts'
import { HandLeg, PERIOD, SUSPICION, setUp } from './sender.kit.test.ts'

/** A sender whose first leg has worked, and goes silent from its next beat on. */
async function silenced(...others: readonly (HandLeg | Error | 'hangs')[]) {
  const first = new HandLeg()
  const all = setUp({ legs: [first, ...others] })
  all.sender.start()
  await all.clock.tick(PERIOD)
  first.isPrompt = false
  await all.clock.tick(PERIOD)
  return { first, ...all }
}

test('suspects a leg 5 s after a beat that is not answered, and not before', async () => {
  const { clock, route, sender, types } = await silenced()
  await clock.tick(SUSPICION - 1)
  assert.ok(!types().includes('suspect'))
  assert.equal(route.opened.length, 1)
  await clock.tick(1)
  assert.ok(types().includes('suspect'))
  assert.deepEqual(route.opened.at(-1), {
    ...route.opened.at(-1),
    at: clock.elapsed(),
    doubt: true
  })
  await sender.stop()
})

test('says 8 s after a beat that nothing arrives, although another way is still being opened', async () => {
  const { clock, sender, last, first } = await silenced('hangs')
  await clock.tick(SUSPICION + SILENCE_PERIOD - 1)
  assert.equal(last('failed'), undefined)
  await clock.tick(1)
  const { error, isKept } = last('failed') ?? {}
  assert.ok(error instanceof RouteError && error.layer === 'aggregator-silent' && isKept)
  first.ack()
  assert.ok(last('alive'))
  await sender.stop()
})

test('suspects a leg after two periods where those are less than 5 s', async () => {
  const leg = new HandLeg()
  const { clock, sender, types } = setUp({ legs: [leg], beatPeriod: 500 })
  sender.start()
  await clock.tick(0)
  leg.isPrompt = false
  await clock.tick(500 + 999)
  assert.ok(!types().includes('suspect'))
  await clock.tick(1)
  assert.ok(types().includes('suspect'))
  await sender.stop()
})

test('waits for four round trips where those are slow', async () => {
  const leg = new HandLeg({ accept: 2_000, isPrompt: false })
  const { clock, sender, types } = setUp({ legs: [leg] })
  sender.start()
  await clock.tick(2_000)
  leg.ack()
  await clock.tick(PERIOD - 2_000 + 7_999)
  assert.ok(!types().includes('suspect'))
  await clock.tick(1)
  assert.ok(types().includes('suspect'))
  await sender.stop()
})

test('measures the round trip of each beat by its number, in whatever order beats leave', async () => {
  const leg = new HandLeg({ isPrompt: false })
  const { clock, sender, all } = setUp({ legs: [leg] })
  sender.start()
  await clock.tick(PERIOD + 100)
  leg.ack(1)
  leg.ack(2)
  assert.deepEqual(
    all('acknowledged').map(({ ack, rtt, beat }) => [ack.seq, rtt, beat?.seq]),
    [
      [1, PERIOD + 100, 1],
      [2, 100, 2]
    ]
  )
  await sender.stop()
})

test('tells in each beat how long the last answer took', async () => {
  const leg = new HandLeg({ isPrompt: false })
  const { clock, sender } = setUp({ legs: [leg] })
  sender.start()
  await clock.tick(40)
  assert.equal(leg.last?.rtt, undefined)
  leg.ack(1)
  await clock.tick(PERIOD)
  assert.equal(leg.last?.rtt, 40)
  await sender.stop()
})

test('takes an answer for one to all beats before it', async () => {
  const leg = new HandLeg({ isPrompt: false })
  const { clock, sender, types } = setUp({ legs: [leg] })
  sender.start()
  await clock.tick(PERIOD + 1_500)
  leg.ack(2)
  await clock.tick(SUSPICION - 1_501)
  assert.ok(!types().includes('suspect'), 'the first beat counts as answered')
  await sender.stop()
})

test('sends no more beats over a suspect leg, and keeps it', async () => {
  const { first, clock, sender, last } = await silenced('hangs')
  await clock.tick(SUSPICION)
  const sent = first.beats.length
  await clock.tick(5 * PERIOD)
  assert.equal(first.beats.length, sent)
  assert.equal(last('skipped')?.reason, 'unanswered')
  assert.equal(first.isClosed, false)
  await sender.stop()
  assert.equal(first.isClosed, true)
})

test('moves to the new leg as soon as that answers, and closes the suspect one', async () => {
  const second = new HandLeg({ way: 'relayed', accept: false })
  const { first, clock, sender, types, last } = await silenced(second)
  await clock.tick(SUSPICION)
  assert.equal(second.beats.length, 1, 'its first beat is sent at once')
  assert.equal(first.isClosed, true, 'the second has answered')
  assert.equal(last('connected')?.way, 'relayed')
  assert.deepEqual(types().slice(-4), ['sent', 'connected', 'acknowledged', 'alive'])
  await clock.tick(PERIOD)
  assert.deepEqual(second.seqs, [5, 6], 'the numbers go on')
  await sender.stop()
})

test('gives up the opening when the suspect leg answers first, and nothing is left of it', async () => {
  const { first, clock, route, sender } = await silenced('hangs')
  await clock.tick(SUSPICION)
  assert.equal(route.underWay, 1)
  first.ack()
  await clock.tick(0)
  assert.equal(route.underWay, 0)
  assert.equal(route.opened[1]?.signal.aborted, true)
  first.isPrompt = true
  await clock.tick(10 * PERIOD)
  assert.equal(route.opened.length, 2)
  assert.ok(first.beats.length > 10, 'and it beats on')
  await sender.stop()
})

test('closes the new leg when the suspect one answers before it', async () => {
  const second = new HandLeg({ accept: false, isPrompt: false })
  const { first, clock, route, sender, last } = await silenced(second)
  await clock.tick(SUSPICION)
  assert.equal(first.isClosed, false)
  first.ack()
  await clock.tick(0)
  assert.equal(second.isClosed, true)
  assert.equal(route.opened[1]?.signal.aborted, true, 'nothing better is looked for behind it')
  assert.equal(last('connected')?.way, 'websocket')
  await sender.stop()
})

test('keeps the elder of two legs in doubt, and replaces the younger', async () => {
  const second = new HandLeg({ accept: false, isPrompt: false })
  const third = new HandLeg({ accept: false, isPrompt: false })
  const { first, clock, sender } = await silenced(second, third)
  await clock.tick(SUSPICION + ACCEPT_TIMEOUT + 10_000)
  assert.equal(second.isClosed, true)
  assert.ok(third.beats.length > 0)
  assert.equal(first.isClosed, false)
  assert.equal(third.isClosed, false)
  await sender.stop()
  assert.ok([first, third].every(({ isClosed }) => isClosed))
})

test('sends one beat, with one number, over both legs in doubt', async () => {
  const second = new HandLeg({ accept: false, isPrompt: false })
  const first = new HandLeg()
  const { clock, sender, all } = setUp({ legs: [first, second] })
  sender.start()
  await clock.tick(PERIOD)
  first.isPrompt = false
  sender.doubt()
  await clock.tick(PERIOD)
  assert.deepEqual(first.seqs, [1, 2, 3, 4])
  assert.deepEqual(second.seqs, [3, 4])
  assert.deepEqual(
    all('sent').map(({ beat }) => beat.seq),
    [1, 2, 3, 4],
    'told once'
  )
  await sender.stop()
})

test('beats on the old leg and opens a new one at once when the device is back online', async () => {
  const { clock, route, sender } = setUp()
  sender.start()
  await clock.tick(PERIOD)
  const [first] = route.legs
  if (first) first.isPrompt = false
  sender.setOnline(false)
  await clock.tick(100)
  sender.setOnline(true)
  await clock.tick(0)
  assert.deepEqual(route.times, [0, PERIOD + 100])
  assert.equal(first?.isClosed, true, 'the new one answered first')
  assert.equal(route.legs[1]?.isClosed, false)
  await sender.stop()
})

test('doubts its leg by itself after a sleep', async () => {
  const { clock, route, sender } = setUp()
  sender.start()
  await clock.tick(PERIOD)
  clock.sleep(3_600_000)
  await clock.tick(PERIOD)
  assert.deepEqual(
    route.opened.map(({ doubt }) => doubt),
    [false, true]
  )
  await sender.stop()
})

test('doubts its leg after a sleep as soon as it is woken, before its timer comes', async () => {
  const { clock, route, sender } = setUp()
  sender.start()
  await clock.tick(PERIOD)
  clock.sleep(3_600_000)
  sender.wake()
  await clock.tick(0)
  assert.equal(route.opened.length, 2)
  await sender.stop()
})

test('does not open another leg when it is woken without having slept', async () => {
  const { clock, route, sender } = setUp()
  sender.start()
  await clock.tick(PERIOD)
  sender.wake()
  await clock.tick(0)
  assert.equal(route.opened.length, 1)
  await sender.stop()
})

test('takes no outage for a sleep: one leg is opened after it, not two', async () => {
  const { clock, route, sender } = setUp({
    make: (index) => (index > 0 && index < 6 ? new RouteError('relay', 'no') : new HandLeg())
  })
  sender.start()
  await clock.tick(PERIOD)
  route.legs[0]?.cut()
  await clock.tick(300_000)
  assert.equal(route.opened.length, 7)
  await sender.stop()
})

test('does not suspect a leg because its own timers stood still', async () => {
  const leg = new HandLeg({ isPrompt: false })
  const { clock, sender, types } = setUp({ legs: [leg] })
  sender.start()
  await clock.tick(10)
  leg.ack()
  await clock.tick(PERIOD)
  clock.sleep(60_000)
  await clock.tick(SUSPICION - 10)
  assert.ok(!types().includes('suspect'), 'the answer may be there, unread')
  leg.ack()
  assert.equal(types().at(-1), 'alive')
  await sender.stop()
})

test('gives up a leg whose server never answers, and names the silence', async () => {
  const legs = [new HandLeg({ accept: false, isPrompt: false })]
  const { clock, sender, last } = setUp({ legs })
  sender.start()
  await clock.tick(ACCEPT_TIMEOUT)
  const error = last('failed')?.error
  assert.equal(error instanceof RouteError && error.layer, 'aggregator-silent')
  assert.equal(legs[0]?.isClosed, true)
  await sender.stop()
})

test('leaves at most max(1.5 P, P + S + opening) between beats when a way dies in silence', async () => {
  const dead = new HandLeg()
  const { clock, route, sender } = setUp({ make: (index) => (index === 0 ? dead : new HandLeg()) })
  sender.start()
  for (const offset of [0, 1, PERIOD / 2, PERIOD - 1]) await clock.tick(offset)
  const lastArrived = clock.elapsed() - (clock.elapsed() % PERIOD)
  dead.isPrompt = false
  await clock.tick(PERIOD + SUSPICION)
  assert.ok(route.legs[1]?.beats.length === 1)
  assert.ok((route.times[1] ?? 0) - lastArrived <= Math.max(1.5 * PERIOD, PERIOD + SUSPICION))
  await sender.stop()
})
