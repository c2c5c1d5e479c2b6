import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Head } from '../head/index.ts'
import { HandLeg, PERIOD, setUp } from './sender.kit.test.ts'

test('sends the first beat as soon as there is a leg, then one a period', async () => {
  const leg = new HandLeg()
  const { clock, sender } = setUp({ legs: [leg] })
  sender.start()
  await clock.tick(0)
  assert.deepEqual(leg.heights, [1n])
  await clock.tick(PERIOD - 1)
  assert.deepEqual(leg.heights, [1n])
  await clock.tick(1)
  assert.deepEqual(leg.heights, [1n, 2n])
  await clock.tick(3 * PERIOD)
  assert.deepEqual(leg.heights, [1n, 2n, 3n, 4n, 5n])
  await sender.stop()
})

test('numbers its beats from 1, in one session, and announces the next', async () => {
  const leg = new HandLeg()
  const { clock, sender } = setUp({ legs: [leg] })
  sender.start()
  await clock.tick(2 * PERIOD)
  assert.deepEqual(leg.seqs, [1, 2, 3])
  const sessions = new Set(leg.beats.map(({ session }) => Buffer.from(session).toString('hex')))
  assert.equal(sessions.size, 1)
  assert.match([...sessions][0] ?? '', /^[0-9a-f]{16}$/)
  assert.deepEqual(
    leg.beats.map(({ next }) => next),
    [PERIOD, PERIOD, PERIOD]
  )
  await sender.stop()
})

test('keeps its pace when the clock is set an hour back or forth', async () => {
  const leg = new HandLeg()
  const { clock, sender } = setUp({ legs: [leg] })
  sender.start()
  await clock.tick(0)
  for (const hour of [-3_600_000, 7_200_000]) {
    clock.jump(clock.now() + hour)
    await clock.tick(PERIOD)
  }
  assert.deepEqual(leg.heights, [1n, 2n, 3n])
  await sender.stop()
})

test('sends one beat, not several, after its timer came a little late', async () => {
  const leg = new HandLeg()
  const { clock, sender } = setUp({ legs: [leg] })
  sender.start()
  await clock.tick(0)
  clock.sleep(2 * PERIOD)
  await clock.tick(PERIOD)
  assert.deepEqual(leg.heights, [1n, 2n])
  await clock.tick(PERIOD)
  assert.deepEqual(leg.heights, [1n, 2n, 3n])
  await sender.stop()
})

test('lets half a period pass at least after a beat that came late', async () => {
  const leg = new HandLeg()
  const { clock, sender, all } = setUp({ legs: [leg] })
  sender.start()
  await clock.tick(0)
  // A timer that runs just before the beat after it would be due.
  clock.advance(2 * PERIOD - 1)
  await clock.tick(0)
  assert.equal(all('sent').length, 2)
  await clock.tick(PERIOD - 1)
  assert.equal(all('sent').length, 2)
  await clock.tick(1)
  assert.equal(all('sent').length, 3)
  await sender.stop()
})

test('drops a beat while the stream wants to drain, and queues none', async () => {
  const leg = new HandLeg()
  const { clock, sender, last } = setUp({ legs: [leg] })
  sender.start()
  await clock.tick(0)
  leg.isFull = true
  await clock.tick(3 * PERIOD)
  assert.equal(last('skipped')?.reason, 'needs-drain')
  leg.isFull = false
  await clock.tick(PERIOD)
  assert.deepEqual(leg.heights, [1n, 5n])
  assert.deepEqual(leg.seqs, [1, 2], 'what did not leave has no number')
  await sender.stop()
})

test('opens no other leg because a stream wanted to drain for long', async () => {
  const leg = new HandLeg()
  const { clock, route, sender } = setUp({ legs: [leg] })
  sender.start()
  await clock.tick(0)
  leg.isFull = true
  await clock.tick(20 * PERIOD)
  leg.isFull = false
  await clock.tick(2 * PERIOD)
  assert.equal(route.opened.length, 1)
  await sender.stop()
})

test('beats at once when the first head arrives, not a period later', async () => {
  const leg = new HandLeg()
  let head: Head | undefined
  const { clock, sender } = setUp({
    legs: [leg],
    head: () => {
      if (head === undefined) throw new Error('not yet')
      return head
    }
  })
  sender.start()
  await clock.tick(PERIOD / 2)
  head = { cids: [], height: 5n }
  sender.headArrived()
  await clock.tick(0)
  assert.deepEqual(leg.heights, [5n])
  sender.headArrived()
  await clock.tick(PERIOD - 1)
  assert.deepEqual(leg.heights, [5n])
  await clock.tick(1)
  assert.deepEqual(leg.heights, [5n, 5n])
  await sender.stop()
})

test('beats with the last known head, marked stale, while the source fails', async () => {
  const leg = new HandLeg()
  const answers: (Head | Error)[] = [
    { cids: [], height: 5n },
    new Error('no'),
    { cids: [], height: 6n }
  ]
  const { clock, sender } = setUp({
    legs: [leg],
    head: () => {
      const answer = answers.shift()
      if (answer === undefined || answer instanceof Error) throw answer ?? new Error('done')
      return answer
    }
  })
  sender.start()
  await clock.tick(2 * PERIOD)
  assert.deepEqual(
    leg.beats.map(({ height, stale = false }) => [height, stale]),
    [
      [5n, false],
      [5n, true],
      [6n, false]
    ]
  )
  await sender.stop()
})

test('does not wait longer than its timeout for a head', async () => {
  const leg = new HandLeg()
  let asked = 0
  const { clock, sender } = setUp({
    legs: [leg],
    head: () => (asked++ === 0 ? { cids: [], height: 5n } : new Promise<Head>(() => {}))
  })
  sender.start()
  await clock.tick(PERIOD + 2_000)
  assert.deepEqual(leg.heights, [5n, 5n])
  await sender.stop()
})

test('sends nothing while no head was ever known, and keeps the leg', async () => {
  const leg = new HandLeg()
  const { clock, sender, last } = setUp({
    legs: [leg],
    head: () => {
      throw new Error('no head yet')
    }
  })
  sender.start()
  await clock.tick(20 * PERIOD)
  assert.deepEqual(leg.beats, [])
  assert.equal(last('skipped')?.reason, 'no-head')
  assert.equal(leg.isClosed, false)
  await sender.stop()
})

test('takes a head that cannot be encoded for none', async () => {
  const { clock, sender, last } = setUp({ head: () => ({ cids: ['not a cid'], height: 1n }) })
  sender.start()
  await clock.tick(PERIOD)
  assert.equal(last('skipped')?.reason, 'no-head')
  await sender.stop()
})

test('tells what left, as it left, and when the next is due', async () => {
  const leg = new HandLeg()
  const { clock, sender, last } = setUp({ legs: [leg] })
  sender.start()
  await clock.tick(PERIOD)
  const sent = last('sent')
  assert.deepEqual(sent?.beat, leg.last)
  assert.equal(sent?.version, 2)
  assert.equal(sent?.at, clock.now())
  assert.equal(sent?.nextAt, clock.now() + PERIOD)
  await sender.stop()
})

test('stops twice, closes its leg, and leaves no timer', async () => {
  const leg = new HandLeg()
  const { clock, route, sender } = setUp({ legs: [leg] })
  sender.start()
  await clock.tick(0)
  await Promise.all([sender.stop(), sender.stop()])
  assert.equal(leg.isClosed, true)
  assert.deepEqual(clock.pending, [])
  assert.equal(route.opened[0]?.signal.aborted, true, 'nothing better is looked for')
  assert.deepEqual(leg.heights, [1n])
})

test('stops in the middle of opening a leg', async () => {
  const { clock, sender } = setUp({ legs: ['hangs'] })
  sender.start()
  await clock.tick(0)
  await sender.stop()
  assert.deepEqual(clock.pending, [])
})
