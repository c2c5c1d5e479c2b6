import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { MAX_MESSAGE_BYTES, MAX_SKIPPED_BYTES } from '../constants.ts'
import { arbitraryAcknowledgedBeat } from './beat-arbitrary.ts'
import { decodeBeat, encodeBeat } from './beat-v2.ts'
import { frame, MessageReader, type MessageResult } from './message-reader.ts'

/** Reads everything, cut at every `size` bytes. */
function read(input: Uint8Array, size = input.length, reader = new MessageReader()) {
  const results: MessageResult[] = []
  for (let at = 0; at < input.length; at += size) {
    results.push(...reader.push(input.subarray(at, at + size)))
  }
  return results
}

const told = (results: readonly MessageResult[]): (number | string)[] =>
  results.map((result) => ('message' in result ? result.message.length : result.error.reason))

const good = frame(new Uint8Array(300).fill(7))
const varint = (value: number): Uint8Array => frame(new Uint8Array(value)).slice(0, -value)

describe('MessageReader', () => {
  test('reads any beats through any chunks', () => {
    const beats = fc.array(arbitraryAcknowledgedBeat, { maxLength: 5 })
    fc.assert(
      fc.property(beats, fc.infiniteStream(fc.integer({ min: 1, max: 400 })), (sent, sizes) => {
        const input = Buffer.concat(sent.map(encodeBeat))
        const reader = new MessageReader()
        const results: MessageResult[] = []
        for (let at = 0, size = 0; at < input.length; at += size) {
          size = sizes.next().value ?? 1
          results.push(...reader.push(input.subarray(at, at + size)))
        }
        const got = results.map((each) => 'message' in each && decodeBeat(each.message))
        assert.deepEqual(got, sent)
        assert.equal(reader.pending, false)
      })
    )
  })

  test('tells whether a message is unfinished', () => {
    const reader = new MessageReader()
    assert.equal(reader.pending, false)
    for (const byte of good.subarray(0, -1)) {
      assert.deepEqual(read(Uint8Array.of(byte), 1, reader), [])
      assert.equal(reader.pending, true)
    }
    assert.deepEqual(told(read(good.subarray(-1), 1, reader)), [300])
    assert.equal(reader.pending, false)
  })

  test('takes messages of just the longest length, and skips longer ones', () => {
    for (const size of [1, 1_000, 2 * MAX_MESSAGE_BYTES]) {
      const longest = frame(new Uint8Array(MAX_MESSAGE_BYTES))
      const longer = frame(new Uint8Array(MAX_MESSAGE_BYTES + 1))
      const input = Buffer.concat([longest, longer, good])
      assert.deepEqual(told(read(input, size)), [MAX_MESSAGE_BYTES, 'too-long', 300])
    }
  })

  test('speaks of a message that is too long before it comes, and holds none of it', () => {
    const reader = new MessageReader()
    assert.deepEqual(told(read(varint(MAX_SKIPPED_BYTES), 1, reader)), ['too-long'])
    assert.equal(reader.pending, true)
    const chunk = new Uint8Array(MAX_SKIPPED_BYTES / 4)
    for (let count = 0; count < 4; count++) assert.deepEqual(read(chunk, 9_999, reader), [])
    assert.equal(reader.pending, false)
    assert.deepEqual(told(read(good, 1, reader)), [300])
  })

  test('counts an empty message, and reads the next', () => {
    for (const size of [1, 1_000]) {
      assert.deepEqual(told(read(Buffer.from([0, 0, ...good]), size)), ['cbor', 'cbor', 300])
    }
  })

  const BROKEN: ReadonlyArray<readonly [string, readonly number[]]> = [
    ['a length not in its shortest form', [0x80, 0x00]],
    ['a length with a zero byte at its end', [0xac, 0x82, 0x00]],
    ['a length of more than a mebibyte', [0x81, 0x80, 0x40]],
    ['a length without end', [0x80, 0x80, 0x80]],
    ['a length of nine bytes', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]],
    ['a line of JSON', [...Buffer.from('\u00ff\u00ff\u00ff{"Head":"{ }"}')]]
  ]
  for (const [what, bytes] of BROKEN) {
    test(`reads nothing more after ${what}`, () => {
      for (const size of [1, 1_000]) {
        const reader = new MessageReader()
        const results = told(read(Buffer.from([...good, ...bytes]), size, reader))
        assert.deepEqual(results, [300, 'framing'])
        assert.equal(reader.pending, false)
        assert.deepEqual(read(good, size, reader), [])
      }
    })
  }

  test('keeps no chunk that it was given, and gives each message bytes of its own', () => {
    const reader = new MessageReader()
    const chunk = Buffer.concat([good, good.subarray(0, 20)])
    const [first] = read(chunk, chunk.length, reader)
    chunk.fill(0)
    const [second] = read(good.subarray(20), 1_000, reader)
    for (const result of [first, second]) {
      assert.ok(result !== undefined && 'message' in result)
      assert.equal(result.message.buffer.byteLength, 300)
      assert.deepEqual(result.message, new Uint8Array(300).fill(7))
    }
  })

  test('reads every good message among hostile ones, and never throws', () => {
    const hostile = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 300 }).map(frame),
      fc.nat({ max: 3 * MAX_MESSAGE_BYTES }).map((length) => frame(new Uint8Array(length)))
    )
    let count = 0
    const reader = new MessageReader()
    fc.assert(
      fc.property(hostile, fc.constantFrom(1, 7, 100, 5_000), (bad, size) => {
        count++
        const results = read(Buffer.concat([bad, good]), size, reader)
        assert.equal(results.length, 2)
        assert.deepEqual(told(results.slice(1)), [300])
      }),
      { numRuns: 3_000, endOnFailure: true }
    )
    assert.equal(count, 3_000)
  })

  test('never throws and never stalls, whatever bytes come', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000 }), fc.integer({ min: 1 }), (input, size) => {
        const one = told(read(input, 1))
        assert.deepEqual(told(read(input, size)), one)
        assert.ok(one.indexOf('framing') === -1 || one.indexOf('framing') === one.length - 1)
      })
    )
  })
})
