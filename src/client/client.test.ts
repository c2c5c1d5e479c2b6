import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { CONSENT, clientOf, HandRuntime, target, until } from './client.kit.test.ts'
import type { ConnectionState } from './state.ts'

test('loads nothing and says idle before consent, whatever it is told', async () => {
  const runtime = new HandRuntime()
  const client = clientOf(runtime.connect)
  client.configure({ target })
  client.setHead({ cids: [], height: 1 })
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(runtime.connects, 0)
  assert.deepEqual(client.state, { phase: 'idle' })
  assert.equal(client.view.height, 1n)
})

test('refuses to start without consent', async () => {
  const client = clientOf(new HandRuntime().connect)
  client.configure({ target })
  await assert.rejects(client.start({} as never), { name: 'OptionError' })
  await assert.rejects(client.start({ consent: 'yes' } as never), { name: 'OptionError' })
})

test('starts the network side with its options and the head, and passes its state on', async () => {
  const runtime = new HandRuntime()
  const client = clientOf(runtime.connect)
  client.configure({ target, nickname: 'n' })
  client.setHead({ cids: [], height: 7 })
  const head = once(runtime, 'head')
  await client.start(CONSENT)
  assert.equal(client.state.phase, 'connecting')
  await head
  const [start, page, first] = runtime.received
  assert.equal(start?.type === 'start' && start.options.nickname, 'n')
  assert.deepEqual(page, { type: 'page', visibility: 'visible' })
  assert.deepEqual(first?.type === 'head' && first.head, { cids: [], height: 7n })
  const state: ConnectionState = {
    phase: 'failing',
    layer: 'relay',
    since: 1,
    attempts: 1,
    via: 'r',
    problem: 'p',
    nextTryAt: 2
  }
  runtime.tell({ type: 'state', state })
  await until(client, () => client.state.phase === 'failing')
  assert.deepEqual(client.state, state)
  await client.stop()
  assert.deepEqual(client.state, { phase: 'idle' })
})

test('restarts for options that change something, and not for others', async () => {
  const runtime = new HandRuntime()
  const client = clientOf(runtime.connect)
  client.configure({ target })
  await client.start(CONSENT)
  client.configure({ target })
  client.configure({ target, nickname: '' })
  client.configure({
    target: ` ${target}  `,
    beatPeriod: '30s',
    routes: 'websocket  relayed webrtc '
  })
  await client.start(CONSENT)
  assert.equal(runtime.connects, 1)
  client.configure({ target, nickname: 'new' })
  await client.start(CONSENT)
  assert.equal(runtime.connects, 2)
  await client.stop()
})

test('hands other periods to what runs, once, and restarts nothing', async () => {
  const runtime = new HandRuntime()
  const client = clientOf(runtime.connect)
  client.configure({ target })
  await client.start(CONSENT)
  const told = once(runtime, 'periods')
  client.configure({ target, beatPeriod: '10s' })
  client.configure({ target, beatPeriod: 10_000 })
  await told
  const stopped = once(runtime, 'stop')
  await client.stop()
  await stopped
  assert.equal(runtime.connects, 1)
  const [, , ...received] = runtime.received
  const periods = { beatPeriod: 10_000, reconnectPeriod: 10_000 }
  assert.deepEqual(received, [{ type: 'periods', periods }, { type: 'stop' }])
})

test('begins anew, whatever is set, once the network side has refused an option', async () => {
  const runtime = new HandRuntime()
  const client = clientOf(runtime.connect)
  client.configure({ target })
  await client.start(CONSENT)
  const state = { phase: 'misconfigured', option: 'target', problem: 'p' } as const
  runtime.tell({ type: 'state', state })
  await until(client, () => client.state.phase === 'misconfigured')
  client.configure({ target, beatPeriod: '10s' })
  await client.start(CONSENT)
  assert.equal(runtime.connects, 2)
  assert.equal(client.state.phase, 'connecting')
  await client.stop()
})

test('says what is wrong with an option, stops, and goes on once it is mended', async () => {
  const runtime = new HandRuntime()
  const client = clientOf(runtime.connect)
  client.configure({ target })
  await client.start(CONSENT)
  assert.throws(() => client.configure({ target: '/ip4/1.2.3.4' }), { name: 'OptionError' })
  assert.equal(client.state.phase === 'misconfigured' && client.state.option, 'target')
  await once(runtime, 'stop')
  client.configure({ target })
  await client.start(CONSENT)
  assert.equal(client.state.phase, 'connecting')
  assert.equal(runtime.connects, 2)
  await client.stop()
})

test('ends as it was last told when start and stop follow each other at once', async () => {
  const runtime = new HandRuntime()
  const client = clientOf(runtime.connect)
  client.configure({ target })
  await Promise.all([client.start(CONSENT), client.stop(), client.start(CONSENT), client.stop()])
  assert.deepEqual(client.state, { phase: 'idle' })
  assert.equal(runtime.received.filter(({ type }) => type === 'start').length, runtime.connects)
  assert.equal(runtime.received.filter(({ type }) => type === 'stop').length, runtime.connects)
})

test('says that the network code did not load, and tries again when started again', async () => {
  const runtime = new HandRuntime()
  let works = false
  const client = clientOf(() => (works ? runtime.connect() : Promise.reject(new Error('404'))))
  client.configure({ target })
  await client.start(CONSENT)
  assert.deepEqual(client.state, {
    phase: 'unsupported',
    problem: 'the network code did not load: 404'
  })
  works = true
  await client.start(CONSENT)
  assert.equal(client.state.phase, 'connecting')
  await client.stop()
})

test('dials nothing when consent is taken back while the network code loads', async () => {
  const runtime = new HandRuntime()
  const loaded = Promise.withResolvers<void>()
  const client = clientOf(async () => {
    await loaded.promise
    return await runtime.connect()
  })
  client.configure({ target })
  const starting = client.start(CONSENT)
  const stopping = client.stop()
  loaded.resolve()
  await Promise.all([starting, stopping])
  assert.deepEqual(client.state, { phase: 'idle' })
  assert.deepEqual(runtime.received, [])
})

test('is idle again when it is stopped after its code did not load', async () => {
  const client = clientOf(() => Promise.reject(new Error('404')))
  client.configure({ target })
  await client.start(CONSENT)
  assert.equal(client.state.phase, 'unsupported')
  await client.stop()
  assert.deepEqual(client.state, { phase: 'idle' })
})

test('tries to load its code again when it is told to', async () => {
  const runtime = new HandRuntime()
  let works = false
  const client = clientOf(() => (works ? runtime.connect() : Promise.reject(new Error('404'))))
  client.configure({ target })
  await client.start(CONSENT)
  works = true
  client.retry()
  await until(client, () => client.state.phase === 'connecting')
  await client.stop()
})

test('tells observers once for many changes', async () => {
  const client = clientOf(new HandRuntime().connect)
  client.configure({ target })
  let told = 0
  const unsubscribe = client.subscribe(() => told++)
  for (let height = 0; height < 10; height++) client.setHead({ cids: [], height })
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(told, 1)
  unsubscribe()
})
