import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HIDDEN_TIMER_PERIOD, MAX_NEXT_PERIOD } from '../constants.ts'
import { HandLeg, PERIOD, setUp } from './sender.kit.test.ts'

test('announces that the next beat may be a minute late while the page is hidden', async () => {
  const leg = new HandLeg()
  const { clock, sender } = setUp({ legs: [leg] })
  sender.start()
  await clock.tick(0)
  sender.setPage('hidden')
  await clock.tick(PERIOD)
  assert.equal(leg.last?.next, PERIOD + HIDDEN_TIMER_PERIOD)
  assert.equal(leg.last?.page, 'hidden')
  sender.setPage('visible')
  await clock.tick(PERIOD)
  assert.equal(leg.last?.next, PERIOD)
  assert.equal(leg.last?.page, 'visible')
  await sender.stop()
})

test('sends a last beat before the page freezes, and announces ten minutes of silence', async () => {
  const leg = new HandLeg()
  const { clock, sender, last } = setUp({ legs: [leg] })
  sender.start()
  await clock.tick(PERIOD / 2)
  sender.setPage('frozen')
  assert.equal(leg.beats.length, 2, 'within the call')
  assert.equal(leg.last?.next, MAX_NEXT_PERIOD)
  assert.equal(leg.last?.page, 'hidden')
  assert.equal(last('sent')?.isSlowed, true)
  await sender.stop()
})

test('beats at once, over two ways, when a frozen page is seen again', async () => {
  const legs = [new HandLeg(), new HandLeg({ accept: false, isPrompt: false })]
  const { clock, sender, last } = setUp({ legs })
  sender.start()
  await clock.tick(PERIOD)
  if (legs[0]) legs[0].isPrompt = false
  sender.setPage('frozen')
  clock.sleep(300_000)
  sender.setPage('visible')
  await clock.tick(0)
  assert.equal(legs[0]?.last?.next, PERIOD)
  assert.equal(last('sent')?.isSlowed, false)
  assert.equal(legs[1]?.beats.length, 1)
  await sender.stop()
})

test('is slowed once beats come late more than once, whatever the page says of itself', async () => {
  const leg = new HandLeg()
  const { clock, sender, all } = setUp({ legs: [leg] })
  sender.start()
  await clock.tick(0)
  sender.setPage('hidden')
  await clock.tick(PERIOD)
  assert.equal(all('sent').at(-1)?.isSlowed, false, 'a hidden page may be on time')
  for (let round = 0; round < 2; round++) {
    clock.sleep(60_000)
    await clock.tick(PERIOD)
  }
  assert.deepEqual(
    all('sent').map(({ isSlowed }) => isSlowed),
    [false, false, false, true]
  )
  assert.ok((leg.last?.next ?? 0) > 60_000, 'and announces what it measured')
  await sender.stop()
})

test('says that it leaves, and ends every leg, within the call', async () => {
  const leg = new HandLeg()
  const { clock, route, sender } = setUp({ legs: [leg] })
  sender.start()
  await clock.tick(PERIOD)
  sender.leave()
  assert.equal(leg.last?.page, 'leaving')
  assert.deepEqual(leg.seqs, [1, 2, 3])
  assert.equal(leg.isAborted, true)
  assert.equal(route.opened[0]?.signal.aborted, true)
  await sender.stop()
  assert.deepEqual(clock.pending, [])
})
