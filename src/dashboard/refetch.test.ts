import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '../timing/fake-clock.ts'
import { Refetch } from './refetch.ts'

function stage(period = 2_000) {
  const clock = new FakeClock()
  const questions: { answer: (value: string) => void; fail: () => void; signal: AbortSignal }[] = []
  const told: unknown[] = []
  const refetch = new Refetch<string>({
    ask: async (signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<string>()
      questions.push({ answer: resolve, fail: () => reject(new Error('no')), signal })
      return await promise
    },
    period,
    clock,
    onAnswer: (answer) => told.push(answer),
    onProblem: () => told.push('problem')
  })
  return { clock, questions, told, refetch }
}

/** Its first question is asked. */
async function asked(period?: number) {
  const parts = stage(period)
  parts.refetch.start()
  await parts.clock.tick(0)
  return parts
}

test('asks one question at a time, and never more often than its period', async () => {
  const { clock, questions, told, refetch } = await asked()
  refetch.start()
  await clock.tick(10_000)
  assert.equal(questions.length, 1)
  questions[0]?.answer('one')
  await clock.tick(0)
  assert.equal(questions.length, 2)
  questions[1]?.answer('two')
  await clock.tick(1_999)
  assert.equal(questions.length, 2)
  await clock.tick(1)
  assert.equal(questions.length, 3)
  assert.deepEqual(told, ['one', 'two'])
})

test('asks at once when the question is another, and does not tell the old answer', async () => {
  const { clock, questions, told, refetch } = await asked()
  refetch.renew()
  await clock.tick(0)
  assert.equal(questions.length, 2)
  assert.equal(questions[0]?.signal.aborted, true)
  questions[0]?.answer('old')
  questions[1]?.answer('new')
  await clock.tick(0)
  assert.deepEqual(told, ['new'])
})

test('goes on after a problem', async () => {
  const { clock, questions, told } = await asked()
  questions[0]?.fail()
  await clock.tick(2_000)
  questions[1]?.answer('well')
  await clock.tick(0)
  assert.deepEqual(told, ['problem', 'well'])
})

test('is quiet once it is stopped', async () => {
  const { clock, questions, told, refetch } = await asked()
  refetch.stop()
  questions[0]?.answer('late')
  await clock.tick(10_000)
  assert.equal(questions.length, 1)
  assert.deepEqual(told, [])
  assert.deepEqual(clock.pending, [])
})

test('takes the answer to what was asked while it pauses, and asks again only after it', async () => {
  const { clock, questions, told, refetch } = await asked()
  refetch.pause()
  questions[0]?.answer('one')
  await clock.tick(10_000)
  assert.deepEqual(told, ['one'])
  assert.equal(questions.length, 1)
  refetch.start()
  await clock.tick(0)
  assert.equal(questions.length, 2)
})

test('asks again soon after a problem, even what is asked seldom', async () => {
  const { clock, questions } = await asked(30_000)
  questions[0]?.fail()
  await clock.tick(5_000)
  assert.equal(questions.length, 2)
  questions[1]?.answer('well')
  await clock.tick(29_000)
  assert.equal(questions.length, 2)
})
