import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '../timing/fake-clock.ts'
import { PushedHead } from './pushed-head.ts'

const MAX_AGE = 150_000
const head = { cids: [], height: 7n }

test('lets the first read wait for the first head', async () => {
  const clock = new FakeClock()
  const source = new PushedHead(clock, () => MAX_AGE)
  const reading = source.read()
  source.push(head, 0)
  assert.deepEqual(await reading, head)
})

test('gives the head that it was told last', async () => {
  const clock = new FakeClock()
  const source = new PushedHead(clock, () => MAX_AGE)
  source.push(head, 0)
  source.push({ ...head, height: 8n }, 0)
  assert.equal((await source.read()).height, 8n)
})

test('has no head once the wallet has said nothing new for too long', async () => {
  const clock = new FakeClock()
  const source = new PushedHead(clock, () => MAX_AGE)
  source.push(head, 0)
  clock.advance(MAX_AGE)
  assert.deepEqual(await source.read(), head)
  clock.advance(1_000)
  await assert.rejects(source.read(), {
    name: 'HeadError',
    message: 'wallet: has said nothing new for 151 s'
  })
})

test('counts how old a head was when it was told, and not how the clock is set', async () => {
  const clock = new FakeClock()
  const source = new PushedHead(clock, () => MAX_AGE)
  source.push(head, MAX_AGE - 1_000)
  clock.jump(clock.now() + 10 * MAX_AGE)
  assert.deepEqual(await source.read(), head)
  clock.advance(2_000)
  await assert.rejects(source.read(), { name: 'HeadError' })
})

test('says why the wallet has no head, until it has one again', async () => {
  const clock = new FakeClock()
  const source = new PushedHead(clock, () => MAX_AGE)
  source.fail('the provider is gone')
  await assert.rejects(source.read(), {
    name: 'HeadError',
    message: 'wallet: the provider is gone'
  })
  source.push(head, 0)
  assert.deepEqual(await source.read(), head)
})
