import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { CID } from 'multiformats/cid'
import { MAX_CID_CHARACTERS, MAX_HEAD_CIDS } from '../constants.ts'
import { arbitraryCid } from './beat-arbitrary.ts'
import { formatTipset, isCid, parseTipset, sortCids } from './tipset.ts'

const V0 = 'Qmd52WKRSwrBK5gUaJKawryZQ5by6UbNB8KVW2Zy6JtbyW'
const V1 = 'zDPWYqFD4b5HLFuPfhkjJJkfvm4r8KLi1V9e2ahJX6Ab16Ay24pJ'

describe('tipset', () => {
  test('prints as Go does, sorted by bytes and not by letters', () => {
    assert.equal(formatTipset([]), '{ }')
    assert.equal(formatTipset([V0]), `{ ${V0} }`)
    assert.equal(formatTipset([V0, V1]), `{ ${V1} ${V0} }`)
  })

  test('names a block once, whatever base it is written in', () => {
    const base32 = CID.parse(V1).toString()
    assert.notEqual(base32, V1)
    assert.equal(sortCids([V1, base32, V1]).length, 1)
    assert.equal(formatTipset([V0, V0]), `{ ${V0} }`)
  })

  test('reads what it prints, each CID in its own form', () => {
    fc.assert(
      fc.property(fc.array(arbitraryCid, { maxLength: MAX_HEAD_CIDS }), (cids) => {
        assert.deepEqual(parseTipset(formatTipset(cids)), sortCids(cids))
      })
    )
  })

  test('sorts as the bytes sort', () => {
    fc.assert(
      fc.property(fc.array(arbitraryCid, { maxLength: 8 }), (cids) => {
        const bytes = sortCids(cids).map((cid) => CID.parse(cid).bytes)
        const sorted = bytes.toSorted(Buffer.compare)
        assert.deepEqual(bytes, sorted)
      })
    )
  })

  test('reads nothing else', () => {
    const others = ['', '{', '}', '{}', '{  }', `{ ${V0}}`, `{${V0} }`, `{ ${V0}  ${V1} }`]
    const spaced = [`{ ${V0} } `, ` { ${V0} }`, `{ ${V0}\t}`, `{ ${V0},${V1} }`, `[ ${V0} ]`]
    const noCids = [
      '{ x }',
      '{ { } }',
      `{ ${V0}x }`,
      `{ ${V0.slice(1)} }`,
      `{ ${V0.slice(0, -1)} }`
    ]
    for (const text of [...others, ...spaced, ...noCids]) {
      assert.equal(parseTipset(text), undefined, text)
    }
  })

  test('refuses to print what is no CID, and says which', () => {
    assert.throws(() => formatTipset([V0, 'nonsense']), {
      name: 'OptionError',
      option: 'head',
      message: /nonsense/
    })
  })

  test('holds no more than MAX_HEAD_CIDS', () => {
    const many = fc.sample(arbitraryCid, MAX_HEAD_CIDS + 1)
    assert.equal(parseTipset(`{ ${many.slice(1).join(' ')} }`)?.length, MAX_HEAD_CIDS)
    assert.equal(parseTipset(`{ ${many.join(' ')} }`), undefined)
    assert.throws(() => sortCids(many), { name: 'OptionError' })
  })

  test('does not try to read a CID too long to be one', () => {
    assert.equal(isCid(V0), true)
    assert.equal(isCid(`z${'1'.repeat(MAX_CID_CHARACTERS)}`), false)
  })
})
