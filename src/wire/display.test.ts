import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { MAX_NICKNAME_CODE_POINTS } from '../constants.ts'
import { displayNickname, minerAddressProblem } from './display.ts'

describe('displayNickname', () => {
  test('leaves ordinary names alone, of any script', () => {
    for (const name of ['', 'BobHoblaw', 'Zoë & <Ann>', '灯塔', 'مينا', 'नमस्ते', '🦊']) {
      assert.equal(displayNickname(name), name)
    }
  })

  test('drops control, bidirectional and zero-width characters', () => {
    const unseen = '\0\x07\n\r\t\x1b\x7f\x85\u061c\u200b\u200c\u200d\u200e\u200f\u2028\u2029'
    const more = '\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\u3164\ufeff\u{e0041}'
    assert.equal(displayNickname(`a${[...(unseen + more)].join('x')}b`), `a${'x'.repeat(28)}b`)
  })

  test('cuts between code points', () => {
    assert.equal(displayNickname('🦊'.repeat(100)), '🦊'.repeat(MAX_NICKNAME_CODE_POINTS))
    assert.equal(displayNickname(`${'\u200b'.repeat(100)}a`), 'a')
  })

  test('is well-formed and bounded for any text, and stays so', () => {
    const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 200 })
    fc.assert(
      fc.property(units, (codes) => {
        const shown = displayNickname(String.fromCharCode(...codes))
        assert.ok(shown.isWellFormed())
        assert.ok([...shown].length <= MAX_NICKNAME_CODE_POINTS)
        assert.equal(displayNickname(shown), shown)
      })
    )
  })
})

describe('minerAddressProblem', () => {
  test('finds none with a miner, an actor, or nothing', () => {
    const actor = '24vg6ut43yw2h2jqydgbg2xq7x6f4kub3bg6as6i'
    for (const text of ['', 'f00', 'f01234', 't01000', `f${actor}`, `t${actor}`]) {
      assert.equal(minerAddressProblem(text), undefined, text)
    }
  })

  test('refuses the address of a person, and says why', () => {
    const secp = '17uoq6tp427uzv7fztkbsnn64iwotfrristwpryy'
    const bls =
      '3vvmn62lofvhjd2ugzca6sof2j2ubwok6cj4xxbfzz4yuxfkgobpihhd2thlanmsh3w2ptld2gqkn2jvlss4a'
    const delegated = '410fkkld55ioe7qg24wvt7fu6pbknb56ht7pt4zamxa'
    for (const address of [secp, bls, delegated]) {
      assert.match(minerAddressProblem(`f${address}`) ?? '', /person/)
      assert.match(minerAddressProblem(`t${address}`) ?? '', /person/)
    }
    assert.match(minerAddressProblem(`0x${'ab'.repeat(20)}`) ?? '', /person/)
  })

  test('refuses what is no address', () => {
    for (const text of [
      'f',
      'f0',
      'f0x',
      'F01234',
      ' f01234',
      'f01234\n',
      'f2abc',
      'f5abc',
      'empty'
    ]) {
      assert.match(minerAddressProblem(text) ?? '', /not the address/, text)
    }
  })
})
