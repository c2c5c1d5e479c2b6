import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Command } from './command.ts'
import { readOptions, type Sources } from './read-options.ts'

const COMMAND: Command = {
  name: 'relay',
  summary: 'Does something',
  options: [
    { name: 'listen', kind: 'list', value: 'MULTIADDR', help: 'where' },
    { name: 'nickname', kind: 'text', value: 'TEXT', help: 'who' },
    { name: 'max', kind: 'number', value: 'COUNT', help: 'how many' },
    { name: 'no-store', kind: 'switch', help: 'not' },
    { name: 'webhook', kind: 'text', isSecret: true, help: 'a secret' },
    { name: 'config', kind: 'text', value: 'FILE', help: 'a file' }
  ],
  examples: [],
  run: async () => 0
}

function read(args: readonly string[], { env = {}, config = {} }: Record<string, object> = {}) {
  const sources: Sources = {
    args,
    env: env as NodeJS.ProcessEnv,
    readFile: () => JSON.stringify(config)
  }
  return readOptions(COMMAND, sources).told
}

const refuses = (message: RegExp, ...given: Parameters<typeof read>): void =>
  assert.throws(() => read(...given), { name: 'UsageError', message })

test('flags come before the environment, and that before the file', () => {
  const env = { FIL_HEARTBEAT_RELAY_NICKNAME: 'env', FIL_HEARTBEAT_RELAY_MAX: '2' }
  const config = { relay: { nickname: 'file', max: 3, listen: ['file'] } }
  const told = read(['--nickname', 'flag', '--config', 'c.json'], { env, config })
  assert.deepEqual(
    [told.text('nickname'), told.number('max'), told.list('listen')],
    ['flag', 2, ['file']]
  )
  const origins = ['nickname', 'max', 'listen'].map((name) => told.origin(name))
  assert.deepEqual(origins, ['--nickname', 'FIL_HEARTBEAT_RELAY_MAX', 'relay.listen in c.json'])
})

test('lists are repeated flags, words between commas, or arrays', () => {
  assert.deepEqual(read(['--listen', 'a', '--listen=b']).list('listen'), ['a', 'b'])
  const env = { FIL_HEARTBEAT_RELAY_LISTEN: 'a, b,' }
  assert.deepEqual(read([], { env }).list('listen'), ['a', 'b'])
  assert.equal(read([]).list('listen'), undefined)
})

test('text stays as it was typed, also where it looks like a number', () => {
  assert.equal(read(['--nickname', '007']).text('nickname'), '007')
  assert.equal(read(['--nickname', '1e3']).text('nickname'), '1e3')
})

test('switches are on by their flag alone, and by true and 1 elsewhere', () => {
  assert.equal(read(['--no-store']).isOn('no-store'), true)
  assert.equal(read([], { env: { FIL_HEARTBEAT_RELAY_NO_STORE: '1' } }).isOn('no-store'), true)
  assert.equal(read([], { env: { FIL_HEARTBEAT_RELAY_NO_STORE: 'false' } }).isOn('no-store'), false)
  refuses(/NO_STORE "yes" is neither true nor false/, [], {
    env: { FIL_HEARTBEAT_RELAY_NO_STORE: 'yes' }
  })
})

test('names that nobody knows are refused with the nearest right one', () => {
  refuses(/^--listne is not an option: is --listen meant\?$/, ['--listne', 'x'])
  refuses(
    /^relay\.nikname in c\.json is not an option: is nickname meant\?$/,
    ['--config=c.json'],
    {
      config: { relay: { nikname: 'x' } }
    }
  )
  refuses(/^realy in c\.json is not a command: is relay meant\?$/, ['--config=c.json'], {
    config: { realy: {} }
  })
  refuses(/^--qwertyuiop is not an option$/, ['--qwertyuiop'])
})

test('the word behind the flags is told under the name that help gives it', () => {
  const sources: Sources = { args: ['--max', '1', 'x'], env: {}, readFile: () => '' }
  const { told } = readOptions({ ...COMMAND, operand: 'ADDRESS' }, sources)
  assert.deepEqual([told.text('ADDRESS'), told.origin('ADDRESS')], ['x', 'ADDRESS'])
})

test('what orchestrators put beside the variables of the program is let be', () => {
  const env = { FIL_HEARTBEAT_RELAY_SERVICE_HOST: '10.0.0.1' }
  assert.equal(read([], { env }).text('nickname'), undefined)
})

test('secrets have no flag', () => {
  refuses(/^--webhook is not an option/, ['--webhook', 'https://x.example'])
  const env = { FIL_HEARTBEAT_RELAY_WEBHOOK: 'https://x.example' }
  assert.equal(read([], { env }).text('webhook'), 'https://x.example')
})

test('says what is wrong with a value, and where it was given', () => {
  refuses(/^--max "many" is not a whole number$/, ['--max', 'many'])
  refuses(/^--nickname is given more than once$/, ['--nickname', 'a', '--nickname', 'b'])
  refuses(/^--listen needs a value, as in --listen MULTIADDR$/, ['--listen'])
  refuses(/^--no-store is a switch, and takes no value$/, ['--no-store=1'])
  refuses(/^"surplus" is one word too many$/, ['surplus'])
  refuses(/^relay\.nickname in c\.json is not text$/, ['--config=c.json'], {
    config: { relay: { nickname: 7 } }
  })
  refuses(/^relay in c\.json is not an object of options$/, ['--config=c.json'], {
    config: { relay: [] }
  })
})
