import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { describe, type TestContext, test } from 'node:test'
import { REFERENCE_PREFETCH, SETTLED_EPOCHS } from '../constants.ts'
import { startPlainNode, until } from '../net/test-kit.ts'
import type { Aggregator } from './index.ts'
import { cid, openLeg, rowOf, startAggregator } from './test-kit.ts'

/** A Lotus node on loopback whose chain a test moves by hand. */
async function startLotus(t: TestContext, height = 1_000) {
  const lotus = { url: '', height, genesis: cid(1_000_000), told: 0 }
  const server = createServer(async (request, response) => {
    const { id, method, params } = (await json(request)) as Record<
      string,
      ReturnType<typeof JSON.parse>
    >
    const results: Record<string, () => unknown> = {
      'Filecoin.ChainHead': () => tipset(lotus.height),
      'Filecoin.ChainGetGenesis': () => ({ ...tipset(0), Cids: [{ '/': lotus.genesis }] }),
      'Filecoin.ChainGetTipSetByHeight': () => tipset(params[0])
    }
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result: results[method]?.() }), () => {
      if (method === 'Filecoin.ChainGetTipSetByHeight') lotus.told += 1
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  lotus.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/rpc/v1?token=secret`
  return lotus
}

const tipset = (height: number) => ({
  Cids: [{ '/': cid(height + 1) }, { '/': cid(height) }],
  Blocks: [{ Timestamp: 1_600_000_000 + height }],
  Height: height
})

/** What a client says that sees the same chain. */
const viewAt = (height: number) => ({
  height: BigInt(height),
  head: [cid(height), cid(height + 1)],
  settled: {
    height: BigInt(height - SETTLED_EPOCHS),
    head: [cid(height - SETTLED_EPOCHS), cid(height - SETTLED_EPOCHS + 1)]
  }
})

/** Resolves when a node has told its head, and was asked for the tipsets settled below it. */
async function ready(aggregator: Aggregator, lotus: { readonly told: number }): Promise<void> {
  await until('the reference', () => {
    return lotus.told === REFERENCE_PREFETCH && aggregator.references().every(({ ok }) => ok)
  })
}

describe('the second opinion', () => {
  test('comes with the first acknowledgement, and shows in the row', async (t) => {
    const lotus = await startLotus(t)
    const aggregator = await startAggregator(t, { references: [lotus.url] })
    await ready(aggregator, lotus)
    const node = await startPlainNode(t)
    const leg = await openLeg(node, aggregator)
    const opinion = { networkHeight: 1_000n, agreement: 'same', at: 995n, witnesses: 1 }
    assert.deepEqual(await leg.beat(1, viewAt(1_000)), { type: 'ack', seq: 1, ...opinion })
    assert.deepEqual(pick(rowOf(aggregator, node)), ['same', 0])

    const behind = await leg.beat(2, viewAt(998))
    assert.deepEqual([behind.agreement, behind.networkHeight], ['same', 1_000n])
    assert.deepEqual(pick(rowOf(aggregator, node)), ['same', 2])

    const settled = { height: 995n, head: [cid(7)] }
    assert.equal((await leg.beat(3, { ...viewAt(1_000), settled })).agreement, 'differs')
    const { agreement } = await leg.beat(4, { height: 1_000n })
    assert.equal(agreement, 'unknown')
    assert.deepEqual(pick(rowOf(aggregator, node)), ['unknown', 0])
  })

  test('learns the genesis, and turns away who is of another network', async (t) => {
    const lotus = await startLotus(t)
    const aggregator = await startAggregator(t, { references: [lotus.url] })
    await ready(aggregator, lotus)
    const leg = await openLeg(await startPlainNode(t), aggregator)
    assert.equal((await leg.beat(1, { genesis: lotus.genesis })).reason, undefined)
    assert.equal((await leg.beat(2, { genesis: cid(1) })).reason, 'wrong-network')
  })

  test('is that of watched peers, too', async (t) => {
    const [watched, other] = [await startPlainNode(t), await startPlainNode(t)]
    const aggregator = await startAggregator(t, { watched: [watched.peerId.toString()] })
    const [trusted, leg] = [await openLeg(watched, aggregator), await openLeg(other, aggregator)]
    assert.equal((await leg.beat(1, viewAt(1_000))).agreement, 'unknown')
    assert.equal((await trusted.beat(1, viewAt(1_000))).agreement, 'unknown')
    assert.equal((await leg.beat(2, viewAt(1_000))).agreement, 'same')
    assert.equal(aggregator.references()[0]?.ok, true)
  })

  test('names its references, what is wrong with them, and no token', async (t) => {
    const lotus = await startLotus(t)
    const dead = 'http://127.0.0.1:1/rpc/v1?token=secret'
    const aggregator = await startAggregator(t, { references: [lotus.url, dead] })
    await until('both', () =>
      aggregator.references().every(({ ok, problem }) => ok || problem?.includes('fetch failed'))
    )
    const answer = await fetch(`${aggregator.httpUrl}/api/aggregator`)
    const text = await answer.text()
    assert.ok(!text.includes('secret'))
    const { references } = JSON.parse(text)
    assert.deepEqual(references, aggregator.references())
    assert.deepEqual(
      references.map(({ kind, ok }: { kind: string; ok: boolean }) => [kind, ok]),
      [
        ['rpc', true],
        ['rpc', false]
      ]
    )
  })
})

const pick = (row: ReturnType<typeof rowOf>) => [row?.agreement, row?.behindNetwork]
