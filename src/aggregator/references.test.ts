import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  MAX_REFERENCE_DEPTH,
  MAX_REFERENCE_QUESTIONS,
  MAX_REFERENCE_QUESTIONS_PER_EPOCH,
  MAX_REFERENCE_SILENT_EPOCHS,
  REFERENCE_PREFETCH,
  SETTLED_EPOCHS
} from '../constants.ts'
import { EPOCH, GENESIS, HandNode, referencesTo, SETTLED } from './hand-node.kit.test.ts'
import { beatOf, cid } from './test-kit.ts'

describe('nodes as references', () => {
  test('are known well enough for the first beat to have an opinion', async () => {
    const { references, opinion } = await referencesTo([new HandNode()])
    const same = { networkHeight: 1_000n, agreement: 'same', at: BigInt(SETTLED), witnesses: 1 }
    assert.deepEqual(opinion(SETTLED), same)
    assert.equal(opinion(SETTLED, 7).agreement, 'differs')
    assert.equal(opinion(1_000 - SETTLED_EPOCHS + 1).agreement, 'same')
    assert.equal(opinion(1_000 - SETTLED_EPOCHS + 2).agreement, 'unknown')
    await references.stop()
  })

  test('are asked for another height behind a beat, and know it by the next', async () => {
    const node = new HandNode()
    const { clock, references, opinion } = await referencesTo([node])
    assert.equal(opinion(985).agreement, 'unknown')
    assert.equal(opinion(985).agreement, 'unknown')
    await clock.tick(0)
    assert.equal(opinion(985).agreement, 'same')
    assert.equal(node.asked.filter((height) => height === 985n).length, 1)
    await references.stop()
  })

  test('are never asked for what a stranger makes up', async () => {
    const node = new HandNode()
    const { references, opinion, clock } = await referencesTo([node])
    const before = node.asked.length
    for (const height of [0, 5, 999, 1_001, 2 ** 53, 999 - MAX_REFERENCE_DEPTH]) {
      assert.equal(opinion(height).agreement, 'unknown')
    }
    const largest = { height: 2n ** 64n - 1n, head: [cid(1)] }
    references.opinion('somebody', beatOf(1, { settled: largest }))
    await clock.tick(0)
    assert.equal(node.asked.length, before)
    await references.stop()
  })

  test('have few requests for clients under way, which take nothing from those ahead', async () => {
    const node = new HandNode()
    const { references, opinion, clock } = await referencesTo([node])
    const { promise, resolve } = Promise.withResolvers<void>()
    node.gate = promise
    const flood = () => {
      for (let height = 880; height < 1_000; height++) opinion(height)
    }
    const before = node.asked.length
    flood()
    assert.equal(node.asked.length - before, MAX_REFERENCE_QUESTIONS)
    node.height += REFERENCE_PREFETCH
    await clock.tick(EPOCH / 3)
    flood()
    assert.equal(node.asked.length - before, MAX_REFERENCE_QUESTIONS + REFERENCE_PREFETCH)
    resolve()
    await clock.tick(0)
    assert.equal(opinion(SETTLED + REFERENCE_PREFETCH).agreement, 'same')
    await references.stop()
  })

  test('answer clients a bounded number of questions an epoch, even when none succeeds', async () => {
    const node = new HandNode()
    const { references, opinion, clock } = await referencesTo([node])
    for (let height = 880; height < 992; height++) node.gaps.set(height, 'no such tipset')
    const before = node.asked.length
    const flood = async () => {
      for (let round = 0; round < 40; round++) {
        for (let height = 880; height < 992; height++) opinion(height)
        await clock.tick(0)
      }
    }
    await flood()
    assert.equal(node.asked.length - before, MAX_REFERENCE_QUESTIONS_PER_EPOCH)
    await clock.tick(EPOCH)
    node.gaps.clear()
    opinion(985)
    await clock.tick(0)
    assert.equal(opinion(985).agreement, 'same')
    await references.stop()
  })

  test('are polled about three times an epoch, and asked ahead at each new head', async () => {
    const node = new HandNode()
    const { clock, references } = await referencesTo([node])
    assert.deepEqual([node.heads, node.asked.length], [1, REFERENCE_PREFETCH])
    await clock.tick(EPOCH)
    assert.equal(node.heads, 4)
    assert.equal(node.asked.length, REFERENCE_PREFETCH)
    node.height += 1
    await clock.tick(EPOCH)
    assert.equal(node.asked.length, 2 * REFERENCE_PREFETCH)
    await references.stop()
    assert.deepEqual(clock.pending, [])
  })

  test('are no references while they fail for long, and say why', async () => {
    const node = new HandNode()
    const { clock, references, opinion } = await referencesTo([node])
    assert.deepEqual(references.statuses(), [
      { name: 'node', kind: 'rpc', ok: true, height: '1000', since: 0 }
    ])
    node.problem = 'connection refused'
    await clock.tick(EPOCH)
    const [status] = references.statuses()
    assert.deepEqual([status?.ok, status?.problem], [false, 'connection refused'])
    assert.equal(status?.since, EPOCH / 3)
    assert.equal(opinion(SETTLED).networkHeight, 1_000n, 'one epoch of silence is forgiven')
    await clock.tick(MAX_REFERENCE_SILENT_EPOCHS * EPOCH)
    assert.deepEqual(opinion(SETTLED), { agreement: 'unknown' })
    node.problem = undefined
    await clock.tick(EPOCH)
    assert.equal(opinion(SETTLED).networkHeight, 1_000n)
    assert.equal(references.statuses()[0]?.ok, true)
    await references.stop()
  })

  test('are as well as what the operator asks of them shows, whatever strangers ask', async () => {
    const node = new HandNode()
    const { clock, references, opinion } = await referencesTo([node])
    node.gaps.set(985, 'no such tipset')
    opinion(985)
    await clock.tick(0)
    assert.ok(node.asked.includes(985n))
    assert.equal(references.statuses()[0]?.ok, true)

    node.height += 1
    node.gaps.set(1_001 - SETTLED_EPOCHS + 1, 'no such tipset')
    await clock.tick(EPOCH / 3)
    node.gaps.delete(985)
    opinion(985)
    await clock.tick(0)
    assert.equal(opinion(985).agreement, 'same')
    assert.equal(references.statuses()[0]?.problem, 'no such tipset')
    await references.stop()
  })

  test('tell the genesis, unless the operator does; who has another is none', async () => {
    const [own, other] = [new HandNode('own'), new HandNode('other')]
    other.genesis = cid(2_000_000)
    other.height = 5_000
    const alone = await referencesTo([own])
    assert.equal(alone.references.genesis, GENESIS)
    await alone.references.stop()

    const told = await referencesTo([own, other], { genesis: other.genesis })
    assert.equal(told.references.genesis, other.genesis)
    assert.equal(told.opinion(SETTLED).networkHeight, 5_000n)
    assert.equal(told.references.statuses()[0]?.problem, 'is of another network')
    await told.references.stop()
  })

  test('tell no genesis before each was asked, so that the first to answer decides nothing', async () => {
    const [hasty, slow] = [new HandNode('hasty'), new HandNode('slow')]
    hasty.genesis = cid(2_000_000)
    const { promise, resolve } = Promise.withResolvers<void>()
    slow.headGate = promise
    const { references, clock } = await referencesTo([hasty, slow])
    assert.equal(references.genesis, undefined)
    resolve()
    await clock.tick(0)
    assert.equal(references.genesis, undefined)
    await references.stop()

    const [down, up] = [new HandNode('down'), new HandNode('up')]
    down.problem = 'connection refused'
    const one = await referencesTo([down, up])
    assert.equal(one.references.genesis, GENESIS)
    await one.references.stop()
  })

  test('tell no genesis and no opinion while they differ about it, and say so', async () => {
    const [own, other] = [new HandNode('own'), new HandNode('other')]
    other.genesis = cid(2_000_000)
    other.problem = 'connection refused'
    const { references, opinion, clock } = await referencesTo([own, other])
    assert.equal(references.genesis, GENESIS)
    other.problem = undefined
    await clock.tick(EPOCH / 3)
    assert.equal(references.genesis, undefined)
    assert.deepEqual(opinion(SETTLED), { agreement: 'unknown' })
    for (const { ok, problem } of references.statuses()) {
      assert.equal(ok, false)
      assert.match(problem ?? '', /^differs from other references about the genesis: b/)
    }
    assert.equal(references.statuses()[0]?.since, EPOCH / 3)
    other.genesis = GENESIS
    await clock.tick(EPOCH)
    assert.equal(references.genesis, GENESIS)
    assert.equal(opinion(SETTLED).networkHeight, 1_000n)
    assert.ok(references.statuses().every(({ ok }) => ok))
    await references.stop()
  })

  test('forget what they had when their chain goes back', async () => {
    const node = new HandNode()
    const { clock, references, opinion } = await referencesTo([node])
    opinion(985)
    await clock.tick(0)
    assert.equal(opinion(985).agreement, 'same')
    node.height -= 3
    node.fork = 1
    await clock.tick(EPOCH)
    assert.equal(opinion(985).agreement, 'unknown')
    assert.equal(opinion(SETTLED - 3, 1).agreement, 'same')
    await clock.tick(0)
    assert.equal(opinion(985, 1).agreement, 'same')
    await references.stop()
  })

  test('look again at what they had, since even that may be replaced', async () => {
    const node = new HandNode()
    const { clock, references, opinion } = await referencesTo([node])
    node.fork = 1
    await clock.tick(EPOCH)
    assert.equal(opinion(SETTLED, 1).agreement, 'same')
    await references.stop()
  })

  test('are trusted more than one that lags', async () => {
    const nodes = [new HandNode('a'), new HandNode('b'), new HandNode('lags')]
    const lagging = nodes[2] as HandNode
    lagging.height = 10
    const { references, opinion } = await referencesTo(nodes)
    assert.equal(opinion(SETTLED).networkHeight, 1_000n)
    assert.equal(opinion(SETTLED).witnesses, 2)
    await references.stop()
  })

  test('are none at all when there are none: then nothing is said', async () => {
    const { references, opinion } = await referencesTo([])
    assert.deepEqual(opinion(SETTLED), {})
    assert.equal(references.genesis, undefined)
    await references.stop()
  })
})
