import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MAX_WATCHED_LEAD_EPOCHS, STALLED_EPOCHS } from '../constants.ts'
import { EPOCH, HandNode, referencesTo, SETTLED, settledAt } from './hand-node.kit.test.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { Reception } from './reception.ts'
import { Roster } from './roster.ts'
import { beatOf, ORIGIN } from './test-kit.ts'
import { Uptime } from './uptime.ts'

describe('watched peers as references', () => {
  const watched = ['watched', 'other']
  const beat = (fork = 0) => beatOf(1, { height: 1_000n, settled: settledAt(SETTLED, fork) })

  test('are ones while they beat, to everybody but themselves', async () => {
    const { clock, references, opinion } = await referencesTo([], { watched })
    assert.deepEqual(opinion(SETTLED), { agreement: 'unknown' })
    references.heard('watched', beat())
    assert.equal(opinion(SETTLED).agreement, 'same')
    assert.equal(opinion(SETTLED).networkHeight, 1_000n)
    assert.deepEqual(references.opinion('watched', beat()), { agreement: 'unknown' })
    assert.equal(references.opinion('other', beat(1)).agreement, 'differs')
    await clock.tick(44_999)
    assert.equal(opinion(SETTLED).agreement, 'same')
    await clock.tick(1)
    assert.deepEqual(opinion(SETTLED), { agreement: 'unknown' })
    const [status, silent] = references.statuses()
    assert.deepEqual(status, {
      name: 'watched',
      kind: 'peer',
      ok: false,
      height: '1000',
      problem: 'does not beat',
      since: 45_000
    })
    assert.deepEqual([silent?.ok, silent?.since], [false, 0])
  })

  test('are none while they are far beyond the nodes of the operator, which cannot be', async () => {
    const { references, opinion } = await referencesTo([new HandNode()], { watched })
    const beatAt = (height: number) =>
      beatOf(1, { height: BigInt(height), settled: settledAt(SETTLED) })
    for (const peer of watched) references.heard(peer, beatAt(1_000 + MAX_WATCHED_LEAD_EPOCHS + 1))
    assert.deepEqual([opinion(SETTLED).networkHeight, opinion(SETTLED).witnesses], [1_000n, 1])
    for (const peer of watched) references.heard(peer, beatAt(1_000 + MAX_WATCHED_LEAD_EPOCHS))
    assert.deepEqual([opinion(SETTLED).networkHeight, opinion(SETTLED).witnesses], [1_005n, 3])
    await references.stop()
  })

  test('are none while their head stands still and the nodes of the operator go on', async () => {
    const node = new HandNode()
    const { clock, references, opinion } = await referencesTo([node], { watched })
    for (let epoch = 0; epoch <= STALLED_EPOCHS; epoch++) {
      for (const peer of watched) references.heard(peer, beat())
      if (epoch === STALLED_EPOCHS) break
      assert.equal(opinion(SETTLED).networkHeight, 1_000n)
      node.height += 1
      await clock.tick(EPOCH)
    }
    assert.equal(opinion(SETTLED).networkHeight, 1_005n)
    assert.equal(references.state.networkHeight, 1_005n)
    const [, stalled] = references.statuses()
    assert.equal(stalled?.problem, 'is 5 epochs behind the other references')
    references.heard('watched', { ...beat(), height: 1_001n })
    assert.equal(opinion(SETTLED).networkHeight, 1_001n)
    await references.stop()
  })

  test('are none with a head that is stale, or on their way out', async () => {
    const { references, opinion } = await referencesTo([], { watched })
    references.heard('watched', { ...beat(), stale: true })
    assert.equal(opinion(SETTLED).agreement, 'unknown')
    references.heard('watched', beat())
    references.heard('watched', { ...beat(), page: 'leaving' })
    assert.equal(opinion(SETTLED).agreement, 'unknown')
  })
})

test('a thousand peers that agree on a false head change no verdict', async () => {
  const { clock, references } = await referencesTo([new HandNode()])
  const limits = DEFAULT_LIMITS
  const roster = new Roster(limits)
  const uptime = new Uptime(clock, limits.sweepPeriod, limits.maxSweepLag)
  const reception = new Reception({ roster, second: references, limits, clock, uptime })
  const take = (peer: string, more: object) => {
    roster.open(peer, 0)
    return reception.take(peer, beatOf(1, more), ORIGIN)
  }
  const lie = { height: 9_000_000n, settled: settledAt(SETTLED, 3) }
  const answers = Array.from({ length: 1_000 }, (_, n) => take(`liar${n}`, lie))
  const differs = { agreement: 'differs', at: BigInt(SETTLED), witnesses: 1 }
  for (const answer of answers) {
    assert.deepEqual(answer, { type: 'ack', seq: 1, networkHeight: 1_000n, ...differs })
  }
  const honest = { height: 990n, settled: settledAt(SETTLED) }
  assert.deepEqual(take('honest', honest), {
    type: 'ack',
    seq: 1,
    networkHeight: 1_000n,
    agreement: 'same',
    at: BigInt(SETTLED),
    witnesses: 1
  })
  assert.equal(roster.get('honest')?.agreement, 'same')
  assert.equal(roster.get('honest')?.behindNetwork, 10)
  assert.equal(roster.get('liar0')?.agreement, 'differs')
  assert.equal(roster.get('liar0')?.behindNetwork, 0)
  await references.stop()
})
