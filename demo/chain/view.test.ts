import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MAX_TIPSETS } from '../constants.ts'
import { DevChain } from './chain.ts'
import { ChainView, type HeadChange } from './view.ts'

function setUp() {
  const chain = new DevChain({ genesisTimestamp: 0, epochPeriod: 1_000, height: 100 })
  return { chain, view: new ChainView(chain) }
}

const told = (changes: readonly HeadChange[]): string[] =>
  changes.map(({ Type, Val }) => `${Type} ${Val.Height}`)

test('tells each new tipset once', () => {
  const { chain, view } = setUp()
  assert.deepEqual(view.follow(), [])
  chain.growTo(102)
  assert.deepEqual(told(view.follow()), ['apply 101', 'apply 102'])
  assert.deepEqual(view.follow(), [])
  assert.equal(view.head, chain.head)
})

test('goes back from the head, tipset by tipset, before it takes a fork', () => {
  const { chain, view } = setUp()
  const [oldHead] = [chain.head]
  chain.revert(2)
  chain.growTo(101)
  const changes = view.follow()
  assert.deepEqual(told(changes), ['revert 100', 'revert 99', 'apply 99', 'apply 100', 'apply 101'])
  assert.equal(changes[0]?.Val, oldHead)
})

test('stands still while it is held, and catches up afterwards', () => {
  const { chain, view } = setUp()
  const before = view.head
  view.stalled = true
  chain.growTo(101)
  chain.revert(2)
  assert.deepEqual(view.follow(), [])
  assert.equal(view.head, before)
  assert.throws(() => view.at(101), RangeError)
  view.stalled = false
  assert.deepEqual(told(view.follow()), ['revert 100', 'apply 100', 'apply 101'])
})

test('tells only where it is after the chain has forgotten where it was', () => {
  const { chain, view } = setUp()
  view.stalled = true
  for (let count = 0; count < MAX_TIPSETS; count++) chain.growTo(chain.head.Height + 1)
  view.stalled = false
  assert.deepEqual(told(view.follow()), [`current ${chain.head.Height}`])
})

test('finds tipsets by their height, and the one before a null round', () => {
  const chain = new DevChain({ genesisTimestamp: 0, epochPeriod: 1_000, height: 100 })
  const view = new ChainView(chain)
  assert.equal(view.at(99).Height, 99)
  assert.equal(view.at(0), chain.genesis)
  chain.growTo(300)
  view.follow()
  assert.equal(view.at(200).Height, 100)
  assert.throws(() => view.at(301), /greater than the head/)
})

test('says so when a height is no longer remembered', () => {
  const { chain, view } = setUp()
  for (let count = 0; count < MAX_TIPSETS; count++) chain.growTo(chain.head.Height + 1)
  view.follow()
  assert.throws(() => view.at(50), /no longer remembered/)
  assert.equal(view.at(0), chain.genesis)
})
