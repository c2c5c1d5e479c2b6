import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { encode } from 'cborg'
import fc from 'fast-check'
import { MAX_HEAD_CIDS, MAX_HEIGHT, MAX_MESSAGE_BYTES, MAX_NEXT_PERIOD } from '../constants.ts'
import { MalformedError, type MalformedReason } from '../errors.ts'
import { encodeAnswer } from './answer-v2.ts'
import { arbitraryAcknowledgedBeat, arbitraryAnswer } from './beat-arbitrary.ts'
import { decodeBeat, encodeBeat } from './beat-v2.ts'
import { type Encodable, encodeCbor, Link } from './dag-cbor.ts'
import { linkTo } from './members.ts'
import { MessageReader } from './message-reader.ts'
import type { Beat } from './messages.ts'

const A = 'bafy2bzacecnamqgqmifpluoeldx7zzglxcljo6oja4vrmtj7432rphldpdmm2'
const Q = 'Qmd52WKRSwrBK5gUaJKawryZQ5by6UbNB8KVW2Zy6JtbyW'
const session = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)
const plain: Beat = {
  seq: 1,
  session,
  head: [],
  height: 0n,
  next: 30_000,
  nickname: '',
  minerAddress: ''
}
const REQUIRED = { Seq: 1, Session: session, Head: [], Height: 7, Next: 30_000 }

/** The one message that a frame holds. */
function messageOf(frame: Uint8Array): Uint8Array {
  const [result] = new MessageReader().push(frame)
  assert.ok(result !== undefined && 'message' in result)
  return result.message
}

const read = (members: Record<string, Encodable | undefined>): Beat =>
  decodeBeat(encodeCbor({ ...REQUIRED, ...members }))

describe('encodeBeat', () => {
  test('gives every beat back', () => {
    fc.assert(
      fc.property(arbitraryAcknowledgedBeat, (beat) =>
        assert.deepEqual(decodeBeat(messageOf(encodeBeat(beat))), beat)
      )
    )
  })

  test('leaves out what there is nothing to say about', () => {
    const message = messageOf(encodeBeat({ ...plain, stale: false }))
    assert.deepEqual(message, encodeCbor({ ...REQUIRED, Height: 0 }))
  })

  test('sorts a head by its bytes, and writes a double once', () => {
    const head = [Q, A, Q]
    const beat = decodeBeat(
      messageOf(encodeBeat({ ...plain, head, settled: { height: 1n, head } }))
    )
    assert.deepEqual(beat.head, [A, Q])
    assert.deepEqual(beat.settled?.head, [A, Q])
  })

  test('refuses our own bad values by name', () => {
    const bad: [option: string, beat: Partial<Record<keyof Beat, unknown>>][] = [
      ['seq', { seq: 0 }],
      ['seq', { seq: 1.5 }],
      ['seq', { seq: 2 ** 53 }],
      ['session', { session: new Uint8Array(7) }],
      ['head', { head: ['nonsense'] }],
      ['head', { head: Array(MAX_HEAD_CIDS + 1).fill(A) }],
      ['height', { height: -1n }],
      ['height', { height: MAX_HEIGHT + 1n }],
      ['height', { height: 7 }],
      ['next', { next: 0 }],
      ['next', { next: 99.5 }],
      ['next', { next: MAX_NEXT_PERIOD + 1 }],
      ['genesis', { genesis: 'nonsense' }],
      ['nickname', { nickname: '🦊'.repeat(65) }],
      ['minerAddress', { minerAddress: 'f'.repeat(129) }],
      ['page', { page: 'shown' }],
      ['rtt', { rtt: -1 }],
      ['rtt', { rtt: 1.5 }],
      ['settled.height', { settled: { height: -1n, head: [] } }],
      ['head', { settled: { height: 1n, head: ['nonsense'] } }],
      ['ethHash', { ethHash: new Uint8Array(31) }]
    ]
    for (const [option, part] of bad) {
      const beat = { ...plain, ...part } as Beat
      assert.throws(() => encodeBeat(beat), { name: 'OptionError', option })
    }
  })

  test('fits the largest beat that its bounds allow into one message', () => {
    const head = Array.from({ length: MAX_HEAD_CIDS }, (_, at) => cidOf(at))
    const beat = {
      ...plain,
      seq: Number.MAX_SAFE_INTEGER,
      head,
      height: MAX_HEIGHT,
      next: MAX_NEXT_PERIOD,
      stale: true,
      genesis: A,
      nickname: '🦊'.repeat(64),
      minerAddress: 'f'.repeat(128),
      page: 'visible',
      rtt: MAX_NEXT_PERIOD,
      settled: { height: MAX_HEIGHT, head },
      ethHash: new Uint8Array(32)
    } as const
    assert.ok(messageOf(encodeBeat(beat)).length <= MAX_MESSAGE_BYTES)
  })
})

/** A CID as Filecoin's blocks have them, with a digest of its own. */
function cidOf(at: number): string {
  const prefix = [0x01, 0x71, 0xa0, 0xe4, 0x02, 0x20]
  const bytes = Uint8Array.of(...prefix, ...new Uint8Array(31), at)
  return read({ Genesis: new Link(bytes) }).genesis ?? assert.fail()
}

describe('decodeBeat', () => {
  test('reads every height from 0 to 2^64-1 exactly', () => {
    for (const height of [0n, 9_007_199_254_740_993n, MAX_HEIGHT]) {
      const beat = read({ Height: height, Settled: { Height: height, Head: [] } })
      assert.equal(beat.height, height)
      assert.equal(beat.settled?.height, height)
    }
  })

  const wrong: Encodable[] = [true, 'text', Uint8Array.of(1), [], {}, linkTo(A)]
  const BAD: ReadonlyArray<readonly [key: string, MalformedReason, ...Encodable[]]> = [
    ['Seq', 'seq', 0, 2 ** 53, MAX_HEIGHT, ...wrong],
    ['Session', 'session', 1, 'eight by', new Uint8Array(7), new Uint8Array(9), []],
    ['Head', 'head', 1, 'text', {}, linkTo(A), [1], [A], [linkTo(A), 'x'], [[linkTo(A)]]],
    ['Height', 'height', ...wrong],
    ['Next', 'next', 0, MAX_NEXT_PERIOD + 1, ...wrong],
    ['Stale', 'stale', 0, 'true', [], {}],
    ['Genesis', 'genesis', A, Uint8Array.of(1), { '/': A }, [linkTo(A)]],
    ['Nickname', 'nickname', 1, true, Uint8Array.of(1), [], {}],
    ['MinerAddress', 'miner-address', 1, true, [], 'f'.repeat(129), 'é'.repeat(65)],
    ['Page', 'page', 1, true, [], {}],
    ['Rtt', 'rtt', -1, MAX_NEXT_PERIOD + 1, ...wrong],
    ['Settled', 'settled', 1, 'text', [], {}, { Height: 1 }, { Head: [] }],
    ['Settled', 'settled', { Height: '1', Head: [] }, { Height: 1, Head: [1] }],
    ['EthHash', 'eth-hash', 1, 'text', new Uint8Array(31), new Uint8Array(33)]
  ]
  for (const [key, reason, ...values] of BAD) {
    test(`refuses a ${key} that is none, for the reason ${reason}: ${values.length} forms`, () => {
      for (const value of values) {
        assert.throws(() => read({ [key]: value }), { name: 'MalformedError', reason })
      }
    })
  }

  test('refuses negative numbers and fractions', () => {
    for (const key of ['Seq', 'Height', 'Next']) {
      for (const value of [-1, 1.5]) {
        const message = encode({ ...REQUIRED, [key]: value }, { float64: true })
        assert.throws(() => decodeBeat(message), { reason: key.toLowerCase() })
      }
    }
  })

  test('names the key that is missing', () => {
    for (const key of Object.keys(REQUIRED)) {
      const reason = key.toLowerCase()
      const error = { reason, message: `malformed heartbeat: ${reason}: ${key} is missing` }
      assert.throws(() => read({ [key]: undefined }), error)
    }
  })

  test("takes Go's null for nothing said", () => {
    const optional = ['Stale', 'Genesis', 'Nickname', 'MinerAddress', 'Page', 'Rtt']
    optional.push('Settled', 'EthHash')
    const nulls = Object.fromEntries(optional.map((key) => [key, null]))
    assert.deepEqual(decodeBeat(encode({ ...REQUIRED, ...nulls })), { ...plain, height: 7n })
    assert.throws(() => decodeBeat(encode({ ...REQUIRED, Head: null })), { reason: 'head' })
  })

  test('refuses CIDs that are none, that have a second form, or that are too long', () => {
    const v1 = [0x01, 0x71, 0x12, 0x20, ...new Uint8Array(32)]
    const bad = [
      [],
      [0x01],
      [0x02, ...v1.slice(1)],
      v1.slice(0, -1),
      [...v1, 0],
      [0x01, 0xf1, 0x00, ...v1.slice(2)],
      [0x12, 0x1f, ...new Uint8Array(31)],
      [0x01, 0x71, 0x00, 0x7f, ...new Uint8Array(127)],
      [0x12, 0xff, 0x1e, ...new Uint8Array(3_967)]
    ]
    for (const bytes of bad) {
      assert.throws(() => read({ Genesis: new Link(Uint8Array.from(bytes)) }), {
        reason: 'genesis'
      })
    }
    assert.match(read({ Genesis: new Link(Uint8Array.from(v1)) }).genesis ?? '', /^bafyrei/)
  })

  test('gives every CID in its usual text', () => {
    const inBase58 = 'zDPWYqFD4b5HLFuPfhkjJJkfvm4r8KLi1V9e2ahJX6Ab16Ay24pJ'
    const beat = read({ Genesis: linkTo(inBase58), Head: [linkTo(Q)] })
    assert.match(beat.genesis ?? '', /^bafy/)
    assert.deepEqual(beat.head, [Q])
  })

  test('refuses more blocks than a tipset may have', () => {
    const head = (length: number) => Array(length).fill(linkTo(A))
    assert.deepEqual(read({ Head: head(MAX_HEAD_CIDS) }).head, [A])
    assert.throws(() => read({ Head: head(MAX_HEAD_CIDS + 1) }), { reason: 'head' })
  })

  test('passes over a Page and over keys that a later version may write', () => {
    const beat = read({ Page: 'prerender', Later: [{ a: [linkTo(A)] }], height: 'x', seq: [] })
    assert.deepEqual(beat, { ...plain, height: 7n })
  })

  test('lets no key of a stranger reach an object', () => {
    const polluting = JSON.parse('{"__proto__":{"polluted":true,"Seq":9}}')
    const map = { ...REQUIRED, constructor: { prototype: polluting }, toString: 'x' }
    Object.defineProperty(map, '__proto__', { value: polluting, enumerable: true })
    const settled = { Height: 1, Head: [] }
    Object.defineProperty(settled, '__proto__', { value: { genesis: 'x' }, enumerable: true })
    const beat = decodeBeat(encode({ ...map, Settled: settled }))
    assert.deepEqual(beat, { ...plain, height: 7n, settled: { height: 1n, head: [] } })
    const message = encodeCbor(map as Record<string, Encodable>)
    assert.ok(Buffer.from(message).includes('__proto__'))
    assert.deepEqual(decodeBeat(message), { ...plain, height: 7n })
    assert.equal(Object.getPrototypeOf(decodeBeat(message)), Object.prototype)
    assert.equal('polluted' in {}, false)
    for (const key of Object.keys(REQUIRED)) {
      const { [key as keyof typeof REQUIRED]: inherited, ...rest } = REQUIRED
      Object.defineProperty(rest, '__proto__', { value: { [key]: inherited }, enumerable: true })
      assert.throws(() => decodeBeat(encodeCbor(rest)), { reason: key.toLowerCase() })
    }
  })

  test('names what is no message', () => {
    assert.throws(() => decodeBeat(new Uint8Array()), { reason: 'cbor' })
    for (const value of [[], 1, 'text', true, linkTo(A)]) {
      assert.throws(() => decodeBeat(encodeCbor(value)), { reason: 'not-an-object' })
    }
    assert.throws(() => read({ Later: 'x'.repeat(MAX_MESSAGE_BYTES) }), { reason: 'too-long' })
  })

  test('keeps the words of a stranger out of its message', () => {
    for (const key of Object.keys(REQUIRED)) {
      const hides = (error: Error): boolean => !error.message.includes('script')
      assert.throws(() => read({ [key]: '<script>' }), hides)
    }
  })

  test('throws nothing but its own error, whatever was changed on the way', () => {
    const messages = fc.oneof(
      arbitraryAcknowledgedBeat.map(encodeBeat),
      arbitraryAnswer.map(encodeAnswer)
    )
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 4 })
    fc.assert(
      fc.property(messages, changes, (given, changed) => {
        const message = messageOf(given)
        for (const [at, byte] of changed) message[at % message.length] = byte
        try {
          const beat = decodeBeat(message)
          assert.deepEqual(Object.getPrototypeOf(beat), Object.prototype)
        } catch (error) {
          assert.ok(error instanceof MalformedError)
        }
      }),
      { numRuns: 3_000 }
    )
  })
})
