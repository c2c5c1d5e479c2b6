import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HEARTBEAT_PROTOCOL_V1, HEARTBEAT_PROTOCOL_V2 } from '../constants.ts'
import { decodeV1, encodeAnswer } from '../wire/index.ts'
import { ack, beat, PEER, setUp, UNSPOKEN } from './leg.kit.test.ts'

test('speaks version 1 on the same connection once version 2 is refused, and remembers it', async () => {
  const { connection, olderPeers, open } = setUp()
  const leg = await open()
  connection.streams[0]?.answered.reject(UNSPOKEN)
  connection.streams[0]?.end()
  while (connection.streams.length < 2) await Promise.resolve()
  connection.streams[1]?.answered.resolve()
  await leg.accepted
  assert.equal(leg.version, 1)
  assert.deepEqual(connection.protocols, [HEARTBEAT_PROTOCOL_V2, HEARTBEAT_PROTOCOL_V1])
  assert.deepEqual([...olderPeers], [PEER])
  const bytes = leg.send(beat)
  assert.equal(bytes && decodeV1(bytes.subarray(0, -1)).height, 7n)
  assert.equal(connection.streams[1]?.sent.length, 1)
  const again = await open()
  assert.equal(again.version, 1)
  assert.equal(connection.protocols.at(-1), HEARTBEAT_PROTOCOL_V1)
})

test('speaks version 1 where the refusal comes before there is a stream', async () => {
  const { connection, olderPeers, open } = setUp({ whenAccepted: async () => {} })
  const error = Object.assign(new Error('no'), { name: 'UnsupportedProtocolError' })
  connection.refusals.push(error)
  const leg = await open()
  await leg.accepted
  assert.equal(leg.version, 1)
  assert.deepEqual([...olderPeers], [PEER])
})

test('throws what else stands in the way of a stream', async () => {
  const { connection, open } = setUp()
  connection.refusals.push(new Error('dead muxer'))
  await assert.rejects(open(), /dead muxer/)
  assert.equal(connection.streams.length, 1)
})

test('tries version 1 after a reset, which proves nothing and is not remembered', async () => {
  const { connection, olderPeers, open } = setUp()
  const leg = await open()
  connection.streams[0]?.end()
  while (connection.streams.length < 2) await Promise.resolve()
  connection.streams[1]?.answered.resolve()
  await leg.accepted
  assert.equal(leg.version, 1)
  assert.deepEqual([...olderPeers], [])
})

test('is neither accepted nor open once both versions are refused', async () => {
  const { connection, open } = setUp()
  const leg = await open()
  connection.streams[0]?.end()
  while (connection.streams.length < 2) await Promise.resolve()
  connection.streams[1]?.end()
  await assert.rejects(leg.accepted, { name: 'NegotiationError' })
  await leg.closed
})

test('drops a beat while one stream takes the place of another, and is not closed', async () => {
  const { connection, open } = setUp()
  const leg = await open()
  let isClosed = false
  leg.closed.then(() => {
    isClosed = true
  })
  connection.streams[0]?.end()
  while (connection.streams.length < 2) {
    if (connection.streams[0]?.status === 'open') assert.equal(leg.send(beat), undefined)
    await Promise.resolve()
  }
  connection.streams[1]?.answered.resolve()
  await leg.accepted
  await Promise.resolve()
  assert.equal(isClosed, false)
  connection.streams[1]?.end()
  await leg.closed
})

test('ignores whatever comes on a stream of version 1', async () => {
  const { connection, olderPeers, open } = setUp()
  olderPeers.add(PEER)
  const leg = await open()
  leg.listen(() => assert.fail('version 1 has no answers'))
  connection.streams[0]?.say(encodeAnswer(ack))
  connection.streams[0]?.say(new Uint8Array(12).fill(0xff))
  assert.equal(connection.streams[0]?.status, 'open')
})

test('opens nothing more for a leg that was closed before it was accepted', async () => {
  const { connection, open } = setUp()
  const leg = await open()
  await leg.close()
  await assert.rejects(leg.accepted)
  await leg.closed
  assert.equal(connection.streams.length, 1)
})
