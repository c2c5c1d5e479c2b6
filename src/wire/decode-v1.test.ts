import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { MAX_LINE_BYTES } from '../constants.ts'
import type { MalformedReason } from '../errors.ts'
import { decodeV1 } from './decode-v1.ts'
import type { Heartbeat } from './heartbeat.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const decode = (text: string): Heartbeat => decodeV1(bytes(text))
const refuses = (line: string | Uint8Array, reason: MalformedReason): void => {
  const input = typeof line === 'string' ? bytes(line) : line
  assert.throws(() => decodeV1(input), { name: 'MalformedError', reason }, `${line} is read`)
}

const A = 'zDPWYqFD4b5HLFuPfhkjJJkfvm4r8KLi1V9e2ahJX6Ab16Ay24pJ'
const B = 'zDPWYqFD4b5HLFuPfhkjJJkfvm4r8KLi1V9e2ahJX6Ab16Ay24pK'
const Q = 'Qmd52WKRSwrBK5gUaJKawryZQ5by6UbNB8KVW2Zy6JtbyW'
const MINER = 'fcqeutlg2sl9daptdcfm8sw7m3xzd0tqhz8f4nzc9'
const none = { nickname: '', minerAddress: '' }

const GOLDEN: Record<string, Heartbeat> = {
  G1: { head: [A], height: 444n, nickname: 'BobHoblaw', minerAddress: '' },
  G2: { head: [A, B], height: 444n, nickname: 'Porkchop', minerAddress: MINER },
  G3: { head: [], height: 0n, ...none },
  G4: {
    head: [A, Q],
    height: 9007199254740993n,
    nickname: 'boot',
    minerAddress: 'tfqk4f3cuph7pkf7228zv4x5aeq9scgazfewaq2he'
  },
  G5: { head: [Q], height: 1n, nickname: 'bad nick<p>&', minerAddress: '' },
  G6: { head: [Q], height: 444n, nickname: 'BobHoblaw', minerAddress: '', genesis: Q },
  G7: { head: [Q], height: 444n, nickname: 'BobHoblaw', minerAddress: '', genesis: Q },
  G8: { head: [Q], height: 444n, nickname: 'BobHoblaw', minerAddress: MINER }
}

describe('decodeV1', () => {
  const lines = readFileSync(join(import.meta.dirname, 'golden.ndjson'), 'utf8')
    .trim()
    .split('\n')

  test('has a golden line of every era', () => assert.equal(lines.length, 8))

  for (const { Id, Era, Wire } of lines.map((line) => JSON.parse(line))) {
    test(`reads what go-filecoin wrote: ${Id}, ${Era}`, () => {
      assert.deepEqual(decode(Wire), GOLDEN[Id.slice(0, 2)])
    })
  }

  test('reads every whole height from 0 to 2^64-1 exactly', () => {
    for (const height of ['0', '9007199254740993', '18446744073709551615']) {
      assert.equal(decode(`{"Head":"{ }","Height":${height}}`).height, BigInt(height))
    }
  })

  test('refuses every other height, as Go does', () => {
    const numbers = [
      '-1',
      '-0',
      '1.0',
      '0.5',
      '1e3',
      '1E0',
      '18446744073709551616',
      '9'.repeat(3000)
    ]
    for (const height of [...numbers, '"1"', 'true', '[1]', '{"Height":1}']) {
      refuses(`{"Head":"{ }","Height":${height}}`, 'height')
    }
  })

  test('names what is missing or of the wrong type', () => {
    refuses('{}', 'head')
    refuses('{"Height":1}', 'head')
    refuses('{"Head":"{ }"}', 'height')
    refuses('{"Head":null,"Height":1}', 'head')
    refuses('{"Head":"{ }","Height":null}', 'height')
    for (const head of ['1', '[]', '{}', '""', '"{}"', '"{ nonsense }"']) {
      refuses(`{"Head":${head},"Height":1}`, 'head')
    }
    for (const value of ['1', 'true', '{}', '["a"]']) {
      refuses(`{"Head":"{ }","Height":1,"Nickname":${value}}`, 'nickname')
      refuses(`{"Head":"{ }","Height":1,"MinerAddress":${value}}`, 'miner-address')
    }
    refuses(`{"Head":"{ }","Height":1,"MinerAddress":"${'f'.repeat(129)}"}`, 'miner-address')
    for (const genesis of [`"${Q}"`, '1', '[]', '{}', '{"/":1}', '{"/":""}', '{"/":"x"}']) {
      refuses(`{"Head":"{ }","Height":1,"GenesisCID":${genesis}}`, 'genesis')
    }
  })

  test('names what is no line of JSON', () => {
    refuses(new Uint8Array([0x7b, 0xff, 0x7d]), 'utf8')
    refuses(new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]), 'utf8')
    for (const text of ['', '{', 'nonsense', '{"Head":"{ }","Height":01}', '{} {}', '\ufeff{}']) {
      refuses(text, 'json')
    }
    for (const text of ['null', '[]', '1', '"text"', 'true']) refuses(text, 'not-an-object')
    refuses(' '.repeat(MAX_LINE_BYTES + 1), 'too-long')
  })

  test('survives the deepest nesting that a line can hold', () => {
    const half = MAX_LINE_BYTES / 2
    refuses('['.repeat(MAX_LINE_BYTES), 'json')
    refuses('['.repeat(half) + ']'.repeat(half), 'not-an-object')
    const deep = '['.repeat(half - 50) + ']'.repeat(half - 50)
    assert.equal(decode(`{"Extra":${deep},"Head":"{ }","Height":1}`).height, 1n)
    const objects = `${'{"a":'.repeat(600)}1${'}'.repeat(600)}`
    assert.equal(decode(`{"Head":"{ }","Extra":${objects},"Height":1}`).height, 1n)
  })

  test('takes a null for nothing said, but for a genesis, which it clears', () => {
    const nulls = '{"Head":"{ }","Height":7,"Nickname":null,"MinerAddress":null,"GenesisCID":null}'
    assert.deepEqual(decode(nulls), { head: [], height: 7n, ...none })
    const after = `{"Head":"{ }","Height":7,"Nickname":"n","GenesisCID":{"/":"${Q}"},`
    assert.deepEqual(
      decode(`${after}"Head":null,"Height":null,"Nickname":null,"GenesisCID":null}`),
      {
        head: [],
        height: 7n,
        nickname: 'n',
        minerAddress: ''
      }
    )
  })

  test('takes keys in any case, and in the foldings that Go knows', () => {
    const line = '{"hEAD":"{ }","HEIGHT":7,"Nic\u212aname":"n","mineraddre\u017f\\u017f":"f01"}'
    assert.deepEqual(decode(line), { head: [], height: 7n, nickname: 'n', minerAddress: 'f01' })
    assert.equal(decode('{"Head":"{ }","Height":7,"MinerAddre\u00df":"f01"}').minerAddress, '')
    assert.equal(decode('{"H\\u0065ad":"{ }","Height":7}').height, 7n)
    assert.equal(decode('{ "Head" : "{ }" ,\t"Height" : 7 }\r\n').height, 7n)
  })

  test('lets the last of two keys win, whatever their case', () => {
    const last = (...keys: string[]): string =>
      decode(`{"Head":"{ }","Height":0,${keys.map((key, at) => `"${key}":"${at}"`).join()}}`)
        .nickname
    assert.equal(last('Nickname', 'Nickname'), '1')
    assert.equal(last('nickname', 'Nickname'), '1')
    assert.equal(last('Nickname', 'nickname'), '1')
    assert.equal(last('Nickname', 'nickname', 'Nickname'), '2')
    assert.equal(decode('{"Head":"{ }","Height":1,"height":2}').height, 2n)
    refuses('{"Head":"{ }","Height":"x","Height":1}', 'height')
  })

  test('lets no key of a stranger reach an object', () => {
    const line =
      '{"__proto__":{"nickname":"p","polluted":1},"constructor":{"prototype":{"polluted":1}},' +
      '"Head":"{ }","Height":1,"toString":"x","GenesisCID":{"__proto__":{"/":"x"},"/":"Q"}}'
    const beat = decode(line.replace('"Q"', `"${Q}"`))
    assert.deepEqual(Object.keys(beat), ['head', 'height', 'nickname', 'minerAddress', 'genesis'])
    assert.equal(Object.getPrototypeOf(beat), Object.prototype)
    assert.equal('polluted' in {}, false)
    refuses('{"Head":"{ }","Height":1,"GenesisCID":{"__proto__":{"/":"x"}}}', 'genesis')
  })

  test('gives a nickname back well-formed', () => {
    const beat = decode('{"Head":"{ }","Height":1,"Nickname":"a\\ud800b\\ud83d\\ude00"}')
    assert.equal(beat.nickname, 'a\ufffdb😀')
  })

  test('keeps the words of a stranger out of its message', () => {
    assert.throws(
      () => decode('{"Head":"<script>","Height":1}'),
      (error: Error) => !error.message.includes('script')
    )
    assert.throws(
      () => decode('<script>'),
      (error: Error) => !error.message.includes('script')
    )
  })

  test('finds its fields among any others', () => {
    const others = fc.dictionary(
      fc.string({ unit: 'binary' }).filter((key) => !/^(head|height)$/iu.test(key)),
      fc.jsonValue(),
      { maxKeys: 5 }
    )
    fc.assert(
      fc.property(others, others, fc.constantFrom(0, 2), (before, after, indent) => {
        const json = (each: object): string => JSON.stringify(each, null, indent).slice(1, -1)
        const members = [json(before), `"Head":"{ ${A} }","Height":42`, json(after)]
        const line = `{${members.filter((each) => each.trim() !== '').join()}}`
        fc.pre(bytes(line).length <= MAX_LINE_BYTES)
        const { head, height } = decode(line)
        assert.deepEqual({ head, height }, { head: [A], height: 42n })
      })
    )
  })
})
