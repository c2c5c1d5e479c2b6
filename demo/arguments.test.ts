import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { PORT_FLAGS, readArguments } from './arguments.ts'
import { DEFAULT_PORTS } from './constants.ts'

test('has a default for everything', () => {
  assert.deepEqual(readArguments([]), {
    help: false,
    ports: DEFAULT_PORTS,
    epochPeriod: 4_000,
    seed: 'devnet',
    nullRounds: 0,
    data: resolve('.data')
  })
})

test('reads every flag', () => {
  const ports = { page: 1, relay: 2, aggregator: 3, http: 4, chain: 5 }
  const flags = Object.entries(PORT_FLAGS).flatMap(([name, flag]) => [
    flag,
    String(ports[name as keyof typeof ports])
  ])
  const others = ['--epoch', '30s', '--seed=s', '--null-rounds', '0.1', '--data', '/d', '--help']
  assert.deepEqual(readArguments([...flags, ...others]), {
    help: true,
    ports,
    epochPeriod: 30_000,
    seed: 's',
    nullRounds: 0.1,
    data: '/d'
  })
  const { rpc } = readArguments(['--rpc', 'wss://node.test/rpc/v1'])
  assert.equal(rpc?.href, 'wss://node.test/rpc/v1')
})

test('lets several services take any port', () => {
  const { ports } = readArguments(['--port', '0', '--relay-port', '0'])
  assert.deepEqual([ports.page, ports.relay], [0, 0])
})

const BAD: ReadonlyArray<readonly [string, RegExp]> = [
  ['--prot 1', /^arguments: Unknown option '--prot'$/],
  ['now', /^arguments: Unexpected argument 'now'$/],
  ['--port', /^arguments: Option '--port <value>' argument missing$/],
  ['--port x', /^--port: "x" is not a port from 0 to 65535$/],
  ['--relay-port 65536', /^--relay-port: "65536" is not a port/],
  ['--http-port 1e3', /^--http-port: "1e3" is not a port/],
  ['--port 9 --http-port 9', /^--http-port: 9 is the port of --port too$/],
  ['--epoch soon', /^--epoch: "soon" is not a duration/],
  ['--epoch 1500ms', /^--epoch: "1500ms" is not in whole seconds$/],
  ['--epoch 500ms', /^--epoch: "500ms" is not between 1s and 1m$/],
  ['--null-rounds 1', /^--null-rounds: "1" is not a share/],
  ['--null-rounds many', /^--null-rounds: "many" is not a share/],
  ['--null-rounds=', /^--null-rounds: "" is not a share/],
  ['--rpc node', /^--rpc: not a URL such as/],
  ['--rpc ftp://node.test', /^--rpc: not a URL/],
  ['--rpc https://me:s3cret@node.test', /^--rpc: not a URL such as "https:\/\/api.node.glif.io/],
  ['--rpc http://node.test --epoch 4s', /^--epoch: is for the development chain/]
]

for (const [line, message] of BAD) {
  test(`refuses ${line}`, () => {
    const refuse = () => readArguments(line.split(' '))
    assert.throws(refuse, { name: 'OptionError', message })
  })
}
