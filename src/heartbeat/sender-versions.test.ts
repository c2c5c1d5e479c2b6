import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HandLeg, PERIOD, SUSPICION, setUp } from './sender.kit.test.ts'

test('sends a beat again at once, in version 1, when version 2 turns out not to be spoken', async () => {
  const leg = new HandLeg({ accept: false, isPrompt: false })
  const { clock, sender, all, last } = setUp({ legs: [leg] })
  sender.start()
  await clock.tick(50)
  leg.acceptIn(1, 50)
  await clock.tick(0)
  assert.deepEqual(
    all('sent').map(({ version, at }) => [version, at - (all('sent')[0]?.at ?? 0)]),
    [
      [2, 0],
      [1, 50]
    ]
  )
  assert.equal(last('accepted')?.version, 1)
  await sender.stop()
})

test('does not send a beat twice where it was understood', async () => {
  const leg = new HandLeg({ accept: false, isPrompt: false })
  const { clock, sender } = setUp({ legs: [leg] })
  sender.start()
  await clock.tick(50)
  leg.acceptIn(2, 50)
  await clock.tick(0)
  assert.equal(leg.beats.length, 1)
  await sender.stop()
})

test('asks after each beat of version 1 whether the other end is there', async () => {
  const leg = new HandLeg({ version: 1 })
  const { clock, sender, types } = setUp({ legs: [leg] })
  sender.start()
  await clock.tick(2 * PERIOD)
  assert.equal(leg.probes, 3)
  assert.ok(!types().includes('acknowledged'), 'which acknowledges nothing')
  await clock.tick(10 * PERIOD)
  assert.ok(!types().includes('suspect'))
  await sender.stop()
})

test('suspects a leg of version 1 whose probe hangs, and asks only once', async () => {
  const legs = [new HandLeg({ version: 1 }), new HandLeg({ version: 1 })]
  const { clock, route, sender, types } = setUp({ legs })
  sender.start()
  await clock.tick(PERIOD)
  if (legs[0]) legs[0].isPrompt = false
  await clock.tick(PERIOD + SUSPICION - 1)
  assert.ok(!types().includes('suspect'))
  assert.equal(legs[0]?.probes, 3)
  await clock.tick(1)
  assert.ok(types().includes('suspect'))
  assert.equal(route.opened.length, 2)
  assert.equal(legs[0]?.isClosed, true, 'the new one has answered')
  await sender.stop()
})

test('keeps a suspect leg of version 1 whose pong comes after all', async () => {
  const leg = new HandLeg({ version: 1 })
  const { clock, route, sender } = setUp({ legs: [leg, 'hangs'] })
  sender.start()
  await clock.tick(PERIOD)
  leg.isPrompt = false
  await clock.tick(PERIOD + SUSPICION)
  leg.isPrompt = true
  leg.pong()
  await clock.tick(10 * PERIOD)
  assert.equal(route.underWay, 0)
  assert.equal(leg.isClosed, false)
  assert.ok(leg.beats.length > 8)
  await sender.stop()
})

test('counts a leg of version 1 as working only once it is there for its second beat', async () => {
  const make = () => {
    const leg = new HandLeg({ version: 1 })
    const send = leg.send.bind(leg)
    leg.send = (beat) => {
      if (leg.beats.length === 1) queueMicrotask(() => leg.cut())
      return send(beat)
    }
    return leg
  }
  const { clock, sender, types } = setUp({ make })
  sender.start()
  await clock.tick(PERIOD)
  assert.ok(types().includes('lost'))
  assert.ok(!types().includes('failed'))
  await sender.stop()
})

const noPing = () => Promise.reject(new Error('no ping'))

test('tells nothing of life over a leg of version 1 that has no probe, and never suspects it', async () => {
  const leg = new HandLeg({ version: 1, accept: 20 })
  leg.probe = undefined
  const { clock, route, sender, all } = setUp({ legs: [leg] })
  sender.start()
  await clock.tick(20 * PERIOD)
  assert.equal(leg.beats.length, 21)
  assert.deepEqual(all('alive'), [{ type: 'alive', rtt: 20 }], 'the acceptance was an answer')
  assert.deepEqual([all('suspect'), route.opened.length], [[], 1])
  await sender.stop()
})

test('waits for no answer to a beat of version 2 that nobody could read', async () => {
  const leg = new HandLeg({ accept: false })
  leg.probe = undefined
  leg.isPrompt = false
  const { clock, sender, types } = setUp({ legs: [leg] })
  sender.start()
  await clock.tick(50)
  leg.acceptIn(1, 50)
  await clock.tick(20 * PERIOD)
  assert.ok(!types().includes('suspect'))
  await sender.stop()
})

test('takes a probe that fails neither for life nor for silence', async () => {
  const leg = new HandLeg({ version: 1 })
  leg.probe = noPing
  const { clock, route, sender, all } = setUp({ legs: [leg] })
  sender.start()
  await clock.tick(20 * PERIOD)
  assert.equal(leg.beats.length, 21)
  assert.equal(all('alive').length, 1, 'the acceptance alone')
  assert.deepEqual([all('suspect'), route.opened.length], [[], 1])
  await sender.stop()
})

test('beats again over a suspect leg once its probe fails, and goes on looking for another', async () => {
  const leg = new HandLeg({ version: 1 })
  const second = new HandLeg({ version: 1, accept: false, isPrompt: false })
  const { clock, route, sender, types } = setUp({ legs: [leg, second] })
  sender.start()
  await clock.tick(PERIOD)
  const failing = Promise.withResolvers<void>()
  leg.probe = () => failing.promise
  await clock.tick(PERIOD + SUSPICION)
  assert.ok(types().includes('suspect'))
  const sent = leg.beats.length
  failing.reject(new Error('no ping'))
  leg.probe = noPing
  await clock.tick(PERIOD)
  assert.equal(leg.beats.length, sent + 1)
  assert.deepEqual([leg.isClosed, route.opened.length], [false, 2])
  second.acceptIn(1, 20)
  await clock.tick(0)
  assert.equal(leg.isClosed, true)
  await sender.stop()
})
