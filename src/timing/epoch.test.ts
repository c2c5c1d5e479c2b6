import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CALIBRATION, type Chain, epochAt, epochStart, MAINNET, untilNextEpoch } from './epoch.ts'

const GENESIS = MAINNET.genesisTimestamp * 1_000

test('counts epochs of 30 s from genesis', () => {
  assert.equal(epochAt(MAINNET, GENESIS), 0)
  assert.equal(epochAt(MAINNET, GENESIS + 29_999), 0)
  assert.equal(epochAt(MAINNET, GENESIS + 30_000), 1)
  assert.equal(epochAt(MAINNET, GENESIS + 4_000_000 * 30_000 + 5), 4_000_000)
})

test('knows where mainnet and calibration stood at a moment of the past', () => {
  const moment = Date.parse('2024-01-01T00:00:00Z')
  assert.equal(epochAt(MAINNET, moment), Math.floor((1_704_067_200 - 1_598_306_400) / 30))
  assert.equal(epochAt(CALIBRATION, moment), Math.floor((1_704_067_200 - 1_667_326_380) / 30))
})

test('counts backwards before genesis', () => {
  assert.equal(epochAt(MAINNET, GENESIS - 1), -1)
  assert.equal(untilNextEpoch(MAINNET, GENESIS - 1), 1)
})

test('says when an epoch begins', () => {
  for (const epoch of [-1, 0, 1, 4_000_000]) {
    assert.equal(epochAt(MAINNET, epochStart(MAINNET, epoch)), epoch)
    assert.equal(epochAt(MAINNET, epochStart(MAINNET, epoch) - 1), epoch - 1)
  }
})

test('waits a whole epoch at a boundary, and never 0', () => {
  assert.equal(untilNextEpoch(MAINNET, GENESIS), 30_000)
  assert.equal(untilNextEpoch(MAINNET, GENESIS + 1), 29_999)
  assert.equal(untilNextEpoch(MAINNET, GENESIS + 29_999), 1)
})

test('follows the epochs of another chain', () => {
  const chain: Chain = { genesisTimestamp: 1_000, epochPeriod: 400 }
  assert.equal(epochAt(chain, 1_000_000 + 1_000), 2)
  assert.equal(epochStart(chain, 3), 1_001_200)
  assert.equal(untilNextEpoch(chain, 1_001_000), 200)
})
