import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OptionError } from '../errors.ts'
import type { Option, OptionValue } from './option.ts'
import { Told } from './option.ts'
import { naming, readHostPort, readPairs } from './usage.ts'

const OPTIONS: readonly Option[] = [
  { name: 'relay', kind: 'list', value: 'MULTIADDR', help: '', names: ['relays'] },
  { name: 'limit', kind: 'list', value: 'NAME=NUMBER', help: '', names: ['limits.'] },
  { name: 'webhook-file', kind: 'text', value: 'FILE', help: '', names: ['webhook'] },
  { name: 'webhook', kind: 'text', isSecret: true, help: '' }
]

function told(values: Record<string, OptionValue>, origin = '--'): Told {
  const given = Object.entries(values).map(
    ([name, value]) => [name, { value, origin: `${origin}${name}` }] as const
  )
  return new Told(new Map(given))
}

test('an option that is wrong is named as it was given', async () => {
  const fail = (option: string) => () => {
    throw new OptionError(option, '"x" is wrong')
  }
  const named = (option: string, message: string, of = told({})) =>
    assert.rejects(naming(OPTIONS, of, fail(option)), { name: 'UsageError', message })
  await named('relays', '--relay "x" is wrong')
  await named('relays', 'up.relay "x" is wrong', told({ relay: ['x'] }, 'up.'))
  await named('limits.nodes', '--limit nodes "x" is wrong')
  await named('webhook', '--webhook-file "x" is wrong', told({ 'webhook-file': '/file' }))
  await named('webhook', 'env.webhook "x" is wrong', told({ webhook: 'x' }, 'env.'))
  await assert.rejects(naming(OPTIONS, told({}), fail('keyFile')), { name: 'OptionError' })
  assert.equal(await naming(OPTIONS, told({}), () => 7), 7)
})

test('HOST:PORT may be of IPv6, and nothing else', () => {
  assert.equal(readHostPort(told({}), 'http'), undefined)
  assert.deepEqual(readHostPort(told({ http: '127.0.0.1:0' }), 'http'), {
    host: '127.0.0.1',
    port: 0
  })
  assert.deepEqual(readHostPort(told({ http: '[::1]:80' }), 'http'), { host: '::1', port: 80 })
  for (const http of ['x', ':80', '::1:80', '127.0.0.1:65536', '127.0.0.1:']) {
    assert.throws(() => readHostPort(told({ http }), 'http'), {
      name: 'UsageError',
      message: `--http "${http}" is not like 127.0.0.1:4003`
    })
  }
})

test('limits are numbers or durations by their names', () => {
  assert.equal(readPairs(told({}), 'limit'), undefined)
  const limit = ['nodes=5', 'grace=30s']
  assert.deepEqual(readPairs(told({ limit }), 'limit'), { nodes: 5, grace: '30s' })
  assert.throws(() => readPairs(told({ limit: ['nodes'] }), 'limit'), {
    message: '--limit "nodes" is not like NAME=5000'
  })
})
