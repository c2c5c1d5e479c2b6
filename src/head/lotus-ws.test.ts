import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'
import { MAX_SILENT_EPOCHS, RPC_TIMEOUT } from '../constants.ts'
import { answerWith, bareHeadAt, headAt, Recorder, send, tipset } from './lotus-server.kit.test.ts'
import { GENESIS, HEAD, NOTIFY, SETTLED, setUp } from './lotus-ws.kit.test.ts'
import { lotusWebSocketHead } from './lotus-ws.ts'

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
