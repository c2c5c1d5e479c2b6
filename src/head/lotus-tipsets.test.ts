import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '../timing/fake-clock.ts'
import { answerWith, bareHeadAt, headAt, LotusServer, tipset } from './lotus-server.kit.test.ts'
import { lotusTipsets } from './lotus-tipsets.ts'

const HEAD = 'Filecoin.ChainHead'
const BY_HEIGHT = 'Filecoin.ChainGetTipSetByHeight'
const { signal } = new AbortController()
const tipsetAt = (height: number) => {
  const { cids, height: found } = bareHeadAt(height)
  return { cids, height: found }
}

test('tells the head with its genesis, and asks for nothing below it', async () => {
  await using lotus = await LotusServer.start()
  const { settled: _, ...head } = headAt(100)
  assert.deepEqual(await lotusTipsets(lotus.httpUrl).head(signal), head)
  assert.equal(lotus.counter(`http ${BY_HEIGHT}`).count, 0)
})

test("tells the tipset at a height of the node's own chain", async () => {
  await using lotus = await LotusServer.start()
  const asked: unknown[] = []
  lotus.http.set(BY_HEIGHT, ({ params, response, id }) => {
    asked.push(params)
    answerWith(response, 200, { id, result: tipset(Number(params[0])) })
  })
  assert.deepEqual(await lotusTipsets(lotus.httpUrl).at(95n, signal), tipsetAt(95))
  assert.deepEqual(asked, [[95, []]])
})

test('tells the tipset below a null round, by its own height', async () => {
  await using lotus = await LotusServer.start()
  lotus.http.set(BY_HEIGHT, ({ response, id }) =>
    answerWith(response, 200, { id, result: tipset(93) })
  )
  assert.deepEqual(await lotusTipsets(lotus.httpUrl).at(95n, signal), tipsetAt(93))
})

test('refuses a tipset above the height that was asked for', async () => {
  await using lotus = await LotusServer.start()
  lotus.http.set(BY_HEIGHT, ({ response, id }) =>
    answerWith(response, 200, { id, result: tipset(96) })
  )
  await assert.rejects(lotusTipsets(lotus.httpUrl).at(95n, signal), {
    name: 'HeadError',
    message: `lotus http ${lotus.host}: ${BY_HEIGHT} answered height 96, asked for 95`
  })
})

test('asks for no height that a node cannot read', async () => {
  await using lotus = await LotusServer.start()
  for (const height of [2n ** 53n, 2n ** 64n - 1n]) {
    await assert.rejects(lotusTipsets(lotus.httpUrl).at(height, signal), { name: 'HeadError' })
  }
  assert.deepEqual(lotus.calls, [])
})

test("tells the node's own words when it does not know the height", async () => {
  await using lotus = await LotusServer.start()
  const error = { code: 1, message: 'looking for tipset with height greater than start point' }
  lotus.http.set(BY_HEIGHT, ({ response, id }) => answerWith(response, 500, { id, error }))
  await assert.rejects(lotusTipsets(lotus.httpUrl).at(999n, signal), {
    name: 'HeadError',
    source: `lotus http ${lotus.host}`,
    message: /answered an error: code 1: "looking for tipset/
  })
})

test('gives up on a node that hangs, and when the signal aborts', async () => {
  await using lotus = await LotusServer.start()
  for (const method of [HEAD, BY_HEIGHT]) lotus.http.set(method, () => {})
  const clock = new FakeClock()
  const source = lotusTipsets(lotus.httpUrl, { clock, timeout: 300 })
  const controller = new AbortController()
  const reading = [source.head(signal), source.at(95n, signal)]
  const aborted = source.at(95n, controller.signal)
  controller.abort(new Error('enough'))
  await assert.rejects(aborted, /^Error: enough$/)
  clock.advance(300)
  for (const each of reading) await assert.rejects(each, /took longer than 300 ms/)
  assert.deepEqual(clock.pending, [])
})

test('refuses a URL that is not of HTTP where it is given, and shows no token', async () => {
  assert.throws(() => lotusTipsets('ws://127.0.0.1/rpc/v1'), { name: 'OptionError' })
  await using lotus = await LotusServer.start()
  const source = lotusTipsets(`${lotus.httpUrl}?key=s3cret`, { token: 't0ken' })
  await source.head(signal)
  assert.equal(source.name, `lotus http ${lotus.host}`)
  assert.equal(lotus.requests[0]?.headers.authorization, 'Bearer t0ken')
})
