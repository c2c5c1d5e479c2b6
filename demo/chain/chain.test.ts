import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CID } from 'multiformats/cid'
import { DEV_GENESIS_TIMESTAMP, FIRST_TIPSETS, MAX_BLOCKS, MAX_TIPSETS } from '../constants.ts'
import { DevChain, type DevChainInit } from './chain.ts'
import type { Tipset } from './tipset.ts'

function newChain(init: Partial<DevChainInit> = {}): DevChain {
  const pace = { genesisTimestamp: DEV_GENESIS_TIMESTAMP, epochPeriod: 4_000 }
  return new DevChain({ ...pace, height: 1_000, ...init })
}

const cidsOf = ({ Cids }: Tipset): string[] => Cids.map((cid) => cid['/'])

test('gives every block a CID of its own, as Filecoin writes them', () => {
  const cids = newChain().tipsets.flatMap(cidsOf)
  assert.equal(new Set(cids).size, cids.length)
  for (const text of cids) {
    assert.match(text, /^bafy2bza/)
    assert.equal(CID.parse(text).multihash.digest.length, 32)
  }
})

test('links each tipset to the one before, heavier and later', () => {
  const { tipsets } = newChain()
  for (const [index, { Blocks, Height }] of tipsets.entries()) {
    assert.ok(Blocks.length >= 1 && Blocks.length <= MAX_BLOCKS)
    assert.equal(new Set(Blocks.map(({ Miner }) => Miner)).size, Blocks.length)
    const parent = tipsets[index - 1]
    if (!parent) continue
    for (const block of Blocks) {
      assert.equal(block.Timestamp, DEV_GENESIS_TIMESTAMP + 4 * Height)
      assert.deepEqual(block.Parents, parent.Cids)
      assert.ok(BigInt(block.ParentWeight) > BigInt(parent.Blocks[0]?.ParentWeight ?? 0))
    }
  }
})

test('has tipsets of every size', () => {
  const sizes = new Set(newChain().tipsets.map(({ Blocks }) => Blocks.length))
  assert.deepEqual([...sizes].sort(), [1, 2, 3, 4, 5])
})

test('is the same chain for the same seed, and another for another', () => {
  const [one, same, other] = [newChain(), newChain(), newChain({ seed: 'other' })]
  assert.deepEqual(one.tipsets, same.tipsets)
  assert.notDeepEqual(one.genesis.Cids, other.genesis.Cids)
  assert.deepEqual(one.genesis, newChain({ height: 2_000 }).genesis)
  assert.notDeepEqual(one.genesis.Cids, newChain({ epochPeriod: 5_000 }).genesis.Cids)
})

test('begins with a past, even right at its genesis', () => {
  assert.equal(newChain().tipsets.length, FIRST_TIPSETS + 1)
  assert.equal(newChain().head.Height, 1_000)
  assert.deepEqual(newChain({ height: 0 }).head, newChain().genesis)
  assert.deepEqual(
    newChain({ height: 2 }).tipsets.map(({ Height }) => Height),
    [0, 1, 2]
  )
})

test('grows by one tipset an epoch, and never twice', () => {
  const chain = newChain()
  chain.growTo(1_002)
  chain.growTo(1_002)
  assert.deepEqual(
    chain.tipsets.slice(-3).map(({ Height }) => Height),
    [1_000, 1_001, 1_002]
  )
})

test('forgets the oldest tipsets, and takes a long pause for null rounds', () => {
  const chain = newChain()
  chain.growTo(1_000_000)
  assert.equal(chain.tipsets.length, 2 * FIRST_TIPSETS + 1)
  for (let height = 1_000_001; chain.tipsets.length < MAX_TIPSETS; height++) chain.growTo(height)
  const oldest = chain.tipsets[1]
  chain.growTo(chain.head.Height + 1)
  assert.equal(chain.tipsets.length, MAX_TIPSETS)
  assert.equal(chain.tipsets[0], oldest)
})

test('replaces the last tipsets by others of the same heights', () => {
  const chain = newChain()
  const before = [...chain.tipsets]
  chain.revert(3)
  const after = [...chain.tipsets]
  assert.deepEqual(after.slice(0, -3), before.slice(0, -3))
  for (const [index, tipset] of after.slice(-3).entries()) {
    const old = before.slice(-3)[index]
    assert.ok(old)
    assert.equal(tipset.Height, old.Height)
    assert.notDeepEqual(cidsOf(tipset), cidsOf(old))
  }
  chain.revert(3)
  assert.notDeepEqual(cidsOf(chain.head), cidsOf(after.at(-1) ?? chain.genesis))
})

test('refuses to revert what it cannot', () => {
  const chain = newChain()
  for (const count of [0, -1, 1.5, Number.NaN, FIRST_TIPSETS, 1e9]) {
    assert.throws(() => chain.revert(count), /^RangeError: revert: ".*" is not a whole number from/)
  }
  assert.throws(() => newChain({ height: 0 }).revert(1), /from 1 to 0/)
})

test('leaves out some epochs when it is told to', () => {
  const chain = newChain({ nullRounds: 0.3 })
  for (let height = 1_001; height <= 1_500; height++) chain.growTo(height)
  const heights = new Set(chain.tipsets.map(({ Height }) => Height))
  const missing = Array.from({ length: 500 }, (_, index) => 1_001 + index).filter(
    (height) => !heights.has(height)
  )
  assert.ok(missing.length > 100 && missing.length < 200, `${missing.length} of 500`)
})
