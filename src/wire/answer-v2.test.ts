import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { MAX_HEIGHT, MAX_NEXT_PERIOD } from '../constants.ts'
import { decodeAnswer, encodeAnswer } from './answer-v2.ts'
import { arbitraryAnswer } from './beat-arbitrary.ts'
import { type Encodable, encodeCbor } from './dag-cbor.ts'
import { MessageReader } from './message-reader.ts'
import type { Answer } from './messages.ts'

const ACK = { Type: 'ack', Seq: 7, Verdict: 'accepted' }
const REJECTED = { ...ACK, Verdict: 'rejected', Reason: 'too-often' }
const read = (members: Record<string, Encodable | undefined>): Answer | undefined =>
  decodeAnswer(encodeCbor(members))

describe('encodeAnswer', () => {
  test('gives every answer back', () => {
    fc.assert(
      fc.property(arbitraryAnswer, (answer) => {
        const [result] = new MessageReader().push(encodeAnswer(answer))
        assert.ok(result !== undefined && 'message' in result)
        assert.deepEqual(decodeAnswer(result.message), answer)
      })
    )
  })

  test('refuses our own bad values by name', () => {
    const bad: [option: string, answer: Answer][] = [
      ['retry', { type: 'bye', retry: 0 }],
      ['retry', { type: 'bye', retry: MAX_NEXT_PERIOD + 1 }],
      ['seq', { type: 'ack', seq: 0 }],
      ['pace', { type: 'ack', seq: 1, pace: 0 }],
      ['pace', { type: 'ack', seq: 1, pace: MAX_NEXT_PERIOD + 1 }],
      ['networkHeight', { type: 'ack', seq: 1, networkHeight: MAX_HEIGHT + 1n }],
      ['at', { type: 'ack', seq: 1, at: -1n }],
      ['witnesses', { type: 'ack', seq: 1, witnesses: -1 }]
    ]
    for (const [option, answer] of bad) {
      assert.throws(() => encodeAnswer(answer), { name: 'OptionError', option })
    }
  })
})

describe('decodeAnswer', () => {
  test('gives nothing for a type that a later version may send', () => {
    assert.equal(read({ Type: 'hello', Seq: 'x' }), undefined)
  })

  test('refuses what has no type', () => {
    for (const Type of [undefined, 1, true, []]) {
      assert.throws(() => read({ ...ACK, Type }), { name: 'MalformedError', reason: 'answer' })
    }
    assert.throws(() => decodeAnswer(encodeCbor([])), { reason: 'not-an-object' })
    assert.throws(() => decodeAnswer(new Uint8Array()), { reason: 'cbor' })
  })

  test('refuses a known type that is broken', () => {
    const bad: Record<string, Encodable | undefined>[] = [
      { Type: 'bye' },
      { Type: 'bye', Retry: 0 },
      { Type: 'bye', Retry: MAX_NEXT_PERIOD + 1 },
      { Type: 'bye', Retry: '1' },
      { ...ACK, Seq: undefined },
      { ...ACK, Seq: 0 },
      { ...ACK, Verdict: undefined },
      { ...ACK, Verdict: 'perhaps' },
      { ...REJECTED, Reason: undefined },
      { ...REJECTED, Reason: 1 },
      { ...ACK, Pace: 0 },
      { ...ACK, Pace: '3000' },
      { ...ACK, NetworkHeight: '1' },
      { ...ACK, Agreement: 1 },
      { ...ACK, At: true },
      { ...ACK, Witnesses: 'x' }
    ]
    for (const members of bad) {
      assert.throws(() => read(members), { name: 'MalformedError', reason: 'answer' })
    }
  })

  test('takes a Reason and an Agreement of a later version for the ones that say least', () => {
    assert.deepEqual(read({ ...REJECTED, Reason: 'solar-flare', Agreement: 'maybe' }), {
      type: 'ack',
      seq: 7,
      reason: 'refused',
      agreement: 'unknown'
    })
  })

  test('heeds no Reason of a beat that was accepted', () => {
    assert.deepEqual(read({ ...ACK, Reason: 'refused' }), { type: 'ack', seq: 7 })
  })

  test('reads heights up to 2^64-1 exactly', () => {
    const answer = read({ ...ACK, NetworkHeight: MAX_HEIGHT, At: MAX_HEIGHT - 1n })
    const expected = { networkHeight: MAX_HEIGHT, at: MAX_HEIGHT - 1n }
    assert.deepEqual(answer, { type: 'ack', seq: 7, ...expected })
  })

  test('lets no key of a stranger reach an object', () => {
    const map = { ...ACK }
    Object.defineProperty(map, '__proto__', { value: { reason: 'refused' }, enumerable: true })
    const answer = decodeAnswer(encodeCbor(map))
    assert.deepEqual(answer, { type: 'ack', seq: 7 })
    assert.equal(Object.getPrototypeOf(answer), Object.prototype)
  })
})
