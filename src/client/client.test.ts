import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mock, test } from 'node:test'
import { epochStart, MAINNET, systemClock } from '../timing/index.ts'
import { Client } from './client.ts'
import type { Inbound, Outbound, Port } from './port.ts'
import type { ConnectRuntime } from './session.ts'
import type { ConnectionState } from './state.ts'
import { PageTab } from './tab.ts'

const PEER = '12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5'
const target = `/dns4/agg.example/tcp/443/wss/p2p/${PEER}`
const CONSENT = { consent: true } as const

/** The network side, played by a test over a real MessageChannel. */
class HandRuntime extends EventTarget {
  readonly received: Inbound[] = []
  connects = 0
  port: Port<Inbound, Outbound> | undefined
  answerStop = true

  readonly connect = async (): Promise<Port<Outbound, Inbound>> => {
    this.connects++
    const { port1, port2 } = new MessageChannel()
    this.port = port2 as unknown as Port<Inbound, Outbound>
    port2.addEventListener('message', ({ data }) => {
      this.received.push(data)
      if (data.type === 'stop' && this.answerStop) {
        port2.postMessage({ type: 'stopped' })
        port2.close()
      }
      this.dispatchEvent(new Event(data.type))
    })
    port2.start()
    return port1 as unknown as Port<Outbound, Inbound>
  }

  tell(message: Outbound): void {
    this.port?.postMessage(message)
  }
}

/** A client in a tab that has no others. */
function clientOf(connect: ConnectRuntime): Client {
  const openChannel = (): never => assert.fail('there are no other tabs')
  const followPage = (): void => {}
  const clock = systemClock
  const platform = { hasTabs: false, locks: undefined, openChannel, connect, followPage, clock }
  return new Client(async () => (options, tell) => new PageTab(options, tell, platform))
}

async function until(client: Client, fits: () => boolean): Promise<void> {
  if (fits()) return
  await new Promise<void>((resolve) => {
    const stop = client.subscribe(() => {
      if (!fits()) return
      stop()
      resolve()
    })
  })
}

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

test('restarts for options that change something, and not for others', async () => {
  const runtime = new HandRuntime()
  const client = clientOf(runtime.connect)
  client.configure({ target })
  await client.start(CONSENT)
  client.configure({ target })
  client.configure({ target, nickname: '' })
  await client.start(CONSENT)
  assert.equal(runtime.connects, 1)
  client.configure({ target, nickname: 'new' })
  await client.start(CONSENT)
  assert.equal(runtime.connects, 2)
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
