import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { store } from './kit/built.ts'

test('the built store finds its thread, and keeps what it was given', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'fil-heartbeat-'))
  t.after(() => rm(folder, { recursive: true }))
  const { openStore } = await store()
  const file = join(folder, 'new', 'history.db')
  const first = openStore({ file })
  const at = Date.now()
  const height = 2n ** 64n - 1n
  first.write({ kind: 'beat', peer: 'node', at, height, route: 'webrtc' })
  await first.close()
  assert.deepEqual([first.status.problem, first.status.lost], [undefined, 0])

  const second = openStore({ file })
  const range = { from: at, to: at + 1, step: 0 }
  const { points } = await second.nodeHistory('node', range, new AbortController().signal)
  await second.close()
  assert.deepEqual(points, [{ at, beats: 1, height: '18446744073709551615' }])
})
