import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callbackHead } from './callback.ts'
import type { GivenHead } from './check-head.ts'

const { signal } = new AbortController()

test('asks the function at each read', async () => {
  let height = 6
  const source = callbackHead(() => ({ cids: ['bafya'], height: ++height }))
  assert.deepEqual(await source.read(signal), { cids: ['bafya'], height: 7n })
  assert.deepEqual(await source.read(signal), { cids: ['bafya'], height: 8n })
  assert.equal(source.watch, undefined)
})

test('waits for a promise', async () => {
  const source = callbackHead(async () => ({ cids: [], height: 7n }))
  assert.equal((await source.read(signal)).height, 7n)
})

test('says what was wrong with a head that is none', async () => {
  const source = callbackHead(() => ({ cids: [] }) as unknown as GivenHead)
  await assert.rejects(source.read(signal), {
    name: 'HeadError',
    message: /^callback: head\.height/
  })
})

test('says why the function threw, and keeps what it threw', async () => {
  const cause = new Error('no provider')
  const throws = callbackHead(() => {
    throw cause
  })
  const rejects = callbackHead(() => Promise.reject(cause))
  const expected = {
    name: 'HeadError',
    source: 'callback',
    message: 'callback: the function failed: no provider',
    cause
  }
  await assert.rejects(throws.read(signal), expected)
  await assert.rejects(rejects.read(signal), expected)
})

test('ends with the signal, although the function never answers', async () => {
  const controller = new AbortController()
  const reading = callbackHead(() => new Promise(() => {})).read(controller.signal)
  controller.abort(new Error('enough'))
  await assert.rejects(reading, /^Error: enough$/)
})
