import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { Connection, Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { HEARTBEAT_PROTOCOL_V1 } from '../constants.ts'
import { startPlainNode, until } from '../net/test-kit.ts'
import { bytes, closed, fetchNodes, line, openStream, rowOf, startAggregator } from './test-kit.ts'

const golden = readFileSync(join(import.meta.dirname, '../wire/golden.ndjson'), 'utf8')
  .trim()
  .split('\n')
  .map((text): string => JSON.parse(text).Wire)

describe('intake', () => {
  test('reads all that go-filecoin wrote, over one stream of a plain libp2p node', async (t) => {
    const aggregator = await startAggregator(t)
    const node = await startPlainNode(t)
    const stream = await openStream(node, aggregator)
    let read = 0
    for (const wire of golden) {
      stream.send(bytes(wire))
      read += 1
      await until(`beat ${read}`, () => rowOf(aggregator, node)?.beats === read)
      const [row] = await fetchNodes(aggregator)
      assert.equal(row?.height, /"Height":(\d+)/.exec(wire)?.[1])
    }
    assert.equal(read, 8)
    const row = rowOf(aggregator, node)
    assert.equal(row?.malformed, 0)
    assert.equal(row?.protocol, 'fil/heartbeat/1.0.0')
    assert.equal(row?.route, 'websocket')
  })

  test('reads them in single bytes', async (t) => {
    const aggregator = await startAggregator(t)
    const node = await startPlainNode(t)
    const stream = await openStream(node, aggregator)
    for (const byte of bytes(golden.join(''))) stream.send(Uint8Array.of(byte))
    await until('eight beats', () => rowOf(aggregator, node)?.beats === 8)
    assert.equal(aggregator.counts.beats, 8)
  })

  test('reads a hundred beats of one chunk', async (t) => {
    const aggregator = await startAggregator(t)
    const node = await startPlainNode(t)
    const stream = await openStream(node, aggregator)
    stream.send(Buffer.concat(Array.from({ length: 100 }, (_, height) => line(height))))
    await until('a hundred beats', () => rowOf(aggregator, node)?.beats === 100)
    assert.equal(rowOf(aggregator, node)?.height, '99')
  })

  test('is spoken without a leading slash, and not with one', async (t) => {
    const aggregator = await startAggregator(t)
    const node = await startPlainNode(t)
    const connection = await node.dial(multiaddr(aggregator.addresses[0] ?? ''))
    await assert.rejects(connection.newStream(`/${HEARTBEAT_PROTOCOL_V1}`).then(closedEarly))
    const stream = await connection.newStream('fil/heartbeat/1.0.0')
    stream.send(line(1))
    await until('a beat', () => rowOf(aggregator, node)?.beats === 1)
  })

  test('never writes to a stream', async (t) => {
    const aggregator = await startAggregator(t)
    const node = await startPlainNode(t)
    const stream = await openStream(node, aggregator)
    stream.addEventListener('message', ({ data }) => assert.fail(`${data.byteLength} bytes came`))
    stream.send(bytes(golden.join('')))
    await until('eight beats', () => rowOf(aggregator, node)?.beats === 8)
    await stream.close()
    await closed(stream)
  })

  test('resets a stream at its third malformed line, while another peer loses nothing', async (t) => {
    const aggregator = await startAggregator(t)
    const [good, bad] = [await startPlainNode(t), await startPlainNode(t)]
    const fine = await openStream(good, aggregator)
    for (let round = 1; round <= 5; round++) {
      const wrong = await openStream(bad, aggregator)
      wrong.send(line(1))
      for (const text of ['nonsense\n', '[]\n', '{"Head":1}\n', 'more\n']) {
        fine.send(line(round))
        sendIfOpen(wrong, bytes(text))
      }
      await closed(wrong)
      assert.equal(wrong.status, 'reset')
    }
    await until('all good beats', () => rowOf(aggregator, good)?.beats === 20)
    assert.equal(fine.status, 'open')
    await until('the bad peer to be gone', () => rowOf(aggregator, bad)?.connected === false)
    assert.equal(rowOf(aggregator, bad)?.malformed, 15)
    const { malformed, resets } = aggregator.counts
    assert.deepEqual(malformed, { json: 5, 'not-an-object': 5, head: 5 })
    assert.equal(resets, 5)
  })

  test('skips a line of a megabyte and reads the next', async (t) => {
    const aggregator = await startAggregator(t)
    const node = await startPlainNode(t)
    const stream = await openStream(node, aggregator)
    stream.send(Buffer.concat([Buffer.alloc(1_000_000, 'x'), bytes('\n'), line(7)]))
    await until('a beat', () => rowOf(aggregator, node)?.height === '7')
    assert.deepEqual(aggregator.counts.malformed, { 'too-long': 1 })
  })

  test('drops beats over the allowance and keeps the stream', async (t) => {
    const lines = { capacity: 5, perSecond: 0 }
    const aggregator = await startAggregator(t, {}, { lines })
    const node = await startPlainNode(t)
    const stream = await openStream(node, aggregator)
    for (let height = 1; height <= 20; height++) stream.send(line(height))
    await until('15 drops', () => rowOf(aggregator, node)?.dropped === 15)
    assert.equal(rowOf(aggregator, node)?.beats, 5)
    assert.equal(stream.status, 'open')
  })

  test('refuses a peer that floods, on all its streams, until its time is over', async (t) => {
    const lines = { capacity: 5, perSecond: 1_000 }
    const excess = { capacity: 5, perSecond: 0 }
    const aggregator = await startAggregator(t, {}, { lines, excess, refusalPeriod: 500 })
    const [node, other] = [await startPlainNode(t), await startPlainNode(t)]
    const fine = await openStream(other, aggregator)
    const [stream, second] = [
      await openStream(node, aggregator),
      await openStream(node, aggregator)
    ]
    stream.send(Buffer.concat(Array(100).fill(line(1))))
    await Promise.all([closed(stream), closed(second)])
    const again = await openStream(node, aggregator).catch(() => undefined)
    if (again !== undefined) await closed(again)
    assert.ok(aggregator.counts.refused >= 1)
    await until('it is let in again', async () => {
      const later = await openStream(node, aggregator)
      sendIfOpen(later, line(2))
      const read = until('a beat', () => rowOf(aggregator, node)?.height === '2')
      await Promise.race([closed(later), read.catch(() => {})])
      return later.status === 'open'
    })
    fine.send(line(1))
    await until('the other beats', () => rowOf(aggregator, other)?.beats === 1)
  })

  test('resets a stream whose line does not end', async (t) => {
    const aggregator = await startAggregator(t, {}, { unfinishedTimeout: 50 })
    const node = await startPlainNode(t)
    const stream = await openStream(node, aggregator)
    stream.send(line(1))
    stream.send(line(2).subarray(0, 20))
    await closed(stream)
    assert.equal(stream.status, 'reset')
    assert.equal(rowOf(aggregator, node)?.beats, 1)
    assert.equal(aggregator.counts.resets, 1)
  })

  test('keeps the newest streams of one peer, over all its connections, and no others', async (t) => {
    const aggregator = await startAggregator(t, {}, { maxStreamsPerPeer: 3 })
    const node = await startPlainNode(t)
    const address = multiaddr(aggregator.addresses[0] ?? '')
    const connections = [await node.dial(address), await node.dial(address, { force: true })]
    const streams = []
    for (let n = 1; n <= 6; n++) {
      const stream = await openStream(connections[n % 2] as Connection)
      stream.send(line(n))
      await until('a beat', () => rowOf(aggregator, node)?.beats === n)
      streams.push(stream)
    }
    await Promise.all(streams.slice(0, 3).map(closed))
    assert.equal(rowOf(aggregator, node)?.streams, 3)
    for (const stream of streams.slice(3)) stream.send(line(7))
    await until('three more beats', () => rowOf(aggregator, node)?.beats === 9)
  })

  test('keeps the newest streams of one connection', async (t) => {
    const aggregator = await startAggregator(t, {}, { maxStreamsPerPeer: 3 })
    const node = await startPlainNode(t)
    const connection = await node.dial(multiaddr(aggregator.addresses[0] ?? ''))
    const streams = []
    for (let n = 1; n <= 5; n++) {
      const stream = await openStream(connection)
      stream.send(line(n))
      await until('a beat', () => rowOf(aggregator, node)?.beats === n)
      streams.push(stream)
    }
    await Promise.all(streams.slice(0, 2).map(closed))
    assert.equal(rowOf(aggregator, node)?.streams, 3)
  })
})

/** Sends over a stream that the other side may have reset. */
function sendIfOpen(stream: Stream, data: Uint8Array): void {
  if (stream.status === 'open') stream.send(data)
}

/** For a dialler that learns late that its protocol is not spoken. */
async function closedEarly(stream: Stream): Promise<never> {
  await closed(stream)
  throw new Error('the stream was closed')
}
