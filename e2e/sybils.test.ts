// Keys are free: a crowd that agrees on a false head must change what nobody else is told.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HeartbeatClient } from '../src/index.ts'
import { library } from './kit/built.ts'
import { CONSENT, until } from './kit/clients.ts'
import { LotusNode, SpecChain } from './kit/lotus-node.ts'
import { Services } from './kit/services.ts'

/** As many as a nuisance can make in a minute; `npm run test:floods` has them all. */
const SYBILS = process.env.FLOODS === 'long' ? 1_000 : 200

const { createHeartbeatClient } = await library()

const isConfirmed = ({ state }: HeartbeatClient): boolean =>
  state.phase === 'beating' && state.delivery.kind === 'acknowledged'

test(`${SYBILS} sybils on a false head change no verdict and no acknowledgement`, async () => {
  const chain = new SpecChain('true')
  const nodes = await Promise.all([LotusNode.start(chain), LotusNode.start(chain)])
  const liar = await LotusNode.start(chain)
  liar.fork(' false', 1_000)
  const services = await Services.start('http://127.0.0.1', {
    genesis: chain.genesis,
    epochPeriod: chain.epochPeriod,
    references: nodes.map(({ url }) => url)
  })
  const options = {
    target: services.directAddress,
    beatPeriod: '1s',
    routes: 'websocket',
    chain: { ...chain }
  }
  const honest = createHeartbeatClient({ ...options, rpc: nodes[0]?.url ?? '' })
  const crowd: HeartbeatClient[] = []
  try {
    await honest.start(CONSENT)
    await until(honest, () => honest.view.verdict === 'fresh')
    const verdicts = new Set<string>()
    const end = honest.subscribe(() => void verdicts.add(honest.view.verdict))

    // All sybils tell what one node on a fork tells.
    const told = async (): Promise<{ cids: string[]; height: number }> =>
      await ask(liar, 'ChainHead')
    const settled = async (height: number) =>
      await ask(liar, 'ChainGetTipSetByHeight', height - 5, null)
    let head = await told()
    let below = await settled(head.height)
    const renewal = setInterval(async () => {
      head = await told()
      below = await settled(head.height)
    }, chain.epochPeriod)
    for (let count = 0; count < SYBILS; count++) {
      const sybil = createHeartbeatClient(options)
      sybil.setHead(() => ({ ...head, settled: { ...below, height: BigInt(below.height) } }))
      crowd.push(sybil)
    }
    // A few at a time, as this one process has to make all their keys.
    for (let at = 0; at < crowd.length; at += 25) {
      const some = crowd.slice(at, at + 25)
      await Promise.all(some.map((sybil) => sybil.start(CONSENT)))
      await Promise.all(some.map((sybil) => until(sybil, () => isConfirmed(sybil))))
    }
    await Promise.all(
      crowd.map((sybil) => until(sybil, () => sybil.view.verdict === 'other-chain'))
    )
    const { height = 0n } = honest.view
    await until(honest, () => (honest.view.height ?? 0n) > height + 2n)
    end()
    clearInterval(renewal)

    assert.deepEqual([...verdicts], ['fresh'])
    assert.equal(honest.view.agreement, 'same')
    assert.equal(honest.view.witnesses, 2)
    const rows = await services.nodes()
    assert.equal(rows.filter(({ agreement }) => agreement === 'differs').length, SYBILS)
    assert.equal(rows.filter(({ agreement }) => agreement === 'same').length, 1)
  } finally {
    await Promise.all([honest, ...crowd].map((client) => client.stop()))
    await Promise.all([...nodes, liar, services].map((each) => each.stop()))
  }
})

async function ask(
  node: LotusNode,
  method: string,
  ...params: unknown[]
): Promise<{ cids: string[]; height: number }> {
  const response = await fetch(node.url, {
    method: 'POST',
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: `Filecoin.${method}`, params })
  })
  const { result } = await response.json()
  return { cids: result.Cids.map((cid: { '/': string }) => cid['/']), height: result.Height }
}
