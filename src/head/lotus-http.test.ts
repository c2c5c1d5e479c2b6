import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'
import { MAX_RPC_ANSWER_BYTES, RPC_TIMEOUT } from '../constants.ts'
import { FakeClock } from '../timing/fake-clock.ts'
import { lotusHttpHead } from './lotus-http.ts'
import {
  answerWith,
  bareHeadAt,
  Counter,
  type HttpCall,
  headAt,
  LotusServer,
  Recorder,
  tipset
} from './lotus-server.kit.test.ts'

const HEAD = 'Filecoin.ChainHead'
const GENESIS = 'Filecoin.ChainGetGenesis'
const SETTLED = 'Filecoin.ChainGetTipSetByHeight'
const { genesis: _, ...WITHOUT_GENESIS } = headAt(100)
const { settled: __, ...WITHOUT_SETTLED } = headAt(100)
const CHAIN = { genesisTimestamp: 0, epochPeriod: 30_000 }
const { signal } = new AbortController()

test('reads the head and its genesis, which it asks for once', async () => {
  await using lotus = await LotusServer.start()
  const source = lotusHttpHead(lotus.httpUrl)
  assert.deepEqual(await source.read(signal), headAt(100))
  lotus.head = tipset(101)
  assert.deepEqual(await source.read(signal), headAt(101))
  const asked = [HEAD, GENESIS, SETTLED, HEAD, SETTLED].map((method) => `http ${method}`)
  assert.deepEqual(lotus.calls.toSorted(), asked.toSorted())
})

test('gives heads without genesis from a node that does not answer for it', async () => {
  await using lotus = await LotusServer.start()
  lotus.http.set(GENESIS, ({ response, id }) =>
    answerWith(response, 500, { jsonrpc: '2.0', id, error: { code: -32601, message: 'unknown' } })
  )
  const source = lotusHttpHead(lotus.httpUrl)
  assert.deepEqual(await source.read(signal), WITHOUT_GENESIS)
  assert.deepEqual(await source.read(signal), WITHOUT_GENESIS)
  assert.equal(lotus.counter(`http ${GENESIS}`).count, 1)
})

test('does not let a genesis that never comes hold the head', async () => {
  await using lotus = await LotusServer.start()
  lotus.http.set(GENESIS, () => {})
  // So low that nothing lies settled below it, and nothing else is asked for.
  lotus.head = tipset(4)
  const clock = new FakeClock()
  const reading = lotusHttpHead(lotus.httpUrl, { clock }).read(signal)
  await lotus.counter(`http ${GENESIS}`).reaches(1)
  clock.advance(1_000)
  assert.deepEqual(await reading, bareHeadAt(4))
})

test('asks for the settled tipset once for each head, from that head down', async () => {
  await using lotus = await LotusServer.start()
  const asked: unknown[] = []
  lotus.http.set(SETTLED, ({ params, response, id }) => {
    asked.push(params)
    answerWith(response, 200, { jsonrpc: '2.0', result: tipset(Number(params[0])), id })
  })
  const source = lotusHttpHead(lotus.httpUrl)
  for (const head of [tipset(100), tipset(100), tipset(100, 'b'), tipset(101)]) {
    lotus.head = head
    await source.read(signal)
  }
  assert.deepEqual(asked, [
    [95, tipset(100).Cids],
    [95, tipset(100, 'b').Cids],
    [96, tipset(101).Cids]
  ])
})

test('tells the settled height that there is, where the one asked for was a null round', async () => {
  await using lotus = await LotusServer.start()
  lotus.http.set(SETTLED, ({ response, id }) =>
    answerWith(response, 200, { id, result: tipset(93) })
  )
  const { cids, height } = bareHeadAt(93)
  const head = await lotusHttpHead(lotus.httpUrl).read(signal)
  assert.deepEqual(head.settled, { cids, height })
})

test('asks for no settled tipset below the genesis', async () => {
  await using lotus = await LotusServer.start()
  const source = lotusHttpHead(lotus.httpUrl)
  lotus.head = tipset(4)
  assert.deepEqual(await source.read(signal), headAt(4))
  assert.equal(lotus.counter(`http ${SETTLED}`).count, 0)
  lotus.head = tipset(5)
  assert.equal((await source.read(signal)).settled?.height, 0n)
})

const UNSETTLED: ReadonlyArray<readonly [string, (call: HttpCall) => void]> = [
  ['an error', ({ response, id }) => answerWith(response, 500, { id, error: { code: 1 } })],
  ['another shape', ({ response, id }) => answerWith(response, 200, { id, result: 7 })],
  ['a higher tipset', ({ response, id }) => answerWith(response, 200, { id, result: tipset(96) })],
  ['a cut connection', ({ response }) => response.destroy()]
]
for (const [what, answer] of UNSETTLED) {
  test(`loses no head, and does not ask again, when the settled tipset is ${what}`, async () => {
    await using lotus = await LotusServer.start()
    lotus.http.set(SETTLED, answer)
    const source = lotusHttpHead(lotus.httpUrl)
    assert.deepEqual(await source.read(signal), WITHOUT_SETTLED)
    assert.deepEqual(await source.read(signal), WITHOUT_SETTLED)
    assert.equal(lotus.counter(`http ${SETTLED}`).count, 1)
    lotus.http.delete(SETTLED)
    lotus.head = tipset(101)
    assert.deepEqual(await source.read(signal), headAt(101))
  })
}

test('does not let a settled tipset that never comes hold the head', async () => {
  await using lotus = await LotusServer.start()
  const clock = new FakeClock()
  const source = lotusHttpHead(lotus.httpUrl, { clock })
  // The genesis is known from then on, so that nothing else is asked for.
  await source.read(signal)
  lotus.head = tipset(100, 'b')
  lotus.http.set(SETTLED, () => {})
  const reading = source.read(signal)
  await lotus.counter(`http ${SETTLED}`).reaches(2)
  clock.advance(1_000)
  assert.deepEqual(await reading, { ...bareHeadAt(100, 'b'), genesis: WITHOUT_SETTLED.genesis })
})

test('asks again for the settled tipset when a read was given up', async () => {
  await using lotus = await LotusServer.start()
  lotus.http.set(SETTLED, () => {})
  const controller = new AbortController()
  const source = lotusHttpHead(lotus.httpUrl)
  const reading = source.read(controller.signal)
  await lotus.counter(`http ${SETTLED}`).reaches(1)
  controller.abort(new Error('enough'))
  await assert.rejects(reading, /^Error: enough$/)
  lotus.http.delete(SETTLED)
  assert.deepEqual(await source.read(signal), headAt(100))
})

test('sends the token as a header, and names itself by its host alone', async () => {
  await using lotus = await LotusServer.start()
  const source = lotusHttpHead(`${lotus.httpUrl}/k3y?token=s3cret`, { token: 't0ken' })
  await source.read(signal)
  assert.equal(lotus.requests[0]?.headers.authorization, 'Bearer t0ken')
  assert.equal(lotus.requests[0]?.headers['content-type'], 'application/json')
  assert.equal(source.name, `lotus http ${lotus.host}`)
  lotus.http.set(HEAD, ({ response }) => response.writeHead(401).end())
  await assert.rejects(source.read(signal), {
    name: 'HeadError',
    source: source.name,
    message: `lotus http ${lotus.host}: HTTP 401`
  })
})

test('sends no authorization without a token', async () => {
  await using lotus = await LotusServer.start()
  await lotusHttpHead(new URL(lotus.httpUrl)).read(signal)
  assert.equal(lotus.requests[0]?.headers.authorization, undefined)
})

test('fetches through the function that it is given', async () => {
  const urls: string[] = []
  const fetch: typeof globalThis.fetch = async (input) => {
    urls.push(String(input))
    return Response.json({ jsonrpc: '2.0', id: 1, result: tipset(5) })
  }
  const source = lotusHttpHead('https://node.test/rpc/v1', { fetch })
  assert.equal((await source.read(signal)).height, 5n)
  assert.deepEqual(new Set(urls), new Set(['https://node.test/rpc/v1']))
})

test('refuses a URL that is not of HTTP where it is given', () => {
  assert.throws(() => lotusHttpHead('ws://127.0.0.1/rpc/v1'), { name: 'OptionError' })
})

const BAD: ReadonlyArray<readonly [string, (call: HttpCall) => void, RegExp]> = [
  ['status 500', ({ response }) => response.writeHead(500).end('oops'), /: HTTP 500$/],
  [
    'status 500 with a JSON-RPC error',
    ({ response, id }) =>
      answerWith(response, 500, { jsonrpc: '2.0', id, error: { code: 1, message: 'syncing' } }),
    /: Filecoin\.ChainHead answered an error: code 1: "syncing"$/
  ],
  [
    'a JSON-RPC error',
    ({ response, id }) =>
      answerWith(response, 200, { jsonrpc: '2.0', id, error: { code: -32601, message: 'none' } }),
    /answered an error: code -32601: "none"$/
  ],
  [
    'a good body with status 503',
    ({ response, id }) => answerWith(response, 503, { id, result: tipset(100) }),
    /: HTTP 503$/
  ],
  ['malformed JSON', ({ response }) => response.end('{"result":'), /the answer is not JSON/],
  ['nothing', ({ response }) => response.end(), /the answer is not JSON/],
  ['a web page', ({ response }) => response.end('<html></html>'), /the answer is not JSON/],
  ['another shape', ({ response, id }) => answerWith(response, 200, { id, result: 7 }), /no Cids/],
  ['no result', ({ response, id }) => answerWith(response, 200, { id }), /without a result/],
  ['a cut connection', ({ response }) => response.destroy(), /Filecoin\.ChainHead failed: /],
  [
    'half an answer',
    ({ response }) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"result":', () => response.destroy())
    },
    /Filecoin\.ChainHead failed: /
  ]
]

for (const [what, answer, message] of BAD) {
  test(`tells a HeadError when the node answers with ${what}, and recovers`, async () => {
    await using lotus = await LotusServer.start()
    lotus.http.set(HEAD, answer)
    const source = lotusHttpHead(lotus.httpUrl)
    await assert.rejects(source.read(signal), { name: 'HeadError', source: source.name, message })
    lotus.http.delete(HEAD)
    assert.deepEqual(await source.read(signal), headAt(100))
  })
}

test('stops reading an answer that has no end', async () => {
  await using lotus = await LotusServer.start()
  const stopped = new Counter()
  let sent = 0
  lotus.http.set(HEAD, ({ response }) => {
    response.on('close', () => stopped.add())
    const chunk = ' '.repeat(65_536)
    const more = (): void => {
      if (response.destroyed) return
      sent += chunk.length
      response.write(chunk, more)
    }
    more()
  })
  const message = new RegExp(`the answer is longer than ${MAX_RPC_ANSWER_BYTES} bytes`)
  await assert.rejects(lotusHttpHead(lotus.httpUrl).read(signal), { name: 'HeadError', message })
  await stopped.reaches(1)
  assert.ok(sent > MAX_RPC_ANSWER_BYTES)
})

test('takes an answer that is just short enough', async () => {
  await using lotus = await LotusServer.start()
  lotus.http.set(HEAD, ({ response, id }) => {
    const text = JSON.stringify({ jsonrpc: '2.0', result: tipset(100), id })
    response.end(text.padStart(MAX_RPC_ANSWER_BYTES))
  })
  assert.deepEqual(await lotusHttpHead(lotus.httpUrl).read(signal), headAt(100))
})

test('gives up on a node that hangs, before its answer or within', async () => {
  await using lotus = await LotusServer.start()
  const hangs = [
    () => {},
    ({ response }: HttpCall) => {
      response.writeHead(200)
      response.write('{"result":')
    }
  ]
  for (const [index, hang] of hangs.entries()) {
    lotus.http.set(HEAD, hang)
    const clock = new FakeClock()
    const reading = lotusHttpHead(lotus.httpUrl, { clock }).read(signal)
    await lotus.counter(`http ${HEAD}`).reaches(index + 1)
    clock.advance(RPC_TIMEOUT)
    await assert.rejects(reading, {
      name: 'HeadError',
      message: `lotus http ${lotus.host}: Filecoin.ChainHead took longer than 10000 ms`
    })
    assert.deepEqual(clock.pending, [])
  }
})

test('waits as long as it is told', async () => {
  await using lotus = await LotusServer.start()
  lotus.http.set(HEAD, () => {})
  const clock = new FakeClock()
  const reading = lotusHttpHead(lotus.httpUrl, { clock, timeout: 300 }).read(signal)
  clock.advance(300)
  await assert.rejects(reading, /Filecoin\.ChainHead took longer than 300 ms/)
})

test('says that nobody listens there', async () => {
  const lotus = await LotusServer.start()
  const source = lotusHttpHead(lotus.httpUrl)
  await lotus[Symbol.asyncDispose]()
  await assert.rejects(source.read(signal), { name: 'HeadError', message: /ECONNREFUSED/ })
})

test('drops the request when the signal aborts in the middle of it', async () => {
  await using lotus = await LotusServer.start()
  const dropped = new Counter()
  lotus.http.set(HEAD, ({ response }) => response.on('close', () => dropped.add()))
  const controller = new AbortController()
  const clock = new FakeClock()
  const reading = lotusHttpHead(lotus.httpUrl, { clock }).read(controller.signal)
  await lotus.counter(`http ${HEAD}`).reaches(1)
  controller.abort(new Error('enough'))
  await assert.rejects(reading, /^Error: enough$/)
  await dropped.reaches(1)
  assert.deepEqual(clock.pending, [])
  assert.deepEqual(getEventListeners(controller.signal, 'abort'), [])
})

test('follows the chain of a node that fails in between', async () => {
  await using lotus = await LotusServer.start()
  const clock = new FakeClock(1_000)
  const controller = new AbortController()
  const recorder = new Recorder()
  const source = lotusHttpHead(lotus.httpUrl, { chain: CHAIN, clock, random: () => 0.5 })
  source.watch?.(recorder, controller.signal)
  assert.deepEqual(await recorder.headNumber(1), headAt(100))
  assert.deepEqual(clock.pending, [32_000])
  lotus.http.set(HEAD, ({ response }) => response.writeHead(502).end())
  clock.advance(32_000)
  assert.match((await recorder.errorNumber(1))?.message ?? '', /HTTP 502$/)
  await assert.rejects(source.read(signal), /HTTP 502$/)
  lotus.http.delete(HEAD)
  lotus.head = tipset(102)
  clock.advance(5_000)
  assert.deepEqual(await recorder.headNumber(2), headAt(102))
  assert.deepEqual(await source.read(signal), headAt(102))
  assert.equal(lotus.counter(`http ${HEAD}`).count, 3)
  controller.abort()
  await clock.tick(0)
  assert.deepEqual(clock.pending, [])
})
