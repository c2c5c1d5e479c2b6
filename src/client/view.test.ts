import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BEHIND_EPOCHS, CLOCK_WRONG_EPOCHS } from '../constants.ts'
import { epochStart, MAINNET } from '../timing/index.ts'
import type { Agreement } from '../wire/index.ts'
import { judge, type SecondOpinion, type Verdict } from './view.ts'

const EPOCH = 5_000_000
const NOW = epochStart(MAINNET, EPOCH) + 10_000

const headAt = (epoch: number) => ({ cids: [], height: BigInt(epoch) })

/** An opinion on a head at `height`, from references that are `ahead` epochs further. */
function opinion(height: number, ahead?: number, agreement?: Agreement): SecondOpinion {
  return {
    height: BigInt(height),
    head: [],
    lifetime: 1,
    ...(ahead !== undefined && { networkHeight: BigInt(height + ahead) }),
    ...(agreement && { agreement })
  }
}

const byClock: [string, number, Verdict][] = [
  ['a head of this epoch is fresh', 0, 'fresh-by-clock'],
  ['two null rounds are ordinary', 2, 'fresh-by-clock'],
  ['four epochs of lag are still fresh', BEHIND_EPOCHS - 1, 'fresh-by-clock'],
  ['five epochs of lag are behind', BEHIND_EPOCHS, 'behind-by-clock'],
  ['a day of lag is behind', 2_880, 'behind-by-clock'],
  ['a head one epoch ahead is a clock a little slow', -1, 'fresh-by-clock'],
  ['a head five epochs ahead means a wrong clock', -BEHIND_EPOCHS, 'clock-wrong'],
  ['a head hours ahead means a wrong clock', -CLOCK_WRONG_EPOCHS, 'clock-wrong']
]

for (const [title, behind, verdict] of byClock) {
  test(title, () => {
    const head = headAt(EPOCH - behind)
    const view = judge(head, MAINNET, NOW)
    assert.equal(view.verdict, verdict)
    assert.equal(view.behindClock, behind)
    assert.equal(view.checkedAt, NOW)
    assert.equal(view.height, head.height)
  })
}

// Epochs behind the clock, epochs behind the references, agreement.
const asked: [string, number, number | undefined, Agreement | undefined, Verdict][] = [
  ['a head that others have too is fresh', 0, 0, 'same', 'fresh'],
  ['a head is fresh by the clock where nobody could compare it', 0, 0, 'unknown', 'fresh-by-clock'],
  [
    'a head is fresh by the clock where the answer says nothing',
    0,
    undefined,
    undefined,
    'fresh-by-clock'
  ],
  ['a provider is behind when the references are ahead of it', 8, 8, 'same', 'provider-behind'],
  ['a provider is behind although a slow clock hides it', 0, 6, 'same', 'provider-behind'],
  ['a provider one epoch behind the references is not behind', 0, 1, 'same', 'fresh'],
  [
    'a provider that stands still is behind before it is so by five epochs',
    5,
    4,
    'same',
    'provider-behind'
  ],
  [
    'a network that is late is slow where a provider is a little later',
    5,
    1,
    'same',
    'network-slow'
  ],
  [
    'a network that stands still is slow, and no provider is to blame',
    8,
    0,
    'same',
    'network-slow'
  ],
  [
    'a head is behind by the clock where the references tell no height',
    8,
    undefined,
    'unknown',
    'behind-by-clock'
  ],
  [
    'a clock hours ahead is wrong where the network has the same head',
    CLOCK_WRONG_EPOCHS,
    0,
    'same',
    'clock-wrong'
  ],
  [
    'a clock hours behind is wrong where the network has the same head',
    -CLOCK_WRONG_EPOCHS,
    0,
    'same',
    'clock-wrong'
  ],
  ['another tipset at a settled height is another chain', 0, 0, 'differs', 'other-chain'],
  ['another tipset is another chain, however far behind', 300, 300, 'differs', 'other-chain']
]

for (const [title, behind, ahead, agreement, verdict] of asked) {
  test(title, () => {
    const height = EPOCH - behind
    const view = judge(headAt(height), MAINNET, NOW, opinion(height, ahead, agreement))
    assert.equal(view.verdict, verdict)
    assert.equal(view.behindNetwork, ahead)
    assert.equal(view.agreement, agreement)
  })
}

test('no head at all is unknown, whatever the operator said before', () => {
  const view = judge(undefined, MAINNET, NOW, opinion(EPOCH, 0, 'same'))
  assert.deepEqual(view, { verdict: 'unknown', checkedAt: NOW })
})

test('an opinion on an elder head does not call one that has caught up behind', () => {
  const asked = opinion(EPOCH - 10, 10, 'same')
  assert.equal(judge(headAt(EPOCH - 10), MAINNET, NOW, asked).verdict, 'provider-behind')
  const view = judge(headAt(EPOCH), MAINNET, NOW, asked)
  assert.equal(view.verdict, 'fresh')
  assert.equal(view.behindNetwork, 0)
})

test('an opinion on a newer head does not hide how far this one lies behind', () => {
  const view = judge(headAt(EPOCH - 8), MAINNET, NOW, opinion(EPOCH, 0, 'unknown'))
  assert.equal(view.behindNetwork, 8)
  assert.equal(view.verdict, 'provider-behind')
})

test('carries what the operator said, and how many said so', () => {
  const said = { ...opinion(EPOCH, 1, 'same'), comparedAt: BigInt(EPOCH - 5), witnesses: 3 }
  const view = judge(headAt(EPOCH), MAINNET, NOW, said)
  assert.equal(view.networkHeight, BigInt(EPOCH + 1))
  assert.equal(view.comparedAt, BigInt(EPOCH - 5))
  assert.equal(view.witnesses, 3)
  assert.ok(!('lifetime' in view))
  assert.ok(!('head' in view))
})

test("judges by a head's own timestamp where it has one", () => {
  const timestamp = epochStart(MAINNET, EPOCH - 7) / 1_000
  const view = judge({ ...headAt(EPOCH - 7), timestamp }, MAINNET, NOW)
  assert.equal(view.verdict, 'behind-by-clock')
  assert.equal(view.behindClock, 7)
  assert.equal(view.age, 7 * 30_000)
})

test('does not call a head of another chain up to date', () => {
  const timestamp = epochStart(MAINNET, EPOCH) / 1_000
  const view = judge({ cids: [], height: 7n, timestamp }, MAINNET, NOW)
  assert.equal(view.verdict, 'unknown')
  assert.equal(view.height, 7n)
})

test('judges a chain of its own epochs', () => {
  const chain = { genesisTimestamp: 1_000, epochPeriod: 4_000 }
  const view = judge(headAt(10), chain, 1_000_000 + 16 * 4_000)
  assert.equal(view.verdict, 'behind-by-clock')
  assert.equal(view.behindClock, 6)
})

test('is plain data that survives a structured clone', () => {
  const view = judge({ cids: [], height: 2n ** 60n }, MAINNET, NOW, opinion(EPOCH, 0, 'same'))
  assert.deepEqual(structuredClone(view), view)
})
