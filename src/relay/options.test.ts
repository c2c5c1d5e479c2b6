import assert from 'node:assert/strict'
import { test } from 'node:test'
import { peerIdFromString } from '@libp2p/peer-id'
import { DEFAULT_RELAY_HTTP_PORT, DEFAULT_RELAY_LISTEN } from '../constants.ts'
import type { RelayInit } from './index.ts'
import { checkInit } from './options.ts'

const keyFile = '/nowhere/relay.key'
const PEER = '12D3KooWKgCRWSMaay3wT8EaPpPnbaHxsQN1B1yc7Az6trUvcU3D'
const OTHER = '12D3KooWP5GXuXFDCgStMagXwB1K4P1Px2ZYQDFyp7ZDFdrjvWDR'

test('what is not said has its default, and nobody may reserve', () => {
  const options = checkInit({ keyFile })
  assert.deepEqual(options.listen, [DEFAULT_RELAY_LISTEN])
  assert.equal(options.announce, undefined)
  assert.equal(options.mayReserve(PEER), false)
})

test('listed aggregators may reserve, and no others', () => {
  const { mayReserve } = checkInit({ keyFile, aggregators: [PEER] })
  assert.equal(mayReserve(PEER), true)
  assert.equal(mayReserve(OTHER), false)
})

test('a listed aggregator is known by either spelling of its peer id', () => {
  const asCid = peerIdFromString(PEER).toCID().toString()
  assert.notEqual(asCid, PEER)
  assert.equal(checkInit({ keyFile, aggregators: [asCid] }).mayReserve(PEER), true)
})

test('anybody may reserve when that is said in so many words', () => {
  assert.equal(checkInit({ keyFile, aggregators: 'any' }).mayReserve(OTHER), true)
})

const wrong: [title: string, init: Record<string, unknown>, option: string, words: RegExp][] = [
  ['an unknown option', { port: 1 }, 'port', /not an option; there are keyFile, /],
  ['an empty key file', { keyFile: '' }, 'keyFile', /"" is not the path/],
  ['no listen address at all', { listen: [] }, 'listen', /one address at least/],
  ['plain TCP', { listen: ['/ip4/0.0.0.0/tcp/1'] }, 'listen', /"\/ip4\/0\.0\.0\.0\/tcp\/1"/],
  ['an announced address of no WebSocket', { announce: ['/dns4/a.b/tcp/1'] }, 'announce', /a\.b/],
  ['a bad peer id', { aggregators: [PEER, 'QmNot'] }, 'aggregators', /"QmNot" is not a peer id/],
  ['an empty peer id', { aggregators: [''] }, 'aggregators', /"" is not a peer id/],
  ['one peer id that is no list', { aggregators: PEER }, 'aggregators', /neither a list .* nor/],
  ['an aggregator that is no text', { aggregators: [7] }, 'aggregators', /7 is not text/]
]

for (const [title, init, option, words] of wrong) {
  test(`refuses ${title}`, () => {
    assert.throws(() => checkInit({ keyFile, ...init } as unknown as RelayInit), {
      name: 'OptionError',
      option,
      message: words
    })
  })
}

test('announced addresses are kept as they were given', () => {
  const announce = ['/dns4/relay.example/tcp/443/wss', '/dns6/relay.example/tcp/80/ws']
  assert.deepEqual(checkInit({ keyFile, announce }).announce, announce)
})

test('HTTP is answered on loopback when it is asked for, and nowhere else unasked', () => {
  assert.equal(checkInit({ keyFile }).http, undefined)
  assert.deepEqual(checkInit({ keyFile, http: {} }).http, {
    host: '127.0.0.1',
    port: DEFAULT_RELAY_HTTP_PORT
  })
  const wrong: RelayInit[] = [
    { keyFile, http: { host: 'relay.example' } },
    { keyFile, http: { port: 65_536 } },
    { keyFile, http: { prot: 1 } as object },
    { keyFile, trustedProxies: ['x'] },
    { keyFile, clientLimits: { connections: 0 } }
  ]
  for (const init of wrong) assert.throws(() => checkInit(init), { name: 'OptionError' })
})
