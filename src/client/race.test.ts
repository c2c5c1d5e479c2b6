import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '../timing/fake-clock.ts'
import { type Runner, race } from './race.ts'

const STAGGER = 250

/** Runners that a test lets come in, and what became of the race. */
function setUp(count: number) {
  const clock = new FakeClock()
  const stop = new AbortController()
  const started: number[] = []
  const discarded: string[] = []
  const ends = Array.from({ length: count }, () => Promise.withResolvers<string>())
  const signals: AbortSignal[] = []
  const runners = ends.map(({ promise }, index): Runner<string> => {
    return (signal) => {
      started.push(index)
      signals[index] = signal
      return promise
    }
  })
  const discard = (late: string): void => void discarded.push(late)
  const result = race(runners, stop.signal, { stagger: STAGGER, clock, discard })
  result.catch(() => {})
  return { clock, stop, started, discarded, ends, signals, result }
}

test('gives each runner a head start over the next', async () => {
  const { clock, started, ends, result } = setUp(3)
  await clock.tick(STAGGER - 1)
  assert.deepEqual(started, [0])
  await clock.tick(1)
  assert.deepEqual(started, [0, 1])
  await clock.tick(STAGGER)
  assert.deepEqual(started, [0, 1, 2])
  ends[1]?.resolve('second')
  assert.equal(await result, 'second')
})

test('lets the next one go as soon as one fails', async () => {
  const { clock, started, ends } = setUp(2)
  ends[0]?.reject(new Error('no'))
  await clock.tick(0)
  assert.deepEqual(started, [0, 1])
  ends[1]?.resolve('second')
})

test('starts nobody else once one has won, tells the others, and leaves no timer', async () => {
  const { clock, started, ends, signals, result } = setUp(3)
  await clock.tick(STAGGER)
  ends[0]?.resolve('first')
  assert.equal(await result, 'first')
  await clock.tick(10 * STAGGER)
  assert.deepEqual(started, [0, 1])
  assert.equal(signals[1]?.aborted, true)
  assert.deepEqual(clock.pending, [])
})

test('disposes of what comes in late', async () => {
  const { clock, discarded, ends, result } = setUp(2)
  await clock.tick(STAGGER)
  ends[1]?.resolve('second')
  await result
  ends[0]?.resolve('first')
  await clock.tick(0)
  assert.deepEqual(discarded, ['first'])
})

test('throws all reasons when all fail', async () => {
  const { ends, result } = setUp(2)
  ends[0]?.reject(new Error('one'))
  ends[1]?.reject(new Error('two'))
  const errors = await result.then(
    () => [],
    ({ errors }: AggregateError) => errors.map(({ message }) => message)
  )
  assert.deepEqual(errors, ['one', 'two'])
})

test("ends with the signal's reason, and disposes of what comes in after it", async () => {
  const { clock, stop, discarded, ends, result } = setUp(2)
  await clock.tick(0)
  stop.abort(new Error('stopped'))
  ends[0]?.resolve('first')
  await assert.rejects(result, /stopped/)
  await clock.tick(0)
  assert.deepEqual(discarded, ['first'])
  assert.deepEqual(clock.pending, [])
})
