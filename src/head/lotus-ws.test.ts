import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { type TestContext, test } from 'node:test'
import type { WebSocket as ServerSocket } from 'ws'
import {
  MAX_QUEUED_NOTIFICATIONS,
  MAX_RPC_ANSWER_BYTES,
  MAX_SILENT_EPOCHS,
  RPC_TIMEOUT
} from '../constants.ts'
import { HeadError } from '../errors.ts'
import { FakeClock } from '../timing/fake-clock.ts'
import {
  answerWith,
  bareHeadAt,
  Counter,
  headAt,
  LotusServer,
  Recorder,
  send,
  tipset
} from './lotus-server.kit.test.ts'
import { type LotusWebSocketInit, lotusWebSocketHead } from './lotus-ws.ts'

const HEAD = 'Filecoin.ChainHead'
const NOTIFY = 'Filecoin.ChainNotify'
const GENESIS = 'Filecoin.ChainGetGenesis'
const SETTLED = 'Filecoin.ChainGetTipSetByHeight'
const CHAIN = { genesisTimestamp: 0, epochPeriod: 30_000 }
// With a clock at 1 s and jitter 0.5: a lost socket is opened anew after 5 s, polls come at 33 s.
const RECONNECT = 5_000

async function setUp(t: TestContext, init: LotusWebSocketInit = {}) {
  const lotus = await LotusServer.start()
  const clock = new FakeClock(1_000)
  const controller = new AbortController()
  const recorder = new Recorder()
  const source = lotusWebSocketHead(lotus.wsUrl, {
    chain: CHAIN,
    clock,
    random: () => 0.5,
    ...init
  })
  t.after(async () => {
    controller.abort()
    await lotus[Symbol.asyncDispose]()
  })
  const watch = (): void => source.watch?.(recorder, controller.signal)
  return { lotus, clock, controller, recorder, source, watch }
}

test('follows the chain by subscription', async (t) => {
  const { lotus, clock, recorder, source, watch } = await setUp(t)
  watch()
  assert.deepEqual(await recorder.headNumber(1), headAt(100))
  lotus.notify(['apply', tipset(101)])
  assert.deepEqual(await recorder.headNumber(2), headAt(101))
  lotus.notify(['apply', tipset(102)], ['apply', tipset(104)])
  assert.deepEqual(await recorder.headNumber(3), headAt(104))
  assert.deepEqual(await source.read(new AbortController().signal), headAt(104))
  const settled = Array(3).fill(`ws ${SETTLED}`)
  assert.deepEqual(lotus.calls, [`ws ${NOTIFY}`, `ws ${GENESIS}`, ...settled])
  assert.deepEqual(recorder.errors, [])
  assert.deepEqual(clock.pending, [MAX_SILENT_EPOCHS * 30_000])
})

test('moves to a fork, and back to the tipset before a revert', async (t) => {
  const { lotus, recorder, watch } = await setUp(t)
  watch()
  await recorder.headNumber(1)
  lotus.notify(['apply', tipset(101)])
  lotus.notify(['revert', tipset(101)], ['apply', tipset(101, 'b')])
  assert.deepEqual(await recorder.headNumber(3), headAt(101, 'b'))
  lotus.notify(['revert', tipset(101, 'b')])
  assert.deepEqual(await recorder.headNumber(4), headAt(100))
})

test('asks over the same socket after a revert deeper than it remembers', async (t) => {
  const { lotus, recorder, watch } = await setUp(t)
  watch()
  await recorder.headNumber(1)
  lotus.head = tipset(99, 'b')
  lotus.notify(['revert', tipset(100)])
  assert.deepEqual(await recorder.headNumber(2), headAt(99, 'b'))
  assert.equal(lotus.counter(`ws ${HEAD}`).count, 1)
  assert.equal(lotus.counter(`http ${HEAD}`).count, 0)
})

test('gives heads without genesis from a node that does not tell it', async (t) => {
  const { lotus, recorder, watch } = await setUp(t)
  lotus.ws.set(GENESIS, (socket, id) => send(socket, { id, error: { code: 1, message: 'no' } }))
  watch()
  const bare = (height: number) => ({ ...bareHeadAt(height), settled: headAt(height).settled })
  assert.deepEqual(await recorder.headNumber(1), bare(100))
  lotus.notify(['apply', tipset(101)])
  assert.deepEqual(await recorder.headNumber(2), bare(101))
  assert.equal(lotus.counter(`ws ${GENESIS}`).count, 1)
})

test('gives heads without a settled tipset from a node that does not tell it', async (t) => {
  const { lotus, recorder, watch } = await setUp(t)
  lotus.ws.set(SETTLED, (socket, id) => send(socket, { id, error: { code: 1, message: 'no' } }))
  watch()
  const first = await recorder.headNumber(1)
  assert.deepEqual(
    [first?.height, first?.genesis, first?.settled],
    [100n, headAt(1).genesis, undefined]
  )
  lotus.ws.delete(SETTLED)
  lotus.notify(['apply', tipset(101)])
  assert.deepEqual(await recorder.headNumber(2), headAt(101))
})

test('reads over HTTP while it is not watched', async (t) => {
  const { lotus, source } = await setUp(t)
  assert.deepEqual(await source.read(new AbortController().signal), headAt(100))
  const asked = [HEAD, GENESIS, SETTLED].map((method) => `http ${method}`)
  assert.deepEqual(lotus.calls.toSorted(), asked.toSorted())
  await assert.rejects(source.read(AbortSignal.abort(new Error('enough'))), /enough/)
})

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

test('heeds no values of a channel that is not its own', async (t) => {
  const { lotus, recorder, watch } = await setUp(t)
  watch()
  await recorder.headNumber(1)
  for (const { socket, channel } of lotus.subscribers) {
    const value = [{ Type: 'apply', Val: tipset(666) }]
    send(socket, { method: 'xrpc.ch.val', params: [channel + 1, value] })
    send(socket, { method: 'xrpc.ch.close', params: [channel + 1] })
    send(socket, { method: 'other', params: [channel, value] })
    send(socket, { method: 'xrpc.ch.val', params: 'none' })
    send(socket, { id: 999, result: 7 })
  }
  lotus.notify(['apply', tipset(101)])
  assert.deepEqual(await recorder.headNumber(2), headAt(101))
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

test('hands the token over in the address, and shows it nowhere', async (t) => {
  const { lotus, controller } = await setUp(t)
  const source = lotusWebSocketHead(`${lotus.wsUrl}?key=s3cret`, { token: 't0ken' })
  const recorder = new Recorder()
  lotus.http.set(HEAD, ({ response }) => answerWith(response, 401, {}))
  source.watch?.(recorder, controller.signal)
  await recorder.headNumber(1)
  assert.equal(lotus.requests[0]?.url, '/rpc/v1?key=s3cret&token=t0ken')
  lotus.refusesSockets = true
  lotus.cut()
  const error = await recorder.errorNumber(1)
  assert.equal(source.name, `lotus ws ${lotus.host}`)
  assert.doesNotMatch(`${error?.stack} ${error?.cause}`, /s3cret|t0ken/)
})

test('tells an error when the page may not open the socket, without its address', async (t) => {
  class ForbiddenSocket extends WebSocket {
    constructor(url: string | URL) {
      super('ws://127.0.0.1:1')
      this.close()
      throw new DOMException(`${url} is forbidden`, 'SecurityError')
    }
  }
  const init = { WebSocket: ForbiddenSocket as typeof WebSocket, token: 't0ken' }
  const { lotus, recorder, watch } = await setUp(t, init)
  lotus.http.set(HEAD, ({ response }) => response.writeHead(502).end())
  watch()
  const error = await recorder.errorNumber(1)
  assert.match(error?.message ?? '', /the socket may not be opened: SecurityError; lotus http/)
  assert.doesNotMatch(`${error?.stack}`, /t0ken/)
})

test('refuses a URL that is not of a WebSocket where it is given', () => {
  assert.throws(() => lotusWebSocketHead('http://127.0.0.1/rpc/v1'), { name: 'OptionError' })
})

test('leaves no socket, timer or listener when the signal aborts', async (t) => {
  const { lotus, clock, controller, recorder, watch } = await setUp(t)
  watch()
  await recorder.headNumber(1)
  controller.abort()
  await lotus.disconnected.reaches(1)
  await clock.tick(0)
  assert.deepEqual(clock.pending, [])
  assert.deepEqual(getEventListeners(controller.signal, 'abort'), [])
  await clock.tick(300_000)
  assert.equal(lotus.subscribed.count, 1)
  assert.deepEqual(recorder.errors, [])
})

test('leaves nothing when the signal aborts while it polls', async (t) => {
  const { lotus, clock, controller, recorder, watch } = await setUp(t)
  lotus.refusesSockets = true
  watch()
  await recorder.headNumber(1)
  controller.abort()
  await clock.tick(0)
  assert.deepEqual(clock.pending, [])
  assert.deepEqual(getEventListeners(controller.signal, 'abort'), [])
})

test('leaves nothing when the signal aborts before the socket is open, or before it begins', async (t) => {
  const { lotus, clock, controller, source, recorder, watch } = await setUp(t)
  watch()
  assert.deepEqual(clock.pending, [RPC_TIMEOUT])
  controller.abort()
  await clock.tick(0)
  assert.deepEqual(clock.pending, [])
  source.watch?.(recorder, controller.signal)
  assert.deepEqual(clock.pending, [])
  assert.deepEqual(lotus.calls, [])
})
