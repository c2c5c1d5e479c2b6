import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Lane } from './lane.ts'
import { PATIENT } from './test-kit.ts'

test('one goes on at a time, in order', async () => {
  const lane = new Lane(10)
  const first = Promise.withResolvers<string>()
  const order: string[] = []
  const running = [
    lane.run(async () => order.push(await first.promise), PATIENT),
    lane.run(async () => order.push('second'), PATIENT)
  ]
  assert.deepEqual(order, [])
  first.resolve('first')
  await Promise.all(running)
  assert.deepEqual(order, ['first', 'second'])
})

test('who gives up is told at once, and what did not begin never does', async () => {
  const lane = new Lane(10)
  const first = Promise.withResolvers<void>()
  const running = lane.run(() => first.promise, PATIENT)
  const controller = new AbortController()
  let began = false
  const waiting = lane.run(async () => {
    began = true
  }, controller.signal)
  controller.abort()
  await assert.rejects(waiting, { name: 'StoreError', message: /given up/ })
  first.resolve()
  await running
  await lane.run(async () => undefined, PATIENT)
  assert.equal(began, false)
})

test('too many are refused', async () => {
  const lane = new Lane(1)
  const first = Promise.withResolvers<void>()
  const running = [first.promise, undefined].map((each) => lane.run(async () => each, PATIENT))
  await assert.rejects(
    lane.run(async () => undefined, PATIENT),
    { name: 'StoreError' }
  )
  first.resolve()
  await Promise.all(running)
})

test('goes on after a failure', async () => {
  const lane = new Lane(1)
  await assert.rejects(
    lane.run(async () => assert.fail('wrong'), PATIENT),
    /wrong/
  )
  assert.equal(await lane.run(async () => 'well', PATIENT), 'well')
})
