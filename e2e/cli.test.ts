// The built command line as an operator runs it: real processes, real sockets, signals.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { NodeRow } from '../src/aggregator/index.ts'
import { keptPort } from './kit/kept-port.ts'
import { LotusNode, SpecChain } from './kit/lotus-node.ts'
import { Program } from './kit/program.ts'
import { readLines } from './kit/services.ts'

const NOBODY = '12D3KooWKgCRWSMaay3wT8EaPpPnbaHxsQN1B1yc7Az6trUvcU3D'
const ANY_PORT = '/ip4/127.0.0.1/tcp/0/ws'

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'fil-heartbeat-cli-'))
  t.after(() => rm(path, { recursive: true, force: true }))
  return path
}

function run(t: TestContext, args: readonly string[], env?: Record<string, string>): Program {
  const program = new Program(args, env)
  t.after(async () => {
    program.kill('SIGKILL')
    await program.ended
  })
  return program
}

async function startRelay(t: TestContext, listen = ANY_PORT, data?: string) {
  const where = data ?? (await folder(t))
  const program = run(t, [
    'relay',
    '--aggregator',
    'any',
    '--listen',
    listen,
    '--http',
    '127.0.0.1:0',
    '--data',
    where
  ])
  const { addresses } = await program.logged('the relay listens')
  return { program, data: where, address: (addresses as string[])[0] ?? '' }
}

async function startAggregator(
  t: TestContext,
  { flags = [], data, listen = ANY_PORT }: { flags?: string[]; data?: string; listen?: string } = {}
) {
  const where = data ?? (await folder(t))
  const own = ['--listen', listen, '--http', '127.0.0.1:0', '--data', where]
  const program = run(t, ['aggregator', ...own, ...flags])
  const { peerId, addresses, http } = await program.logged('the aggregator listens')
  const address = (addresses as string[])[0] ?? ''
  return { program, data: where, peerId: `${peerId}`, address, api: `${http}/api` }
}

async function startBeat(t: TestContext, flags: readonly string[], data?: string) {
  const chain = new SpecChain(t.name)
  const node = await LotusNode.start(chain)
  t.after(() => node.stop())
  const where = data ?? (await folder(t))
  const of = ['--rpc', node.url, '--genesis-timestamp', `${chain.genesisTimestamp}`]
  const program = run(t, ['beat', ...of, '--epoch', '1000', '--data', where, '--json', ...flags])
  const { peerId } = await program.logged('is known by this peer id')
  const beating = (route: string) =>
    program.output.find((line) => {
      const { state, acknowledged } = JSON.parse(line)
      return state.phase === 'beating' && state.route === route ? acknowledged : undefined
    })
  return { program, data: where, peerId: `${peerId}`, beating }
}

// What is asked page by page may be a second old; this is told at once.
async function rosterOf(api: string): Promise<NodeRow[]> {
  return readLines(await (await fetch(`${api}/export?topic=roster`)).text())
}

test('a light client beats through a relay, climbs to WebRTC, and the operator sees it', async (t) => {
  const relay = await startRelay(t)
  const { peerId, api, program } = await startAggregator(t, { flags: ['--relay', relay.address] })
  await program.logged('can be reached through the relay')
  const flags = ['--target', `/p2p/${peerId}`, '--relay', relay.address]
  const beat = await startBeat(t, [...flags, '--period', '500ms', '--nickname', '007'])
  await beat.beating('relayed')
  const before = await beat.beating('webrtc')
  // The last one by the old way may be answered by then.
  await beat.program.output.find((line) => {
    const { state, acknowledged } = JSON.parse(line)
    return (state.route === 'webrtc' && acknowledged >= before + 2) || undefined
  })
  const [node, ...others] = await rosterOf(api)
  assert.deepEqual(others, [])
  assert.deepEqual([node?.peer, node?.nickname, node?.route], [beat.peerId, '007', 'webrtc'])
  assert.equal((await beat.program.stop()).code, 0)
})

test('nothing that was acknowledged is lost when an aggregator ends while nodes beat', async (t) => {
  const data = await folder(t)
  const first = run(t, [
    'beat',
    '--rpc',
    'http://127.0.0.1:1',
    '--target',
    `/p2p/${NOBODY}`,
    '--data',
    data
  ])
  const { peerId } = await first.logged('is known by this peer id')
  first.kill('SIGKILL')
  const flags = ['--watched', `${peerId}`]
  const listen = `/ip4/127.0.0.1/tcp/${await keptPort()}/ws`
  const aggregator = await startAggregator(t, { flags, listen })
  const beat = await startBeat(t, ['--target', aggregator.address, '--period', '50ms'], data)
  await beat.program.output.find((line) => JSON.parse(line).acknowledged >= 20 || undefined)
  const { code, errors } = await aggregator.program.stop()
  assert.equal(code, 0, errors)
  const { output } = await beat.program.stop()
  const { acknowledged } = JSON.parse(output.split('\n').at(-1) ?? '')
  assert.ok(acknowledged >= 20)
  const again = await startAggregator(t, { flags, listen, data: aggregator.data })
  const history = await (await fetch(`${again.api}/nodes/${peerId}/history`)).json()
  const kept = history.points.reduce((sum: number, { beats }: { beats: number }) => sum + beats, 0)
  assert.ok(kept >= acknowledged, `${kept} of ${acknowledged} are there`)
})

test('a program whose output nobody reads any more ends in order', async (t) => {
  const aggregator = await startAggregator(t)
  const beat = await startBeat(t, ['--target', aggregator.address, '--period', '50ms'])
  await beat.beating('websocket')
  beat.program.closeOutput()
  const { code, errors } = await beat.program.ended
  assert.equal(code, 0, errors)
  assert.match(errors, /"msg":"beats no more"/)
})

test('a second signal ends a program at once', async (t) => {
  const { program } = await startAggregator(t)
  // Both wait until it goes on, so that neither finds it ended.
  program.kill('SIGSTOP')
  program.kill('SIGINT')
  program.kill('SIGTERM')
  program.kill('SIGCONT')
  const { code } = await program.ended
  assert.ok(code === 130 || code === 143, `it ended with ${code}`)
})

test('up ties relay, aggregator and dashboard together, in a folder of its owner', async (t) => {
  const state = join(await folder(t), 'state')
  const any = '127.0.0.1:0'
  const relay = ['--relay-listen', ANY_PORT, '--relay-http', any]
  const ports = ['--listen', ANY_PORT, '--http', any, ...relay]
  const program = run(t, ['up', ...ports], { STATE_DIRECTORY: state, XDG_STATE_HOME: '/nowhere' })
  const { http } = await program.logged('the aggregator listens')
  await program.logged('can be reached through the relay')
  assert.match(program.output.text, /<fil-heartbeat target="\/ip4\/\S+" relay="\/ip4\/\S+"/)
  const page = await fetch(`${http}/`)
  assert.match(await page.text(), /<script/)
  const modes = await Promise.all(
    ['', 'relay.key', 'aggregator.key'].map(
      async (name) => (await stat(join(state, name))).mode & 0o777
    )
  )
  assert.deepEqual(modes, [0o700, 0o600, 0o600])
  program.kill('SIGHUP')
  assert.equal((await program.ended).code, 0)
})

test('flags come before the environment, and that before the config file', async (t) => {
  const data = await folder(t)
  const config = join(data, 'config.json')
  const ports = { flag: await keptPort(), env: await keptPort(), file: await keptPort() }
  const at = (port: number): string => `/ip4/127.0.0.1/tcp/${port}/ws`
  await writeFile(
    config,
    JSON.stringify({ relay: { listen: [at(ports.file)], aggregator: ['any'], data } })
  )
  const env = { FIL_HEARTBEAT_RELAY_CONFIG: config }
  const fromFile = run(t, ['relay', '--no-http'], env)
  const both = { ...env, FIL_HEARTBEAT_RELAY_LISTEN: at(ports.env) }
  const fromEnv = run(t, ['relay', '--no-http'], both)
  const fromFlag = run(t, ['relay', '--no-http', '--listen', at(ports.flag)], both)
  const programs = [fromFile, fromEnv, fromFlag]
  const told = await Promise.all(programs.map((each) => each.logged('the relay listens')))
  const listened = told.map(({ addresses }) => (addresses as string[])[0]?.split('/')[4])
  assert.deepEqual(listened, [ports.file, ports.env, ports.flag].map(String))
})

test('what was typed wrong is named, and exits with 2', async (t) => {
  const data = await folder(t)
  const webhook = join(data, 'webhook')
  await writeFile(webhook, 'http://alerts.example')
  const beat = ['beat', '--rpc', 'http://127.0.0.1:1', '--target']
  const cases: Array<[string[], string]> = [
    [['aggregator', '--listen', 'x'], '--listen "x" is not a multiaddr'],
    [
      ['aggregator', '--listen', '/ip4/127.0.0.1/tcp/1'],
      '--listen "/ip4/127.0.0.1/tcp/1" is not like /ip4/0.0.0.0/tcp/4001/ws'
    ],
    [['aggregator', '--http', 'x'], '--http "x" is not like 127.0.0.1:4003'],
    [['aggregator', '--limit', 'nodes=0'], '--limit nodes "0" is not a whole number'],
    [['aggregator', '--http-token-file', '/nowhere/token'], '--http-token-file ENOENT'],
    [['relay'], '--aggregator is missing'],
    [['relay', '--aggregator', 'x'], '--aggregator "x" is not a peer id'],
    [[...beat, '/p2p/x'], '--target "/p2p/x" names no host'],
    [['aggregator', '--webhook-file', webhook], '--webhook-file is no https: URL'],
    [
      [...beat, `/p2p/${NOBODY}`, '--identity', '/dev/null/key'],
      '--identity cannot read /dev/null'
    ],
    [
      [...beat, `/dns4/a.example/tcp/443/wss/p2p/${NOBODY}`, '--alerts', `/p2p/${NOBODY}`],
      '--alerts leads to the aggregator of --target'
    ],
    [['check'], 'the address to check is missing'],
    [['check', 'x'], 'ADDRESS "x" is'],
    [['chekc'], 'chekc is not a command: is check meant?']
  ]
  for (const [args, message] of cases) {
    const hasData = ['aggregator', 'relay', 'beat'].includes(args[0] ?? '')
    const { code, errors } = await run(t, hasData ? [...args, '--data', data] : args).ended
    const complaint = errors.split('\n').find((line) => line.startsWith('fil-heartbeat: '))
    assert.ok(complaint?.startsWith(`fil-heartbeat: ${message.replace('"0"', '0')}`), errors)
    assert.equal(code, 2, errors)
  }
})

test('what fails is told in its own words without a stack, and exits with 1', async (t) => {
  const squatter = createServer().listen(0, '127.0.0.1')
  await once(squatter, 'listening')
  t.after(() => squatter.close())
  const { port } = squatter.address() as { port: number }
  const data = await folder(t)
  const args = ['relay', '--no-http', '--aggregator', 'any', '--data', data]
  const taken = ['--listen', `/ip4/127.0.0.1/tcp/${port}/ws`]
  const { code, errors } = await run(t, [...args, ...taken]).ended
  assert.equal(code, 1)
  assert.match(errors, /^fil-heartbeat: cannot listen on .*EADDRINUSE/m)
  assert.doesNotMatch(errors, /\n? +at /)
  const loud = await run(t, [...args, ...taken, '--log-level', 'debug']).ended
  assert.match(loud.errors, /"stack":".*\\n +at /)
  await writeFile(join(data, 'relay.key'), 'no key')
  const unreadable = await run(t, [...args, '--listen', ANY_PORT]).ended
  assert.equal(unreadable.code, 1)
  assert.match(unreadable.errors, /^fil-heartbeat: .*relay\.key holds no libp2p private key/m)
})

test('help and version are what was asked for, on standard output', async (t) => {
  const help = await run(t, ['check', '--help']).ended
  assert.deepEqual([help.code, help.errors], [0, ''])
  assert.match(help.output, /--routes NAMES/)
  const version = await run(t, ['--version']).ended
  assert.match(version.output, /^\d+\.\d+\.\d+$/)
})

test('check finds each way of a healthy operator in order, and puts nobody into the roster', async (t) => {
  const relay = await startRelay(t)
  const { address, api, program } = await startAggregator(t, { flags: ['--relay', relay.address] })
  await program.logged('can be reached through the relay')
  const { code, output } = await run(t, ['check', address, '--relay', relay.address, '--json'])
    .ended
  const rows = output.split('\n').map((line) => JSON.parse(line))
  assert.deepEqual(
    rows.map(({ way, works }) => [way, works]),
    [
      ['websocket', true],
      ['relayed', true],
      ['webrtc', true]
    ]
  )
  assert.equal(code, 0)
  assert.deepEqual(await rosterOf(api), [])
  const beat = await run(t, ['check', address, '--beat']).ended
  assert.equal(beat.code, 0, beat.output)
  const [node] = await rosterOf(api)
  assert.deepEqual([node?.nickname, node?.status], ['fil-heartbeat check', 'left'])
})

test('check says of a broken operator what fails, and at which layer', async (t) => {
  const listen = `/ip4/127.0.0.1/tcp/${await keptPort()}/ws`
  const relay = await startRelay(t, listen)
  const { address, peerId, api, program } = await startAggregator(t, {
    flags: ['--relay', relay.address]
  })
  await program.logged('can be reached through the relay')
  const problems = async (...args: string[]): Promise<string[]> => {
    const { code, output } = await run(t, ['check', ...args, '--json']).ended
    assert.equal(code, 1, output)
    return output.split('\n').map((line) => JSON.parse(line).problem)
  }
  const wrong = address.replace(peerId, NOBODY)
  const port = new URL(api).port
  assert.match((await problems(wrong))[0] ?? '', new RegExp(`^peer id: ${peerId} answers there`))
  const web = `/ip4/127.0.0.1/tcp/${port}/ws/p2p/${peerId}`
  assert.match((await problems(web))[0] ?? '', /^websocket: .*a web server, with status/)
  const mute = createServer((socket) => socket.on('error', () => {}).end('220 mail\r\n')).listen(
    0,
    '127.0.0.1'
  )
  await once(mute, 'listening')
  t.after(() => mute.close())
  const plain = `/ip4/127.0.0.1/tcp/${(mute.address() as { port: number }).port}/ws/p2p/${peerId}`
  assert.match((await problems(plain))[0] ?? '', /^websocket: .*speaks another protocol/)
  assert.match(
    (await problems(relay.address))[0] ?? '',
    /^protocol: it answers, but takes no heartbeats/
  )

  await program.stop()
  const [direct, ...circuits] = await problems(address, '--relay', relay.address)
  assert.match(direct ?? '', /^tcp: .*the connection is refused/)
  assert.equal(circuits.length, 2)
  for (const each of circuits) assert.match(each, /^relay: the aggregator has no reservation there/)

  await relay.program.stop()
  const dead = await problems(`/p2p/${peerId}`, '--relay', relay.address)
  assert.equal(dead.length, 2)
  for (const each of dead) assert.match(each, /^tcp: .*the connection is refused/)
})
