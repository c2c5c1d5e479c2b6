import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { workerUrl } from './worker-url.ts'

test('the thread is found beside its source', () => {
  assert.equal(existsSync(workerUrl()), true)
})

test('the thread is found in a build, from a file of its own and from a shared part', () => {
  const built = 'file:///srv/dist/node/store-worker.js'
  assert.equal(workerUrl('file:///srv/dist/node/aggregator.js').href, built)
  assert.equal(workerUrl('file:///srv/dist/node/chunks/chunk-ABC.js').href, built)
})
