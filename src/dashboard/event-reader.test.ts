import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EventReader } from './event-reader.ts'

const TEXT =
  ': hello\nid: 7\nevent: node\ndata: {"a":\ndata: 1}\n\n:\n\nevent: gone\r\ndata: {}\r\n\r\n'

test('gives the same events in whatever pieces their text comes', () => {
  const whole = new EventReader().push(TEXT)
  assert.deepEqual(whole, [
    { type: 'node', data: '{"a":\n1}', id: '7' },
    { type: 'gone', data: '{}' }
  ])
  for (let at = 0; at <= TEXT.length; at += 1) {
    const reader = new EventReader()
    assert.deepEqual([...reader.push(TEXT.slice(0, at)), ...reader.push(TEXT.slice(at))], whole)
  }
})

test('gives no event before it is whole, and none for a comment', () => {
  const reader = new EventReader()
  assert.deepEqual(reader.push(': keep-alive\n\nevent: node\ndata: {}\n'), [])
  assert.equal(reader.push('\n').length, 1)
})
