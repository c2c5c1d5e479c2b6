import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Store } from './store.ts'

test('tells of many changes once a frame, and of none when nothing changed', () => {
  const frames: (() => void)[] = []
  const store = new Store((run) => frames.push(run))
  let told = 0
  const end = store.subscribe(() => {
    told += 1
  })
  store.update((state) => state)
  assert.equal(frames.length, 0)
  store.update((state) => ({ ...state, skew: 1 }))
  store.update((state) => ({ ...state, skew: 2 }))
  assert.equal(frames.length, 1)
  frames[0]?.()
  assert.deepEqual([told, store.state.skew], [1, 2])
  end()
  store.update((state) => ({ ...state, skew: 3 }))
  frames[1]?.()
  assert.equal(told, 1)
})
