import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { lotusHttpHead } from '../src/head/index.ts'
import { startDevChain } from './chain/index.ts'
import type { DemoConfig } from './static-server.ts'

const PROGRAM = join(import.meta.dirname, 'start.ts')
const PORT_FLAGS = ['--port', '--relay-port', '--aggregator-port', '--http-port', '--chain-port']
const ANY_PORT = PORT_FLAGS.flatMap((flag) => [flag, '0'])

/** The real program, with what it printed. */
class Program {
  output = ''
  errors = ''
  readonly child: ChildProcess
  readonly #printed = new Set<() => void>()

  constructor(child: ChildProcess) {
    this.child = child
    child.stdout?.on('data', (chunk) => {
      this.output += chunk
      for (const notify of this.#printed) notify()
    })
    child.stderr?.on('data', (chunk) => {
      this.errors += chunk
    })
    child.on('close', () => {
      for (const notify of this.#printed) notify()
    })
  }

  /** The first group of what is printed, as soon as it is. */
  async prints(pattern: RegExp): Promise<string> {
    for (;;) {
      const match = pattern.exec(this.output)
      if (match) return match[1] ?? match[0]
      assert.equal(this.child.exitCode, null, this.errors)
      await new Promise<void>((resolve) => this.#printed.add(resolve))
    }
  }

  async end(signal?: NodeJS.Signals): Promise<number | null> {
    const { child } = this
    if (child.exitCode === null && child.signalCode === null) {
      const closed = once(child, 'close')
      if (signal) child.kill(signal)
      await closed
    }
    return child.exitCode
  }
}

async function dataFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'demo-data-'))
  t.after(() => rm(folder, { recursive: true }))
  return folder
}

function run(t: TestContext, args: readonly string[]): Program {
  const program = new Program(spawn(process.execPath, [PROGRAM, ...args]))
  t.after(() => program.end('SIGKILL'))
  return program
}

async function start(t: TestContext, args: readonly string[] = []) {
  const data = await dataFolder(t)
  const program = run(t, [...ANY_PORT, '--data', data, ...args])
  const url = await program.prints(/Open (http:\S+)\n/)
  const response = await fetch(new URL('/demo/config.json', url))
  const config = (await response.json()) as DemoConfig
  return { program, url, config, response, data }
}

function portsIn(url: string, config: DemoConfig): number[] {
  const { relay, direct, api, rpc } = config
  const libp2p = [relay, direct].map((address) => /\/tcp\/(\d+)\//.exec(address)?.[1])
  return [...libp2p, ...[url, api, rpc.http].map((each) => new URL(each).port)].map(Number)
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const opened = await Promise.race([
    once(socket, 'connect').then(() => true),
    once(socket, 'close').then(() => false)
  ]).catch(() => false)
  socket.destroy()
  return opened
}

test('starts a network whose parts are where it says they are', async (t) => {
  const { program, url, config, response } = await start(t)
  assert.match(config.relay, /^\/ip4\/127\.0\.0\.1\/tcp\/\d+\/ws\/p2p\/12D3\w+$/)
  assert.match(config.target, /^\/p2p\/12D3\w+$/)
  assert.ok(config.direct.endsWith(config.target))
  for (const address of [config.relay, config.direct, config.api, config.feed, config.rpc.http]) {
    assert.ok(program.output.includes(address), `${address} is not in ${program.output}`)
  }
  for (const port of portsIn(url, config)) assert.ok(await isOpen(port))
  const head = await lotusHttpHead(config.rpc.http).read(new AbortController().signal)
  assert.equal(head.genesis, config.chain.genesis)
  const { origin } = new URL(url)
  const nodes = await fetch(`${config.api}/nodes?group=visitors`, { headers: { origin } })
  assert.equal(nodes.headers.get('access-control-allow-origin'), origin)
  assert.deepEqual(await nodes.json(), { total: 0, offset: 0, nodes: [] })
  const policy = response.headers.get('content-security-policy') ?? ''
  const sources = / connect-src ([^;]+);/.exec(policy)?.[1]?.split(' ') ?? []
  const [, relay, aggregator, http, chain] = [0, ...portsIn('http://x', config).filter(Boolean)]
  assert.deepEqual(sources, [
    "'self'",
    `ws://127.0.0.1:${relay}`,
    `ws://127.0.0.1:${aggregator}`,
    `http://127.0.0.1:${http}`,
    `http://127.0.0.1:${chain}`,
    `ws://127.0.0.1:${chain}`
  ])
})

test('reaches its aggregator through its relay', async (t) => {
  const { config } = await start(t)
  const circuit = `${config.relay}/p2p-circuit${config.target}`
  for (;;) {
    const { addresses } = (await (await fetch(`${config.api}/aggregator`)).json()) as {
      addresses: string[]
    }
    if (addresses.includes(circuit)) break
  }
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`ends everything within a second on ${signal}`, async (t) => {
    const { program, url, config } = await start(t)
    const feed = await fetch(config.feed)
    const socket = new WebSocket(config.rpc.ws)
    await once(socket, 'open')
    const since = performance.now()
    assert.equal(await program.end(signal), 0)
    const took = performance.now() - since
    assert.ok(took < 1_000, `it took ${took} ms`)
    await feed.body?.cancel().catch(() => {})
    for (const port of portsIn(url, config)) assert.equal(await isOpen(port), false)
    assert.equal(program.errors.replace(/^dist\/ is missing.*\n/, ''), '')
  })
}

test('keeps the addresses of its servers over a restart', async (t) => {
  const { program, config, data } = await start(t)
  await program.end('SIGINT')
  const again = run(t, [...ANY_PORT, '--data', data])
  const relay = await again.prints(/relay\s+(\S+)/)
  assert.equal(relay.split('/').at(-1), config.relay.split('/').at(-1))
  assert.ok((await again.prints(/aggregator\s+(\S+)/)).endsWith(config.target))
})

for (const name of ['relay', 'aggregator'] as const) {
  test(`stops and starts the ${name} where it was`, async (t) => {
    const { url, config } = await start(t)
    const ports = portsIn(url, config)
    const port = ports[name === 'relay' ? 0 : 1] ?? 0
    const turn = async (running: boolean) => {
      const body = JSON.stringify({ running })
      const headers = { origin: new URL(url).origin, 'sec-fetch-site': 'same-origin' }
      const target = new URL(`/demo/${name}`, url)
      return await (await fetch(target, { method: 'POST', headers, body })).json()
    }
    assert.deepEqual(await turn(false), { running: false })
    assert.equal(await isOpen(port), false)
    assert.deepEqual(await turn(true), { running: true })
    assert.equal(await isOpen(port), true)
    const after = (await (await fetch(new URL('/demo/config.json', url))).json()) as DemoConfig
    assert.deepEqual(after, config)
  })
}

test('shows a real node’s chain when it is given one', async (t) => {
  const pace = { genesisTimestamp: 1_598_306_400, epochPeriod: 30_000 }
  const node = await startDevChain({ port: 0, ...pace })
  t.after(node.stop)
  const data = await dataFolder(t)
  const ports = ANY_PORT.slice(0, -2)
  const program = run(t, [...ports, '--data', data, '--rpc', node.rpc.http])
  const url = await program.prints(/Open (http:\S+)\n/)
  const config = (await (await fetch(new URL('/demo/config.json', url))).json()) as DemoConfig
  assert.deepEqual(config.chain, node.chain)
  assert.deepEqual(config.rpc, node.rpc)
  assert.equal(config.control, undefined)
})

test('names the service whose port is taken, and the flag that changes it', async (t) => {
  const blocker = createServer().listen(0, '127.0.0.1')
  t.after(() => blocker.close())
  await once(blocker, 'listening')
  const { port } = blocker.address() as AddressInfo
  const data = await dataFolder(t)
  const program = run(t, [...ANY_PORT, '--data', data, '--http-port', String(port)])
  assert.equal(await program.end(), 1)
  const message = `port ${port} of the aggregator’s HTTP API is taken: choose another with --http-port`
  assert.ok(program.errors.includes(message), program.errors)
  assert.equal(program.output, '')
})

test('explains itself, and what is wrong with a flag', async (t) => {
  const help = run(t, ['--help'])
  assert.equal(await help.end(), 0)
  for (const flag of PORT_FLAGS) assert.ok(help.output.includes(`${flag} N`))
  for (const [args, message] of [
    [['--prot', '1'], "Unknown option '--prot'"],
    [['--epoch', 'soon'], '--epoch: "soon" is not a duration']
  ] as const) {
    const program = run(t, args)
    assert.equal(await program.end(), 2)
    assert.ok(program.errors.includes(message), program.errors)
    assert.match(program.errors, /--help lists the flags/)
  }
})

test('says that a node does not answer', async (t) => {
  const data = await dataFolder(t)
  const ports = ANY_PORT.slice(0, -2)
  const node = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
  t.after(() => node.close())
  await once(node, 'listening')
  const { port } = node.address() as AddressInfo
  const program = run(t, [...ports, '--data', data, '--rpc', `http://127.0.0.1:${port}/rpc/v1`])
  assert.equal(await program.end(), 1)
  assert.match(program.errors, /^(dist.*\n)?--rpc: 127\.0\.0\.1:\d+ does not answer as Lotus does/)
})
