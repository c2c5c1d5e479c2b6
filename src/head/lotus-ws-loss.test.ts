// What becomes of the subscription when the node, or the way to it, is at fault.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WebSocket as ServerSocket } from 'ws'
import {
  MAX_QUEUED_NOTIFICATIONS,
  MAX_RPC_ANSWER_BYTES,
  MAX_SILENT_EPOCHS,
  RPC_TIMEOUT
} from '../constants.ts'
import { HeadError } from '../errors.ts'
import { Counter, headAt, type LotusServer, send, tipset } from './lotus-server.kit.test.ts'
import { HEAD, NOTIFY, RECONNECT, setUp } from './lotus-ws.kit.test.ts'

test('polls while the socket is lost, and returns to the subscription', async (t) => {
  const { lotus, clock, recorder, watch } = await setUp(t)
  watch()
  await recorder.headNumber(1)
  lotus.refusesSockets = true
  lotus.head = tipset(101)
  lotus.cut()
  assert.deepEqual(await recorder.headNumber(2), headAt(101))
  assert.deepEqual(clock.pending, [RECONNECT, 32_000])
  lotus.refusesSockets = false
  lotus.head = tipset(102)
  clock.advance(RECONNECT)
  assert.deepEqual(await recorder.headNumber(3), headAt(102))
  assert.equal(lotus.subscribed.count, 2)
  await clock.tick(0)
  assert.deepEqual(clock.pending, [MAX_SILENT_EPOCHS * 30_000], 'the polling goes on')
  lotus.notify(['apply', tipset(103)])
  assert.deepEqual(await recorder.headNumber(4), headAt(103))
  assert.equal(lotus.counter(`http ${HEAD}`).count, 1)
  assert.deepEqual(recorder.errors, [])
})

test('backs off while it cannot subscribe, and polls on', async (t) => {
  // No timer but that of the next attempt then has whole 5 s to go.
  const { lotus, clock, recorder, watch } = await setUp(t, { timeout: 777 })
  lotus.refusesSockets = true
  watch()
  assert.deepEqual(await recorder.headNumber(1), headAt(100))
  const windows: number[] = []
  for (let failures = 1; failures <= 5; failures++) {
    await clock.waiting((delay) => delay % 5_000 === 0)
    const delay = clock.pending.find((each) => each % 5_000 === 0) ?? 0
    windows.push(delay)
    clock.advance(delay)
  }
  assert.deepEqual(windows, [5_000, 10_000, 20_000, 30_000, 30_000])
  lotus.head = tipset(103)
  await recorder.headNumber(2)
  assert.deepEqual(recorder.errors, [])
})

test('waits as long before a new socket as it is told', async (t) => {
  const { lotus, clock, recorder, watch } = await setUp(t, { reconnectPeriod: 400 })
  lotus.refusesSockets = true
  watch()
  await recorder.headNumber(1)
  assert.deepEqual(clock.pending, [200, 32_000])
})

test('tells an error that names both ways when neither works, and the head once one does', async (t) => {
  const { lotus, clock, recorder, source, watch } = await setUp(t)
  lotus.refusesSockets = true
  lotus.http.set(HEAD, ({ response }) => response.writeHead(502).end())
  watch()
  const error = await recorder.errorNumber(1)
  assert.ok(error instanceof HeadError)
  assert.equal(error.source, `lotus ws ${lotus.host}`)
  assert.match(error.message, /^lotus ws [\d.:]+: the socket [^;]+; lotus http [\d.:]+: HTTP 502$/)
  assert.ok(error.cause instanceof HeadError)
  await assert.rejects(source.read(new AbortController().signal), error)
  lotus.refusesSockets = false
  clock.advance(RECONNECT)
  assert.deepEqual(await recorder.headNumber(1), headAt(100))
})

type Misbehave = (lotus: LotusServer, socket: ServerSocket, id: number) => void
const BAD: ReadonlyArray<readonly [string, Misbehave, RegExp]> = [
  [
    'a subscription refused',
    (_, socket, id) => send(socket, { id, error: { code: -32601, message: 'no such method' } }),
    /Filecoin\.ChainNotify answered an error: code -32601: "no such method"/
  ],
  ['malformed JSON', (_, socket) => socket.send('{"id":'), /the answer is not JSON/],
  ['bytes', (_, socket) => socket.send(Buffer.from('{}')), /the node sent bytes, not text/],
  [
    'a message without end',
    (_, socket) => socket.send(' '.repeat(MAX_RPC_ANSWER_BYTES + 1)),
    /a message is longer than 1048576 bytes/
  ],
  [
    'a value of another shape',
    (lotus, socket, id) => {
      lotus.subscribe(socket, id)
      for (const { channel } of lotus.subscribers)
        send(socket, { method: 'xrpc.ch.val', params: [channel, { Type: 'apply' }] })
    },
    /the notification is not an array/
  ],
  [
    'a flood of notifications',
    (_, socket, id) => {
      for (let sent = 0; sent <= MAX_QUEUED_NOTIFICATIONS; sent++)
        send(socket, { method: 'xrpc.ch.val', params: [1, []] })
      send(socket, { id, result: 1 })
    },
    /notifications come faster than they are read/
  ],
  ['a closed socket', (_, socket) => socket.close(1001), /the socket was closed with code 1001/],
  ['a cut socket', (_, socket) => socket.terminate(), /the socket /]
]

for (const [what, misbehave, message] of BAD) {
  test(`survives ${what}`, async (t) => {
    const { lotus, clock, recorder, watch } = await setUp(t)
    lotus.ws.set(NOTIFY, (socket, id) => misbehave(lotus, socket, id))
    lotus.http.set(HEAD, ({ response }) => response.writeHead(502).end())
    watch()
    const error = await recorder.errorNumber(1)
    assert.ok(error instanceof HeadError)
    assert.match(error.message, message)
    await lotus.disconnected.reaches(1)
    lotus.ws.clear()
    const heads = recorder.heads.length
    clock.advance(RECONNECT)
    assert.deepEqual(await recorder.headNumber(heads + 1), headAt(100))
  })
}

test('subscribes again when the node ends the subscription', async (t) => {
  const { lotus, clock, recorder, watch } = await setUp(t)
  watch()
  await recorder.headNumber(1)
  lotus.head = tipset(101)
  lotus.endSubscriptions()
  assert.deepEqual(await recorder.headNumber(2), headAt(101))
  await lotus.disconnected.reaches(1)
  lotus.head = tipset(102)
  clock.advance(RECONNECT)
  assert.deepEqual(await recorder.headNumber(3), headAt(102))
  assert.equal(lotus.counter(`http ${HEAD}`).count, 1)
})

test('polls when the subscription is never answered', async (t) => {
  const { lotus, clock, recorder, watch } = await setUp(t)
  lotus.ws.set(NOTIFY, () => {})
  watch()
  await lotus.counter(`ws ${NOTIFY}`).reaches(1)
  clock.advance(RPC_TIMEOUT)
  assert.deepEqual(await recorder.headNumber(1), headAt(100))
  await lotus.disconnected.reaches(1)
})

test('polls when the subscription is answered, but no head follows', async (t) => {
  const { lotus, clock, recorder, watch } = await setUp(t, { timeout: 300 })
  const answered = new Counter()
  lotus.ws.set(NOTIFY, (socket, id) => {
    send(socket, { id, result: 1 })
    // The pong comes only after the answer was read.
    socket.once('pong', () => answered.add()).ping()
  })
  watch()
  await answered.reaches(1)
  assert.deepEqual(clock.pending, [300])
  clock.advance(300)
  assert.deepEqual(await recorder.headNumber(1), headAt(100))
})

test('takes a socket that is silent for several epochs for dead', async (t) => {
  const { lotus, clock, recorder, watch } = await setUp(t)
  watch()
  await recorder.headNumber(1)
  lotus.head = tipset(105)
  clock.advance(MAX_SILENT_EPOCHS * 30_000 - 1)
  assert.equal(lotus.disconnected.count, 0)
  clock.advance(1)
  assert.deepEqual(await recorder.headNumber(2), headAt(105))
  await lotus.disconnected.reaches(1)
})
