import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { MAX_HEIGHT, MAX_LINE_BYTES } from '../constants.ts'
import { arbitraryBeat } from './beat-arbitrary.ts'
import { decodeV1 } from './decode-v1.ts'
import { encodeV1 } from './encode-v1.ts'
import type { Heartbeat } from './heartbeat.ts'

const golden = new Map<string, string>(
  readFileSync(join(import.meta.dirname, 'golden.ndjson'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map(({ Id, Wire }) => [Id.slice(0, 2), Wire])
)
const wire = (id: string): string => golden.get(id) ?? assert.fail(`no golden line ${id}`)
const reencode = (line: string): string => text(decodeV1(new TextEncoder().encode(line)))
const text = (beat: Heartbeat): string => new TextDecoder().decode(encodeV1(beat))

const genesis = 'Qmd52WKRSwrBK5gUaJKawryZQ5by6UbNB8KVW2Zy6JtbyW'
const plain: Heartbeat = { head: [], height: 0n, nickname: '', minerAddress: '' }

describe('encodeV1', () => {
  for (const id of ['G1', 'G2', 'G3', 'G4', 'G5']) {
    test(`writes the bytes that go-filecoin wrote in March 2019: ${id}`, () => {
      assert.equal(reencode(wire(id)), wire(id))
    })
  }

  test('writes no miner as in March 2019, where later eras had a word for it: G6, G7', () => {
    assert.equal(reencode(wire('G6')), wire('G6').replace('"empty"', '""'))
    assert.equal(reencode(wire('G7')), wire('G7').replace('"\\u003cempty\\u003e"', '""'))
  })

  test('leaves out an unknown genesis, where a later era wrote null: G8', () => {
    assert.equal(reencode(wire('G8')), wire('G8').replace(',"GenesisCID":null', ''))
  })

  test('sorts a head that comes unsorted', () => {
    const head = decodeV1(new TextEncoder().encode(wire('G4'))).head
    assert.equal(text({ ...plain, head: head.toReversed() }), text({ ...plain, head }))
  })

  test('escapes as Go 1.22 and later do', () => {
    const ascii = String.fromCharCode(...Array(0x20).keys())
    assert.equal(
      text({ ...plain, nickname: `${ascii}"\\/\x7f<>&\u2028\u2029é😀` }),
      '{"Head":"{ }","Height":0,"Nickname":"' +
        String.raw`\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f` +
        String.raw`\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017` +
        String.raw`\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f` +
        `\\"\\\\/\x7f${String.raw`\u003c\u003e\u0026\u2028\u2029`}é😀","MinerAddress":""}\n`
    )
  })

  test('writes a lone surrogate as the replacement character', () => {
    assert.match(text({ ...plain, nickname: 'a\ud800b' }), /"Nickname":"a\ufffdb"/)
  })

  test('writes one line, which gives the beat back', () => {
    fc.assert(
      fc.property(arbitraryBeat, (beat) => {
        const line = encodeV1(beat)
        assert.equal(line.indexOf(0x0a), line.length - 1)
        assert.deepEqual(decodeV1(line), beat)
      })
    )
  })

  test('writes every height exactly', () => {
    for (const height of [0n, 9007199254740993n, MAX_HEIGHT]) {
      assert.ok(text({ ...plain, height }).includes(`"Height":${height},`))
    }
  })

  test('refuses our own bad values by name', () => {
    const bad: [option: string, beat: Partial<Heartbeat>][] = [
      ['height', { height: -1n }],
      ['height', { height: MAX_HEIGHT + 1n }],
      ['head', { head: ['nonsense'] }],
      ['genesis', { genesis: '' }],
      ['genesis', { genesis: `${genesis}"` }],
      ['minerAddress', { minerAddress: 'f'.repeat(129) }],
      ['heartbeat', { nickname: 'x'.repeat(MAX_LINE_BYTES) }]
    ]
    for (const [option, beat] of bad) {
      assert.throws(() => encodeV1({ ...plain, ...beat }), { name: 'OptionError', option })
    }
  })

  test('writes the longest line that is read, and none longer', () => {
    const room = MAX_LINE_BYTES - encodeV1(plain).length
    const longest = encodeV1({ ...plain, nickname: 'x'.repeat(room) })
    assert.equal(decodeV1(longest).nickname.length, room)
    assert.throws(() => encodeV1({ ...plain, nickname: 'x'.repeat(room + 1) }))
  })
})
