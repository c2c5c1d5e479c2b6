// What the built command line is told, and how it complains: real processes.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { ANY_PORT, folder, NOBODY, run } from './kit/cli-programs.ts'
import { keptPort } from './kit/kept-port.ts'

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
