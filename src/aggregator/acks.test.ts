import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { HEARTBEAT_PROTOCOL_V2 } from '../constants.ts'
import { startPlainNode, until } from '../net/test-kit.ts'
import { encodeBeat } from '../wire/index.ts'
import {
  beatOf,
  bytes,
  closed,
  line,
  openLeg,
  openStream,
  rowOf,
  sessionOf,
  startAggregator
} from './test-kit.ts'

const GENESIS = 'bafy2bzacecnamqgqmifpluoeldx7zzglxcljo6oja4vrmtj7432rphldpdmm2'
const OTHER = 'bafy2bzacecz3trtejxtzix4f4eebs7dekm6snfsmvffiqz2rfx7iwgsgtieq4'

describe('acknowledgements', () => {
  test('answer every beat on its own stream', async (t) => {
    const aggregator = await startAggregator(t)
    const node = await startPlainNode(t)
    const leg = await openLeg(node, aggregator)
    for (let seq = 1; seq <= 3; seq++) {
      assert.deepEqual(await leg.beat(seq), { type: 'ack', seq })
    }
    assert.equal(leg.answers.length, 3)
    const row = rowOf(aggregator, node)
    assert.equal(row?.protocol, HEARTBEAT_PROTOCOL_V2)
    assert.equal(row?.beats, 3)
    assert.equal(row?.status, 'beating')
    assert.equal(row?.nextBy, (row?.lastBeatAt ?? 0) + 30_000)
  })

  test('answer beats that come in single bytes, and many that come at once', async (t) => {
    const aggregator = await startAggregator(t)
    const node = await startPlainNode(t)
    const leg = await openLeg(node, aggregator)
    for (const byte of encodeBeat(beatOf(1))) leg.stream.send(Uint8Array.of(byte))
    await leg.answer(1)
    const seqs = Array.from({ length: 50 }, (_, n) => n + 2)
    leg.stream.send(Buffer.concat(seqs.map((seq) => encodeBeat(beatOf(seq)))))
    await leg.answer(51)
    assert.equal(rowOf(aggregator, node)?.beats, 51)
    assert.deepEqual(
      leg.acks.map(({ seq }) => seq),
      [1, ...seqs]
    )
  })

  test('count the double that comes by a second leg once', async (t) => {
    const aggregator = await startAggregator(t)
    const node = await startPlainNode(t)
    const address = multiaddr(aggregator.addresses[0] ?? '')
    const connections = [await node.dial(address), await node.dial(address, { force: true })]
    const [one, two] = await Promise.all(connections.map((each) => openLeg(each)))
    assert.ok(one && two)
    await one.beat(1)
    await one.beat(3)
    assert.deepEqual(await two.beat(3), { type: 'ack', seq: 3 })
    assert.deepEqual(await two.beat(2), { type: 'ack', seq: 2 })
    const row = rowOf(aggregator, node)
    assert.deepEqual([row?.beats, row?.doubles, row?.height, row?.streams], [3, 1, '3', 2])
    const { beats, doubles, late } = aggregator.counts
    assert.deepEqual({ beats, doubles, late }, { beats: 3, doubles: 1, late: 1 })
  })

  test('carry the pace that every client is asked to keep', async (t) => {
    const aggregator = await startAggregator(t, { pace: 60_000 })
    const leg = await openLeg(await startPlainNode(t), aggregator)
    assert.deepEqual(await leg.beat(1), { type: 'ack', seq: 1, pace: 60_000 })
  })

  test('are of version 2 alone: both are spoken side by side', async (t) => {
    const aggregator = await startAggregator(t)
    const node = await startPlainNode(t)
    const old = await openStream(node, aggregator)
    old.addEventListener('message', ({ data }) => assert.fail(`${data.byteLength} bytes came`))
    old.send(line(7))
    await until('a beat', () => rowOf(aggregator, node)?.height === '7')
    const leg = await openLeg(node, aggregator)
    await leg.beat(8)
    assert.equal(rowOf(aggregator, node)?.height, '8')
    assert.equal(rowOf(aggregator, node)?.streams, 2)
  })
})

describe('rejections', () => {
  test('name the superseded session that goes on, and the row shows it', async (t) => {
    const aggregator = await startAggregator(t, {}, { duplicatePeriod: 200, sweepPeriod: 20 })
    const node = await startPlainNode(t)
    const [one, two] = [await openLeg(node, aggregator), await openLeg(node, aggregator)]
    await one.beat(1, { session: sessionOf(1) })
    await two.beat(1, { session: sessionOf(2), height: 9n })
    const { reason } = await one.beat(2, { session: sessionOf(1), height: 7n })
    assert.equal(reason, 'duplicate-identity')
    const row = rowOf(aggregator, node)
    assert.equal(row?.height, '9')
    assert.equal(row?.rejected, 'duplicate-identity')
    assert.ok(row?.duplicateIdentity)
    assert.equal((await two.beat(2, { session: sessionOf(2) })).reason, undefined)
    assert.equal(rowOf(aggregator, node)?.rejected, undefined)
    await until('it is over', () => rowOf(aggregator, node)?.duplicateIdentity === undefined)
    assert.deepEqual(aggregator.counts.rejected, { 'duplicate-identity': 1 })
  })

  test('name a beat that is far too old', async (t) => {
    const aggregator = await startAggregator(t)
    const leg = await openLeg(await startPlainNode(t), aggregator)
    await leg.beat(100)
    assert.equal((await leg.beat(1)).reason, 'replayed')
  })

  test('name another network, and leave out what its client says of its chain', async (t) => {
    const aggregator = await startAggregator(t, { genesis: GENESIS })
    const node = await startPlainNode(t)
    const leg = await openLeg(node, aggregator)
    assert.equal((await leg.beat(1, { genesis: OTHER })).reason, 'wrong-network')
    const row = rowOf(aggregator, node)
    assert.deepEqual([row?.beats, row?.height, row?.rejected], [0, '0', 'wrong-network'])
    assert.equal((await leg.beat(2, { genesis: GENESIS })).reason, undefined)
    assert.equal((await leg.beat(3)).reason, undefined)
    assert.equal((await leg.beat(4, { genesis: OTHER })).reason, 'wrong-network')
    assert.equal(rowOf(aggregator, node)?.height, '3')
  })

  test('ask a client that beats too often for a slower pace', async (t) => {
    const lines = { capacity: 2, perSecond: 0.1 }
    const aggregator = await startAggregator(t, {}, { lines })
    const node = await startPlainNode(t)
    const leg = await openLeg(node, aggregator)
    await leg.beat(1)
    await leg.beat(2)
    assert.deepEqual(await leg.beat(3), {
      type: 'ack',
      seq: 3,
      reason: 'too-often',
      pace: 20_000
    })
    const row = rowOf(aggregator, node)
    assert.deepEqual([row?.beats, row?.dropped, row?.rejected], [2, 1, 'too-often'])
  })

  test('tell what is malformed, and reset the stream the third time', async (t) => {
    const aggregator = await startAggregator(t)
    const node = await startPlainNode(t)
    const leg = await openLeg(node, aggregator)
    await leg.beat(5)
    for (const _ of [1, 2, 3]) leg.stream.send(bytes('\u0003abc'))
    await closed(leg.stream)
    assert.equal(leg.stream.status, 'reset')
    assert.deepEqual(
      leg.acks.slice(1).map(({ seq, reason }) => [seq, reason]),
      Array(3).fill([5, 'malformed'])
    )
    assert.equal(rowOf(aggregator, node)?.malformed, 3)
    assert.equal(aggregator.counts.resets, 1)
  })

  test('end a stream at once when nobody can tell where its messages begin', async (t) => {
    const aggregator = await startAggregator(t)
    const leg = await openLeg(await startPlainNode(t), aggregator)
    leg.stream.send(new Uint8Array(8).fill(0xff))
    await closed(leg.stream)
    assert.equal(leg.stream.status, 'reset')
    assert.deepEqual(aggregator.counts.malformed, { framing: 1 })
  })

  test('refuse a peer that floods in order, and again when it comes back', async (t) => {
    const lines = { capacity: 1, perSecond: 0.001 }
    const excess = { capacity: 1, perSecond: 0 }
    const aggregator = await startAggregator(t, {}, { lines, excess })
    const node = await startPlainNode(t)
    const leg = await openLeg(node, aggregator)
    for (const seq of [1, 2, 3]) leg.send(seq)
    await closed(leg.stream)
    assert.equal(leg.stream.status, 'closed')
    assert.deepEqual(
      leg.acks.map(({ reason }) => reason),
      [undefined, 'too-often', 'refused']
    )
    const again = await openLeg(node, aggregator)
    await closed(again.stream)
    assert.equal(again.stream.status, 'closed')
    assert.deepEqual(
      again.acks.map(({ reason }) => reason),
      ['refused']
    )
    assert.equal(aggregator.counts.refused, 1)
  })

  test('refuse a peer for whom there is no room', async (t) => {
    const aggregator = await startAggregator(t, {}, { maxRows: 1 })
    const [first, second] = [await startPlainNode(t), await startPlainNode(t)]
    await (await openLeg(first, aggregator)).beat(1)
    const leg = await openLeg(second, aggregator)
    assert.equal((await leg.beat(4)).reason, 'refused')
    await closed(leg.stream)
    assert.equal(leg.stream.status, 'closed')
    assert.equal(aggregator.nodes().length, 1)
  })
})

describe('the end of an aggregator', () => {
  test('is told to every stream, and loses nothing that was acknowledged', async (t) => {
    const aggregator = await startAggregator(t, {}, { byeRetry: 7_000 })
    const nodes = [await startPlainNode(t), await startPlainNode(t)]
    const legs = await Promise.all(nodes.map((node) => openLeg(node, aggregator)))
    for (const leg of legs) await leg.beat(1)
    await aggregator.stop()
    for (const [index, leg] of legs.entries()) {
      await closed(leg.stream)
      assert.equal(leg.stream.status, 'closed')
      assert.deepEqual(leg.answers.at(-1), { type: 'bye', retry: 7_000 })
      const node = nodes[index]
      assert.ok(node)
      assert.equal(rowOf(aggregator, node)?.beats, leg.acks.at(-1)?.seq)
    }
  })

  test('does not wait for a client that does not close', async (t) => {
    const aggregator = await startAggregator(t)
    const node = await startPlainNode(t)
    const stream = await openStream(node, aggregator, HEARTBEAT_PROTOCOL_V2)
    stream.send(encodeBeat(beatOf(1)))
    await until('a beat', () => rowOf(aggregator, node)?.beats === 1)
    await aggregator.stop()
    await closed(stream)
    assert.equal(rowOf(aggregator, node)?.connected, false)
  })
})
