import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Voice } from './voice.ts'

test('of the elements that show one client, one tells of it, and the next when that is gone', () => {
  const [client, another] = [{}, {}]
  const [one, other] = [new Voice(), new Voice()]
  assert.deepEqual([one.mayTell(client), other.mayTell(client)], [true, false])
  assert.equal(other.mayTell(another), true)
  assert.equal(other.mayTell(client), false)
  one.fallSilent()
  assert.equal(other.mayTell(client), true)
  assert.equal(one.mayTell(client), false)
})
