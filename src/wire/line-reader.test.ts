import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { MAX_LINE_BYTES } from '../constants.ts'
import { arbitraryBeat } from './beat-arbitrary.ts'
import { encodeV1 } from './encode-v1.ts'
import type { Heartbeat } from './heartbeat.ts'
import { LineReader, type LineResult } from './line-reader.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const good: Heartbeat = { head: [], height: 7n, nickname: 'zoë 🦊', minerAddress: '' }
const line = encodeV1(good)

/** Reads everything, cut at every `size` bytes. */
function read(input: Uint8Array, size = input.length, reader = new LineReader()): LineResult[] {
  const results: LineResult[] = []
  for (let at = 0; at < input.length; at += size) {
    results.push(...reader.push(input.subarray(at, at + size)))
  }
  return results
}

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

/** Bytes of all buffers that something still refers to. */
function heldBytes(): number {
  // Buffers are freed beside us: what is held is what many collections in a row leave.
  let held = Number.POSITIVE_INFINITY
  for (let round = 0; round < 10; round++) {
    collectGarbage()
    held = Math.min(held, process.memoryUsage().arrayBuffers)
  }
  return held
}

const told = (results: readonly LineResult[]): (bigint | string)[] =>
  results.map((result) => ('beat' in result ? result.beat.height : result.error.reason))

describe('LineReader', () => {
  test('reads any beats through any chunks', () => {
    const beats = fc.array(arbitraryBeat, { maxLength: 5 })
    fc.assert(
      fc.property(beats, fc.infiniteStream(fc.integer({ min: 1, max: 400 })), (sent, sizes) => {
        const input = Buffer.concat(sent.map(encodeV1))
        const reader = new LineReader()
        const results: LineResult[] = []
        for (let at = 0, size = 0; at < input.length; at += size) {
          size = sizes.next().value ?? 1
          results.push(...reader.push(input.subarray(at, at + size)))
        }
        assert.deepEqual(
          results,
          sent.map((beat) => ({ beat }))
        )
        assert.equal(reader.pending, false)
      })
    )
  })

  test('reads any beats in single bytes', () => {
    fc.assert(
      fc.property(arbitraryBeat, (beat) => assert.deepEqual(read(encodeV1(beat), 1), [{ beat }]))
    )
  })

  test('reads a hundred lines of one chunk', () => {
    const input = Buffer.concat(Array(100).fill(line))
    assert.deepEqual(read(input), Array(100).fill({ beat: good }))
  })

  test('ignores blank lines', () => {
    const input = bytes(`\n\r\n \t\r\n\n${new TextDecoder().decode(line)}\n`)
    for (const size of [1, 3, input.length]) assert.deepEqual(told(read(input, size)), [7n])
  })

  test('tells whether a line is unfinished', () => {
    const reader = new LineReader()
    assert.equal(reader.pending, false)
    read(line.subarray(0, 9), 9, reader)
    assert.equal(reader.pending, true)
    read(new Uint8Array(), 1, reader)
    assert.equal(reader.pending, true)
    assert.deepEqual(told(read(line.subarray(9), 1, reader)), [7n])
    assert.equal(reader.pending, false)
  })

  test('counts a line that is too long once, and reads the next', () => {
    const long = Buffer.concat([Buffer.alloc(3 * MAX_LINE_BYTES, 'x'), bytes('\n'), line])
    for (const size of [1, 1000, MAX_LINE_BYTES, MAX_LINE_BYTES + 1, long.length]) {
      assert.deepEqual(told(read(long, size)), ['too-long', 7n], `in chunks of ${size}`)
    }
  })

  test('takes a line of just the longest length', () => {
    const room = MAX_LINE_BYTES - line.length + 1
    const padded = Buffer.concat([Buffer.alloc(room, ' '), line])
    const tooLong = Buffer.concat([Buffer.alloc(room + 1, ' '), line])
    for (const size of [1, 1000, padded.length + 1]) {
      assert.deepEqual(told(read(padded, size)), [7n])
      assert.deepEqual(told(read(tooLong, size)), ['too-long'])
    }
  })

  test('speaks of a line that is too long before it ends', () => {
    const reader = new LineReader()
    assert.deepEqual(told(read(new Uint8Array(MAX_LINE_BYTES), 1000, reader)), [])
    assert.deepEqual(told(read(new Uint8Array(1), 1, reader)), ['too-long'])
    assert.deepEqual(told(read(new Uint8Array(MAX_LINE_BYTES * 2), 1000, reader)), [])
    assert.equal(reader.pending, true)
  })

  test('holds no memory for a line that does not end', () => {
    const reader = new LineReader()
    const before = heldBytes()
    // Each push has a buffer of its own: holding on to them would show as 64 MiB.
    for (let at = 0; at < 256; at++) read(new Uint8Array(262_144).fill(0x61), 65_536, reader)
    assert.ok(heldBytes() - before <= 262_144)
    assert.deepEqual(told(read(bytes('\n'), 1, reader)), [])
    assert.deepEqual(told(read(line, 1, reader)), [7n])
  })

  test('holds one line at most for each of a thousand streams', () => {
    const readers = Array.from({ length: 1000 }, () => new LineReader())
    const size = 65_536
    const before = heldBytes()
    for (const reader of readers) {
      // A line begins at the end of a large chunk, whose buffer must not be kept for its sake.
      const chunk = Buffer.alloc(size, ' ')
      chunk.set(bytes('\n'), size - 10)
      chunk.set(line.subarray(0, 9), size - 9)
      read(chunk, size, reader)
    }
    // The last chunk may still be on the stack.
    assert.ok(heldBytes() - before <= readers.length * MAX_LINE_BYTES + size)
    for (const reader of readers) assert.deepEqual(told(read(line.subarray(9), 99, reader)), [7n])
    assert.ok(heldBytes() - before <= size)
  })

  test('keeps no chunk that it was given', () => {
    const reader = new LineReader()
    const chunk = line.slice(0, 20)
    read(chunk, 20, reader)
    chunk.fill(0)
    assert.deepEqual(told(read(line.subarray(20), 7, reader)), [7n])
  })

  test('reads every good beat among ten thousand hostile lines', () => {
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ unit: 'binary', maxLength: 100 }).map(bytes),
      fc.nat({ max: line.length - 2 }).map((end) => line.subarray(0, end)),
      fc.nat({ max: MAX_LINE_BYTES * 3 }).map((depth) => bytes('{"a":['.repeat(depth / 6))),
      fc.nat({ max: MAX_LINE_BYTES * 3 }).map((length) => new Uint8Array(length).fill(0x78)),
      fc.uint8Array({ maxLength: 20 }).map((noise) => Buffer.concat([line.subarray(0, 20), noise])),
      fc.json().map(bytes),
      fc.json().map((json) => bytes(`{"__proto__":${json},"Height":1}`)),
      fc
        .tuple(fc.json(), fc.json())
        .map(([head, height]) => bytes(`{"Head":${head},"Height":${height}}`))
    )
    const runs = 10_000
    const reader = new LineReader()
    const sizes = [1, 7, 100, 5000]
    let height = 0n
    fc.assert(
      fc.property(hostile, (bad) => {
        height += 1n
        const beat = { ...good, height }
        const input = Buffer.concat([bad, bytes('\n'), encodeV1(beat)])
        const results = read(input, sizes[Number(height) % sizes.length], reader)
        assert.deepEqual(results.at(-1), { beat })
        const rest = results.slice(0, -1)
        assert.ok(
          rest.every((result) => 'error' in result),
          'a hostile line is no beat'
        )
      }),
      { numRuns: runs, endOnFailure: true }
    )
    assert.equal(height, BigInt(runs))
  })
})
