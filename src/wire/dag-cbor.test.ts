import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decode, encode, Token, Type } from 'cborg'
import fc from 'fast-check'
import { MAX_CBOR_DEPTH, MAX_MESSAGE_BYTES } from '../constants.ts'
import { MalformedError } from '../errors.ts'
import { type Cbor, decodeCbor, type Encodable, encodeCbor, Link } from './dag-cbor.ts'

const hex = (text: string): Uint8Array =>
  Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))
const refuses = (bytes: Uint8Array, message: RegExp): void =>
  assert.throws(() => decodeCbor(bytes), { name: 'MalformedError', reason: 'cbor', message })

// What another implementation makes of the same, as strict as it can be told to be.
const THEIRS = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowNaN: false,
  allowInfinity: false,
  useMaps: true,
  rejectDuplicateMapKeys: true,
  tags: {
    42: (next: () => unknown) => {
      const bytes = next()
      if (!(bytes instanceof Uint8Array) || bytes[0] !== 0) throw new Error('no link')
      return new Link(bytes.subarray(1))
    }
  }
}
const THEIR_WRITING = {
  float64: true,
  typeEncoders: {
    Object: (value: object) =>
      value instanceof Link
        ? [new Token(Type.tag, 42), new Token(Type.bytes, Uint8Array.of(0, ...value.bytes))]
        : null
  }
}

const leaf: fc.Arbitrary<Encodable> = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.boolean(),
  fc.uint8Array({ maxLength: 40 }),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => new Link(bytes))
)
const { value: arbitraryValue } = fc.letrec<{ value: Encodable }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.stringMatching(/^[A-Za-z_]{0,30}$/), tie('value'), { maxKeys: 5 })
  )
}))

/** Ours as theirs: whole numbers that fit are numbers there. */
function asTheirs(value: Cbor): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value
  if (value instanceof Map) return new Map([...value].map(([key, each]) => [key, asTheirs(each)]))
  if (Array.isArray(value)) return value.map(asTheirs)
  return value
}

describe('encodeCbor', () => {
  test('writes the very bytes that another implementation writes', () => {
    fc.assert(
      fc.property(arbitraryValue, (value) => {
        const theirs = Uint8Array.from(encode(value, THEIR_WRITING))
        assert.deepEqual(encodeCbor(value), theirs)
      })
    )
  })

  test('writes every number in its shortest form', () => {
    const edges: [bigint, string][] = [
      [0n, '00'],
      [23n, '17'],
      [24n, '1818'],
      [255n, '18ff'],
      [256n, '190100'],
      [65_535n, '19ffff'],
      [65_536n, '1a00010000'],
      [2n ** 32n - 1n, '1affffffff'],
      [2n ** 32n, '1b0000000100000000'],
      [2n ** 53n + 1n, '1b0020000000000001'],
      [2n ** 64n - 1n, '1bffffffffffffffff']
    ]
    for (const [value, bytes] of edges) {
      assert.equal(Buffer.from(encodeCbor(value)).toString('hex'), bytes)
      assert.equal(decodeCbor(hex(bytes)), value)
    }
  })

  test('leaves out members that are undefined', () => {
    assert.deepEqual(encodeCbor({ a: undefined, b: 1 }), hex('a1 61 62 01'))
  })
})

describe('decodeCbor', () => {
  test('reads what another implementation writes', () => {
    fc.assert(
      fc.property(arbitraryValue, (value) => {
        const bytes = encode(value, THEIR_WRITING)
        assert.deepEqual(asTheirs(decodeCbor(bytes)), decode(bytes, THEIRS))
      })
    )
  })

  test('reads negative numbers, fractions and null', () => {
    assert.equal(decodeCbor(hex('20')), -1n)
    assert.equal(decodeCbor(hex('3bffffffffffffffff')), -(2n ** 64n))
    assert.equal(decodeCbor(hex('fb3ff8000000000000')), 1.5)
    assert.equal(decodeCbor(hex('f6')), null)
  })

  test('reads a map whose keys are in any order', () => {
    assert.deepEqual(
      decodeCbor(hex('a2 6162 01 6161 02')),
      new Map([
        ['b', 1n],
        ['a', 2n]
      ])
    )
  })

  const BAD: ReadonlyArray<readonly [string, string, RegExp]> = [
    ['nothing', '', /CBOR decode error/],
    ['two values', '00 00', /CBOR decode error/],
    ['a number in a longer form', '1817', /CBOR decode error/],
    ['a number in a longer form of two bytes', '1900ff', /CBOR decode error/],
    ['a number in a longer form of four bytes', '1a0000ffff', /CBOR decode error/],
    ['a number in a longer form of eight bytes', '1b00000000ffffffff', /CBOR decode error/],
    ['a length in a longer form', '7801 61', /CBOR decode error/],
    ['half a number', '19 01', /CBOR decode error/],
    ['a text cut short', '62 61', /CBOR decode error/],
    ['bytes of 2^64-1', '5bffffffffffffffff', /CBOR decode error/],
    ['a list of 2^64-1', '9bffffffffffffffff', /CBOR decode error/],
    ['a map of 2^64-1', 'bbffffffffffffffff', /CBOR decode error/],
    ['a list cut short', '82 00', /CBOR decode error/],
    ['a map without its last value', 'a1 6161', /CBOR decode error/],
    ['bytes of no definite length', '5f 4100 ff', /CBOR decode error/],
    ['a list of no definite length', '9f ff', /CBOR decode error/],
    ['a map of no definite length', 'bf ff', /CBOR decode error/],
    ['a reserved length', '1c', /CBOR decode error/],
    ['a break', 'ff', /CBOR decode error/],
    ['undefined', 'f7', /CBOR decode error/],
    ['a simple value', 'f820', /CBOR decode error/],
    ['a half float', 'f93c00', /float/],
    ['a single float', 'fa3f800000', /float/],
    ['half a float', 'fb3ff8', /CBOR decode error/],
    ['not a number', 'fb7ff8000000000000', /CBOR decode error/],
    ['infinity', 'fb7ff0000000000000', /CBOR decode error/],
    ['text that is not UTF-8', '61 ff', /not UTF-8/],
    ['a lone surrogate', '63 eda080', /not UTF-8/],
    ['a key that is a number', 'a1 01 01', /a key that is no text/],
    ['a key that is a list', 'a1 80 01', /a key that is no text|too deep/],
    ['a key twice', 'a2 6161 01 6161 02', /CBOR decode error/],
    ['another tag', 'c1 00', /CBOR decode error/],
    ['a link that is a text', 'd82a 61 00', /link that is none/],
    ['a link without its zero', 'd82a 41 01', /link that is none/],
    ['an empty link', 'd82a 40', /link that is none/],
    ['half a link', 'd82a', /CBOR decode error/]
  ]
  for (const [what, bytes, message] of BAD) {
    test(`refuses ${what}`, () => refuses(hex(bytes), message))
  }

  test('refuses nesting that is too deep, and a message full of it at once', () => {
    const nested = (depth: number): Uint8Array => Buffer.from([...Array(depth).fill(0x81), 0x00])
    assert.doesNotThrow(() => decodeCbor(nested(MAX_CBOR_DEPTH)))
    refuses(nested(MAX_CBOR_DEPTH + 1), /nested too deep/)
    refuses(new Uint8Array(MAX_MESSAGE_BYTES).fill(0x81), /nested too deep/)
    refuses(Buffer.alloc(MAX_MESSAGE_BYTES, hex('a1 61 61')), /nested too deep/)
    refuses(Buffer.alloc(MAX_MESSAGE_BYTES, hex('d8 2a')), /link that is none/)
  })

  test('keeps a byte order mark', () => {
    assert.equal(decodeCbor(hex('64 efbbbf61')), '\ufeffa')
  })

  test('gives bytes of its own', () => {
    const input = hex('43 010203')
    const bytes = decodeCbor(input)
    input.fill(0)
    assert.deepEqual(bytes, Uint8Array.of(1, 2, 3))
    assert.equal((bytes as Uint8Array).buffer.byteLength, 3)
  })

  test('throws nothing but its own error, and takes nothing that another implementation refuses', () => {
    const mutated = fc
      .tuple(arbitraryValue, fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 3 }))
      .map(([value, changes]) => {
        const bytes = encodeCbor(value)
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte
        return bytes
      })
    const input = fc.oneof(mutated, fc.uint8Array({ maxLength: 60 }))
    fc.assert(
      fc.property(input, (bytes) => {
        let value: Cbor
        try {
          value = decodeCbor(bytes)
        } catch (error) {
          assert.ok(error instanceof MalformedError)
          return
        }
        assert.deepEqual(asTheirs(value), decode(bytes, THEIRS))
      }),
      { numRuns: 5_000 }
    )
  })
})
