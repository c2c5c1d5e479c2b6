import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Hono } from 'hono'
import { startDevChain } from './chain/index.ts'
import { listen } from './http.ts'
import { learnLotusNode } from './lotus-node.ts'

test('learns of a chain when it began and how long its epochs are', async (t) => {
  const pace = { genesisTimestamp: 1_598_306_400, epochPeriod: 30_000 }
  const server = await startDevChain({ port: 0, ...pace })
  t.after(server.stop)
  const { chain, rpc } = server
  assert.deepEqual(await learnLotusNode(new URL(rpc.http)), { rpc, chain })
  assert.deepEqual(await learnLotusNode(new URL(rpc.ws)), { rpc, chain })
})

test('says by its host alone that a node does not answer as Lotus does', async (t) => {
  const app = new Hono()
  app.post('/text', (context) => context.text('hello'))
  app.post('/json', (context) => context.json({ result: {} }))
  const server = await listen(app, 0)
  t.after(server.stop)
  const url = `http://127.0.0.1:${server.port}`
  for (const path of ['/text', '/json', '/none']) {
    await assert.rejects(learnLotusNode(new URL(`${url}${path}?token=s3cret`)), (error: Error) => {
      assert.equal(error.name, 'NodeError')
      assert.match(error.message, /^--rpc: 127\.0\.0\.1:\d+ does not answer as Lotus does: /)
      assert.doesNotMatch(error.message, /s3cret/)
      return true
    })
  }
})

test('says that nobody listens there', async () => {
  const server = await listen(new Hono(), 0)
  await server.stop()
  const url = new URL(`http://127.0.0.1:${server.port}`)
  await assert.rejects(learnLotusNode(url), /ECONNREFUSED/)
})
