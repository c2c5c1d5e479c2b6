import assert from 'node:assert/strict'
import { test } from 'node:test'
import { epochStart, MAINNET } from '../timing/index.ts'
import { judgeByClock } from './view.ts'

const EPOCH = 5_000_000
const NOW = epochStart(MAINNET, EPOCH) + 10_000

const rows: [string, number | undefined, string, number | undefined][] = [
  ['a head of this epoch is fresh', EPOCH, 'fresh-by-clock', 0],
  ['two null rounds are ordinary', EPOCH - 2, 'fresh-by-clock', 2],
  ['four epochs of lag are still fresh', EPOCH - 4, 'fresh-by-clock', 4],
  ['five epochs of lag are behind', EPOCH - 5, 'behind-by-clock', 5],
  ['a day of lag is behind', EPOCH - 2_880, 'behind-by-clock', 2_880],
  ['a head one epoch ahead is a clock a little slow', EPOCH + 1, 'fresh-by-clock', -1],
  ['a head five epochs ahead means a wrong clock', EPOCH + 5, 'clock-wrong', -5],
  ['a head hours ahead means a wrong clock', EPOCH + 240, 'clock-wrong', -240],
  ['no head at all is unknown', undefined, 'unknown', undefined]
]

for (const [title, height, verdict, behind] of rows) {
  test(title, () => {
    const head = height === undefined ? undefined : { cids: [], height: BigInt(height) }
    const view = judgeByClock(head, MAINNET, NOW)
    assert.equal(view.verdict, verdict)
    assert.equal(view.behindClock, behind)
    assert.equal(view.checkedAt, NOW)
    assert.equal(view.height, head?.height)
  })
}

test("judges by a head's own timestamp where it has one", () => {
  const timestamp = epochStart(MAINNET, EPOCH - 7) / 1_000
  const view = judgeByClock({ cids: [], height: BigInt(EPOCH - 7), timestamp }, MAINNET, NOW)
  assert.equal(view.verdict, 'behind-by-clock')
  assert.equal(view.behindClock, 7)
  assert.equal(view.age, 7 * 30_000)
})

test('does not call a head of another chain up to date', () => {
  const timestamp = epochStart(MAINNET, EPOCH) / 1_000
  const view = judgeByClock({ cids: [], height: 7n, timestamp }, MAINNET, NOW)
  assert.equal(view.verdict, 'unknown')
  assert.equal(view.height, 7n)
})

test('judges a chain of its own epochs', () => {
  const chain = { genesisTimestamp: 1_000, epochPeriod: 4_000 }
  const view = judgeByClock({ cids: [], height: 10n }, chain, 1_000_000 + 16 * 4_000)
  assert.equal(view.verdict, 'behind-by-clock')
  assert.equal(view.behindClock, 6)
})

test('is plain data that survives a structured clone', () => {
  const view = judgeByClock({ cids: [], height: 2n ** 60n }, MAINNET, NOW)
  assert.deepEqual(structuredClone(view), view)
})
