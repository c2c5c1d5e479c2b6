import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  DEFAULT_AGGREGATOR_LISTEN,
  DEFAULT_HTTP_PORT,
  DEFAULT_MAX_WEBRTC_CONNECTIONS,
  EPOCH_PERIOD,
  MAX_CLIENT_BURST,
  MAX_CLIENT_CONNECTIONS,
  MAX_CLIENTS_PER_SECOND
} from '../constants.ts'
import { OptionError } from '../errors.ts'
import type { AggregatorInit } from './index.ts'
import { checkInit } from './options.ts'

const PEER = '12D3KooWQCzTba1rKd2REvVE38a619rSQCMk8ebU7HLjjRXuSCsT'
const RELAY = `/dns4/relay.example/tcp/443/wss/p2p/${PEER}`

const TOKEN = 'a-secret-of-the-operator'

test('options have defaults, and HTTP stays on loopback', () => {
  const { gate, ...settings } = checkInit({ keyFile: 'key' })
  assert.deepEqual(gate.limits, {
    connections: MAX_CLIENT_CONNECTIONS,
    perSecond: MAX_CLIENTS_PER_SECOND,
    burst: MAX_CLIENT_BURST
  })
  assert.equal(gate.proxies.has('127.0.0.1'), false)
  assert.deepEqual(settings, {
    keyFile: 'key',
    listen: [DEFAULT_AGGREGATOR_LISTEN],
    announce: [],
    relays: [],
    maxWebRtcConnections: DEFAULT_MAX_WEBRTC_CONNECTIONS,
    webRtcPort: undefined,
    iceServers: [],
    http: { host: '127.0.0.1', port: DEFAULT_HTTP_PORT, token: undefined, hosts: [] },
    corsOrigins: [],
    dashboard: undefined,
    network: {
      genesis: undefined,
      epochPeriod: EPOCH_PERIOD,
      pace: undefined,
      references: [],
      watched: []
    },
    store: undefined,
    webhook: undefined,
    limitOptions: undefined,
    allow: undefined,
    deny: new Set()
  })
})

test('good options are taken as they are', () => {
  const settings = checkInit({
    keyFile: 'key',
    listen: ['/ip4/127.0.0.1/tcp/0/ws', '/ip6/::1/tcp/1/ws'],
    announce: ['/dns4/aggregator.example/tcp/443/wss'],
    relays: [RELAY],
    maxWebRtcConnections: 0,
    iceServers: [{ urls: 'stun:stun.example' }, { urls: ['turns:turn.example'] }],
    http: { host: '0.0.0.0', port: 0, token: TOKEN, hosts: ['heartbeat.example', '10.0.0.1'] },
    dashboard: 'dist/dashboard',
    corsOrigins: ['http://localhost:8080', 'https://wallet.example'],
    genesis: 'bafy2bzacecnamqgqmifpluoeldx7zzglxcljo6oja4vrmtj7432rphldpdmm2',
    pace: '1m',
    epochPeriod: '4s',
    references: ['http://127.0.0.1:1234/rpc/v1', 'https://node.example/?key=secret'],
    watched: [PEER, PEER]
  })
  assert.equal(settings.relays[0]?.toString(), RELAY)
  assert.equal(settings.network.pace, 60_000)
  assert.equal(settings.network.epochPeriod, 4_000)
  assert.deepEqual(settings.network.watched, [PEER])
  assert.deepEqual(settings.http, {
    host: '0.0.0.0',
    port: 0,
    token: TOKEN,
    hosts: ['heartbeat.example', '10.0.0.1']
  })
})

const urls = (count: number) => Array.from({ length: count }, (_, n) => `http://node${n}.example/`)

const WRONG: ReadonlyArray<readonly [option: string, given: object, words: string]> = [
  ['keyFile', { keyFile: '' }, '""'],
  ['keyFile', { keyFile: 7 }, '7'],
  ['colour', { colour: 'red' }, 'is not an option'],
  ['listen', { listen: ['nonsense'] }, '"nonsense"'],
  ['listen', { listen: ['/ip4/0.0.0.0/tcp/1'] }, '"/ip4/0.0.0.0/tcp/1"'],
  ['listen', { listen: '/ip4/0.0.0.0/tcp/1/ws' }, 'is not a list'],
  ['listen', { listen: [] }, 'nobody could reach it'],
  ['announce', { announce: ['here'] }, '"here"'],
  ['relays', { relays: [RELAY, 'x'] }, '"x"'],
  ['relays', { relays: ['/dns4/relay.example/tcp/443/wss'] }, '/p2p/<peer id>'],
  ['relays', { relays: [7] }, '7'],
  ['maxWebRtcConnections', { maxWebRtcConnections: -1 }, '-1'],
  ['maxWebRtcConnections', { maxWebRtcConnections: 1.5 }, '1.5'],
  ['iceServers', { iceServers: ['stun:x'] }, '"stun:x"'],
  ['iceServers', { iceServers: [{ urls: 'https://x' }] }, 'https://x'],
  ['iceServers', { iceServers: [null] }, 'null'],
  ['iceServers', { iceServers: [{ urls: [] }] }, '[]'],
  ['http', { http: 8080 }, '8080'],
  ['http.host', { http: { host: 'example.com' } }, '"example.com"'],
  ['http.host', { http: { host: '' } }, '""'],
  ['http.host', { http: { host: '0.0.0.0' } }, 'http.token is needed'],
  ['http.host', { http: { host: '::' } }, 'http.token is needed'],
  ['http.token', { http: { token: 'short' } }, '16 to 256'],
  ['http.token', { http: { token: 'with a space in it' } }, '16 to 256'],
  ['http.hosts', { http: { hosts: ['a.example:80'] } }, '"a.example:80"'],
  ['http.hosts', { http: { hosts: Array(33).fill('a') } }, '33 are more than 32'],
  ['dashboard', { dashboard: 7 }, '7'],
  ['http.port', { http: { port: 65_536 } }, '65536'],
  ['http.port', { http: { port: '80' } }, '"80"'],
  ['http.tls', { http: { tls: true } }, 'is not an option'],
  ['corsOrigins', { corsOrigins: ['*'] }, '"*"'],
  ['corsOrigins', { corsOrigins: ['https://wallet.example/'] }, '"https://wallet.example/"'],
  ['corsOrigins', { corsOrigins: ['null'] }, '"null"'],
  ['genesis', { genesis: 'here' }, '"here"'],
  ['genesis', { genesis: 7 }, '7'],
  ['references', { references: 'http://a' }, 'is not a list'],
  ['references', { references: ['here'] }, 'not a URL'],
  ['references', { references: ['ws://node.example/'] }, 'ws://node.example'],
  ['references', { references: ['https://me:secret@node.example'] }, 'node.example is given'],
  ['references', { references: urls(17) }, '17 are more than 16'],
  ['watched', { watched: ['me'] }, '"me"'],
  ['epochPeriod', { epochPeriod: '1ms' }, '"1ms"'],
  ['pace', { pace: 'slow' }, '"slow"'],
  ['pace', { pace: 0 }, '"0"'],
  ['pace', { pace: '11m' }, '"11m"']
]

for (const [option, given, words] of WRONG) {
  test(`refuses ${JSON.stringify(given)} and says what is wrong`, () => {
    const init = { keyFile: 'key', ...given } as AggregatorInit
    assert.throws(
      () => checkInit(init),
      (error) => {
        assert.ok(error instanceof OptionError)
        assert.equal(error.option, option)
        assert.ok(error.message.includes(words), error.message)
        return true
      }
    )
  })
}

test('WebRTC has one UDP port or any, and proxies and clients are named rightly', () => {
  const settings = checkInit({
    keyFile: 'key',
    webRtcPort: 4_005,
    trustedProxies: ['10.0.0.0/8'],
    clientLimits: { burst: 7 }
  })
  assert.equal(settings.webRtcPort, 4_005)
  assert.equal(settings.gate.proxies.has('10.9.9.9'), true)
  assert.equal(settings.gate.limits.burst, 7)
  const wrong: Array<[object, string]> = [
    [{ webRtcPort: 0 }, 'webRtcPort'],
    [{ webRtcPort: 65_536 }, 'webRtcPort'],
    [{ trustedProxies: ['proxy.example'] }, 'trustedProxies'],
    [{ clientLimits: { burst: 0 } }, 'clientLimits.burst']
  ]
  for (const [init, option] of wrong) {
    assert.throws(() => checkInit({ keyFile: 'key', ...init }), { name: 'OptionError', option })
  }
})
