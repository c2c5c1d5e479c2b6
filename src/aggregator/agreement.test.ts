import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compare, networkHeight, tipsetKey, type Witness } from './agreement.ts'
import { cid } from './test-kit.ts'

/** A witness with this head that has one tipset at height 100, unless it knows none. */
function witness(height: number, block?: string): Witness {
  const key = block === undefined ? undefined : tipsetKey([block])
  return {
    height: BigInt(height),
    settledAt: (at) => (at === 100n ? key : undefined)
  }
}

const [A, B, C] = [cid(1), cid(2), cid(3)] as const

/** What witnesses that have these tipsets at height 100 say of `head` there. */
const verdict = (blocks: readonly (string | undefined)[], head: readonly string[] = [A]) =>
  compare(
    blocks.map((block) => witness(105, block)),
    { height: 100n, head }
  )

const UNKNOWN = { agreement: 'unknown' }

describe('the height of the network', () => {
  test('is the median of its witnesses, of an even count the lower', () => {
    const height = (...heights: number[]) => networkHeight(heights.map((each) => witness(each)))
    assert.equal(height(), undefined)
    assert.equal(height(7), 7n)
    assert.equal(height(9, 7), 7n)
    assert.equal(height(7, 1_000_000), 7n)
    assert.equal(height(7, 1_000_000, 9), 9n)
    assert.equal(height(0, 10, 9, 8), 8n)
  })
})

describe('agreement', () => {
  test('is the same when more witnesses have the tipset than have another', () => {
    assert.deepEqual(verdict([A]), { agreement: 'same', at: 100n, witnesses: 1 })
    assert.deepEqual(verdict([A, B, A]), { agreement: 'same', at: 100n, witnesses: 2 })
    assert.deepEqual(verdict([A, undefined]), { agreement: 'same', at: 100n, witnesses: 1 })
    assert.deepEqual(verdict([A, B, A, C, undefined]).agreement, 'same')
  })

  test('differs when more witnesses have another', () => {
    assert.deepEqual(verdict([B]), { agreement: 'differs', at: 100n, witnesses: 1 })
    assert.deepEqual(verdict([B, A, B]), { agreement: 'differs', at: 100n, witnesses: 2 })
    assert.equal(verdict([A], [A, B]).agreement, 'differs')
  })

  test('is unknown on a tie, and when the witnesses have no majority', () => {
    assert.deepEqual(verdict([A, B]), UNKNOWN)
    assert.deepEqual(verdict([A, B, C]), UNKNOWN)
    assert.deepEqual(verdict([B, C]), UNKNOWN)
  })

  test('is unknown when nobody knows, or nothing was said', () => {
    assert.deepEqual(verdict([]), UNKNOWN)
    assert.deepEqual(verdict([undefined, undefined]), UNKNOWN)
    assert.deepEqual(verdict([A], []), UNKNOWN)
    assert.deepEqual(compare([witness(105, A)], undefined), UNKNOWN)
  })

  test('is unknown at a height that is not settled for the witness', () => {
    const settled = { height: 100n, head: [A] }
    assert.deepEqual(compare([witness(103, A)], settled), UNKNOWN)
    assert.equal(compare([witness(104, A)], settled).agreement, 'same')
    assert.equal(compare([witness(104, A), witness(103, B)], settled).witnesses, 1)
  })
})
