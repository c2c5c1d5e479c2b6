import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mock, test } from 'node:test'
import { epochStart, MAINNET, systemClock } from '../timing/index.ts'
import { CONSENT, clientOf, HandRuntime, target, until } from './client.kit.test.ts'

test('hands every head on while it runs', async () => {
  const runtime = new HandRuntime()
  const client = clientOf(runtime.connect)
  client.configure({ target })
  await client.start(CONSENT)
  const head = once(runtime, 'head')
  client.setHead({ cids: [], height: 9n })
  await head
  assert.equal(client.view.height, 9n)
  await client.stop()
})

test('takes the heads that the network side learns into its view', async () => {
  const runtime = new HandRuntime()
  const client = clientOf(runtime.connect)
  client.configure({ target, rpc: 'http://127.0.0.1:1/rpc/v1' })
  await client.start(CONSENT)
  runtime.tell({ type: 'head', head: { cids: [], height: 11n } })
  await until(client, () => client.view.height === 11n)
  runtime.tell({ type: 'head-failed', problem: 'x' })
  await until(client, () => client.view.verdict === 'unknown')
  assert.equal(client.view.height, 11n)
  await client.stop()
})

test('forgets the head that the network side learnt once nobody asks any more', async () => {
  const runtime = new HandRuntime()
  const client = clientOf(runtime.connect)
  const rpc = 'http://127.0.0.1:1/rpc/v1'
  client.configure({ target, rpc })
  await client.start(CONSENT)
  runtime.tell({ type: 'head', head: { cids: [], height: 11n } })
  await until(client, () => client.view.height === 11n)
  client.configure({ target, rpc: 'http://127.0.0.1:2/rpc/v1' })
  await until(client, () => client.view.height === undefined)
  await client.start(CONSENT)
  runtime.tell({ type: 'head', head: { cids: [], height: 12n } })
  await until(client, () => client.view.height === 12n)
  await client.stop()
  assert.equal(client.view.height, undefined)
  assert.equal(client.view.verdict, 'unknown')
})

test('keeps the head that the page handed in when it is stopped', async () => {
  const client = clientOf(new HandRuntime().connect)
  client.configure({ target })
  client.setHead({ cids: [], height: 7 })
  await client.start(CONSENT)
  await client.stop()
  assert.equal(client.view.height, 7n)
})

test('takes an opinion for as long as it is worth anything, however the clock is set', async (t) => {
  const runtime = new HandRuntime()
  const client = clientOf(runtime.connect)
  client.configure({ target })
  client.setHead({ cids: [], height: 7 })
  await client.start(CONSENT)
  let elapsed = 0
  t.mock.method(systemClock, 'elapsed', () => elapsed)
  const opinion = { height: 7n, head: [], lifetime: 1_000, networkHeight: 9n }
  runtime.tell({ type: 'opinion', opinion })
  await until(client, () => client.view.networkHeight === 9n)
  const now = Date.now()
  t.mock.method(Date, 'now', () => now + 3_600_000)
  assert.equal(client.view.networkHeight, 9n)
  elapsed = 1_000
  assert.equal(client.view.networkHeight, undefined)
  await client.stop()
})

test('refuses a head that is none, naming what is wrong', () => {
  const client = clientOf(new HandRuntime().connect)
  assert.throws(
    () => client.setHead({ cids: 'x', height: 1 } as never),
    /head\.cids is not an array/
  )
})

test('asks a function for the head again and again, and says unknown while it fails', async () => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: epochStart(MAINNET, 100) })
  try {
    const client = clientOf(new HandRuntime().connect)
    client.configure({ target })
    let height = 98
    client.setHead(() => {
      if (height === 100) throw new Error('provider down')
      return { cids: [], height: height++ }
    })
    await until(client, () => client.view.height === 98n)
    mock.timers.tick(1_000)
    await until(client, () => client.view.height === 99n)
    mock.timers.tick(1_000)
    await until(client, () => client.view.verdict === 'unknown')
    client.setHead(undefined)
  } finally {
    mock.timers.reset()
  }
})

test('sees a head grow old by itself, and tells those who listen', async () => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: epochStart(MAINNET, 100) })
  try {
    const client = clientOf(new HandRuntime().connect)
    client.configure({ target })
    client.setHead({ cids: [], height: 100 })
    let told = 0
    const unsubscribe = client.subscribe(() => told++)
    assert.equal(client.view.verdict, 'fresh-by-clock')
    for (let epoch = 0; epoch < 5; epoch++) {
      mock.timers.tick(30_000)
      await Promise.resolve()
    }
    assert.equal(client.view.verdict, 'behind-by-clock')
    const before = told
    assert.ok(before >= 5, `told ${before} times in 5 epochs`)
    unsubscribe()
    for (let epoch = 0; epoch < 5; epoch++) mock.timers.tick(30_000)
    assert.equal(client.view.behindClock, 10)
    assert.equal(told, before)
  } finally {
    mock.timers.reset()
  }
})

test('asks no rpc while the page hands in heads', async () => {
  const runtime = new HandRuntime()
  const client = clientOf(runtime.connect)
  client.configure({ target, rpc: 'http://127.0.0.1:1/' })
  await client.start(CONSENT)
  client.setHead({ cids: [], height: 1 })
  await client.start(CONSENT)
  await once(runtime, 'head')
  const rpcs = runtime.received.flatMap((each) => (each.type === 'start' ? [each.options.rpc] : []))
  assert.deepEqual(rpcs, ['http://127.0.0.1:1/', undefined])
  await client.stop()
})

test('refuses a head whose cids are none, where it is given', () => {
  const client = clientOf(new HandRuntime().connect)
  assert.throws(
    () => client.setHead({ cids: ['0xdeadbeef'], height: 1 }),
    /"0xdeadbeef" is not a CID/
  )
})
