import assert from 'node:assert/strict'
import { type MockTracker, test } from 'node:test'
import { ANNOUNCE_DELAY } from '../constants.ts'
import { Announcer } from './announcer.ts'

/** An announcer on fake time, and how often it had news. */
function stage(mock: MockTracker) {
  mock.timers.enable({ apis: ['setTimeout'] })
  const heard = { news: 0 }
  const announcer = new Announcer(() => {
    heard.news += 1
  })
  const hear = (key: string): string => announcer.hear(key, () => `now ${key}`)
  return { announcer, hear, heard, pass: (ms: number) => mock.timers.tick(ms) }
}

test('what is there from the beginning is no news', ({ mock }) => {
  const { hear, heard, pass } = stage(mock)
  assert.equal(hear('off'), '')
  pass(10 * ANNOUNCE_DELAY)
  assert.equal(hear('off'), '')
  assert.equal(heard.news, 0)
})

test('a transition is told once it has held, and each beat after it is not', ({ mock }) => {
  const { hear, heard, pass } = stage(mock)
  hear('off')
  hear('on')
  pass(ANNOUNCE_DELAY - 1)
  assert.equal(hear('on'), '')
  pass(1)
  assert.equal(hear('on'), 'now on')
  pass(10 * ANNOUNCE_DELAY)
  assert.equal(hear('on'), 'now on')
  assert.equal(heard.news, 1)
})

test('what passes within a moment is not told', ({ mock }) => {
  const { hear, heard, pass } = stage(mock)
  hear('on')
  hear('lost')
  pass(ANNOUNCE_DELAY / 2)
  hear('on')
  pass(10 * ANNOUNCE_DELAY)
  assert.equal(hear('on'), '')
  assert.equal(heard.news, 0)
})

test('one that is stopped tells nothing any more', ({ mock }) => {
  const { announcer, hear, heard, pass } = stage(mock)
  hear('off')
  hear('on')
  announcer.stop()
  pass(10 * ANNOUNCE_DELAY)
  assert.equal(heard.news, 0)
})
