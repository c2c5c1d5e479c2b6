import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Answer, decodeBeat, encodeAnswer, MessageReader } from '../wire/index.ts'
import { ack, beat, bye, setUp } from './leg.kit.test.ts'

for (const size of [1, 3, 1_000]) {
  test(`reads answers in chunks of ${size} bytes`, async () => {
    const { connection, open } = setUp()
    const leg = await open()
    const answers: Answer[] = []
    leg.listen((answer) => answers.push(answer))
    const bytes = Buffer.concat([encodeAnswer(ack), encodeAnswer(bye), encodeAnswer(ack)])
    for (let at = 0; at < bytes.length; at += size) {
      connection.streams[0]?.say(bytes.subarray(at, at + size))
    }
    assert.deepEqual(answers, [ack, bye, ack])
  })
}

test('ignores a message that is no answer, and reads the next', async () => {
  const { connection, open } = setUp()
  const leg = await open()
  const answers: Answer[] = []
  leg.listen((answer) => answers.push(answer))
  connection.streams[0]?.say(Uint8Array.of(3, 0xff, 0xff, 0xff))
  connection.streams[0]?.say(encodeAnswer(ack))
  assert.deepEqual(answers, [ack])
  assert.equal(connection.streams[0]?.status, 'open')
})

test('resets a stream that can be read no further', async () => {
  const { connection, open } = setUp()
  const leg = await open()
  connection.streams[0]?.answered.resolve()
  await leg.accepted
  connection.streams[0]?.say(new Uint8Array(12).fill(0xff))
  assert.equal(connection.streams[0]?.aborted?.name, 'MalformedError')
  await leg.closed
})

test('sends a beat with the first flight, as a message of version 2', async () => {
  const { connection, open } = setUp()
  const leg = await open()
  const bytes = leg.send(beat)
  assert.ok(bytes)
  assert.deepEqual(connection.streams[0]?.sent, [bytes])
  const [result] = new MessageReader().push(bytes)
  assert.deepEqual(result && 'message' in result && decodeBeat(result.message), beat)
})

test('drops a beat that the stream cannot take now', async () => {
  const { connection, open } = setUp()
  const leg = await open()
  const [stream] = connection.streams
  assert.ok(stream)
  stream.writableNeedsDrain = true
  assert.equal(leg.send(beat), undefined)
  assert.deepEqual(stream.sent, [])
})

test('tells the round trip of the acceptance', async () => {
  const { connection, open } = setUp()
  const leg = await open()
  connection.streams[0]?.answered.resolve()
  assert.ok(((await leg.accepted) ?? -1) >= 0)
  assert.equal(leg.version, 2)
})

test('closes its stream, then what was opened for it alone', async () => {
  const { connection, open } = setUp({
    release: async () => void order.push(`released, stream ${connection.streams[0]?.status}`)
  })
  const order: string[] = []
  const leg = await open()
  connection.streams[0]?.answered.resolve()
  await leg.accepted
  await leg.close()
  assert.deepEqual(order, ['released, stream closed'])
  assert.equal(connection.streams[0]?.aborted, undefined, 'in order')
})

test('resets a stream that does not close', async () => {
  const { connection, open } = setUp()
  const leg = await open()
  const [stream] = connection.streams
  assert.ok(stream)
  stream.close = () => Promise.reject(new Error('it hangs'))
  await leg.close()
  assert.match(stream.aborted?.message ?? '', /it hangs/)
})

test('ends within the call when it is given up', async () => {
  const { connection, open } = setUp()
  const leg = await open()
  leg.abort()
  assert.equal(connection.streams[0]?.status, 'closed')
})
