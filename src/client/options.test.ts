import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findCandidates } from './addresses.ts'
import { type ClientOptions, checkOptions } from './options.ts'

const PEER = '12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5'
const RELAY_PEER = '12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq'
const direct = `/dns4/agg.example/tcp/443/wss/p2p/${PEER}`
const relay = `/dns4/relay.example/tcp/443/wss/p2p/${RELAY_PEER}`
const bare = `/p2p/${PEER}`

const refusals: [string, object, RegExp][] = [
  ['no target', { target: undefined }, /^target: is missing/],
  ['an empty target', { target: '  ' }, /^target: is missing/],
  [
    'a target without a peer id',
    { target: '/dns4/agg.example/tcp/443/wss' },
    /^target: "\/dns4\/agg\.example\/tcp\/443\/wss" is not a multiaddr that ends in \/p2p\//
  ],
  ['a relay without a peer id', { relay: '/dns4/r/tcp/1/ws' }, /^relay: "\/dns4\/r\/tcp\/1\/ws"/],
  ['one bad relay among good ones', { relay: `${relay} nonsense` }, /^relay: "nonsense"/],
  ['a bad duration', { beatPeriod: '3 parsecs' }, /^beatPeriod: "3 parsecs" is not a duration/],
  ['a bad back-off', { reconnectPeriod: '-1s' }, /^reconnectPeriod: "-1s"/],
  ['a nickname that is too long', { nickname: 'n'.repeat(65) }, /^nickname: .* has 65 characters/],
  [
    'a route that does not exist',
    { routes: 'websocket carrier-pigeon' },
    /^routes: "carrier-pigeon" is not one of websocket, relayed, webrtc/
  ],
  [
    'an rpc that is no URL',
    { rpc: 'localhost:1234/rpc' },
    /^rpc: "localhost:1234\/rpc" is not a URL/
  ],
  [
    'a chain that does not exist',
    { chain: 'testnet' },
    /^chain: "testnet" is not one of mainnet, calibration/
  ],
  [
    'a chain without its genesis',
    { chain: { epochPeriod: 30_000 } },
    /^chain: has no genesisTimestamp/
  ],
  [
    'an isolation that does not exist',
    { isolation: 'fraem', frameUrl: '/frame.html' },
    /^isolation: "fraem" is not one of page, frame/
  ],
  ['an empty isolation', { isolation: '' }, /^isolation: "" is not one of page, frame/],
  ['an isolation of null', { isolation: null }, /^isolation: "null" is not one of page, frame/],
  [
    'a frame that is nowhere',
    { isolation: 'frame' },
    /^frameUrl: is missing: where is frame\.html/
  ],
  ['an empty frameUrl', { isolation: 'frame', frameUrl: '' }, /^frameUrl: is missing/],
  ['a frameUrl without isolation', { frameUrl: '/frame.html' }, /^isolation: is missing/],
  [
    'a frame without a document',
    { isolation: 'frame', frameUrl: 'https://wallet.example/frame.html' },
    /^isolation: "frame" needs a document/
  ],
  ['an unknown option', { minerAdress: 'f01' }, /^minerAdress: is not an option/],
  [
    "a person's f1 address",
    { minerAddress: 'f1abjxfbp274xpdqcpuaykwkfb43omjotacm2p3za' },
    /^minerAddress: /
  ],
  [
    "a person's f3 address",
    {
      minerAddress:
        'f3vvmn62lofvhjd2ugzca6sof2j2ubwok6cj4xxbfzz4yuxfkgobpihhd2thlanmsh3w2ptld2gqkn2jvlss4a'
    },
    /^minerAddress: /
  ],
  [
    "a person's f4 address",
    { minerAddress: 'f410fkkld55ioe7qg24wvt7fu6pbknb56ht7pt4zamxa' },
    /^minerAddress: /
  ]
]

for (const [title, wrong, message] of refusals) {
  test(`refuses ${title}, with the words that are wrong`, () => {
    const options = { target: direct, ...wrong } as ClientOptions
    assert.throws(() => checkOptions(options), { name: 'OptionError', message })
  })
}

test('reads lists as text or as arrays, and fills in the rest', () => {
  const fromText = checkOptions({ target: ` ${bare}\n`, relay: `${relay}  ${relay}` })
  const fromArrays = checkOptions({ target: [bare], relay: [relay, relay] })
  assert.deepEqual(fromText, fromArrays)
  assert.deepEqual(fromText.routes, ['websocket', 'relayed', 'webrtc'])
  assert.equal(fromText.beatPeriod, 30_000)
  assert.equal(fromText.reconnectPeriod, 10_000)
  assert.equal(fromText.chain.genesisTimestamp, 1_598_306_400)
  assert.deepEqual(fromText.iceServers, [])
  assert.deepEqual(structuredClone(fromText), fromText)
})

test("lets a miner's id address through", () => {
  assert.equal(checkOptions({ target: direct, minerAddress: 'f01000' }).minerAddress, 'f01000')
})

test('runs in the page unless it is told otherwise, wherever a frame may be', () => {
  assert.equal(checkOptions({ target: direct }).frameUrl, undefined)
  const inPage = { target: direct, isolation: 'page', frameUrl: '/frame.html' } as const
  assert.equal(checkOptions(inPage).frameUrl, undefined)
})

test('finds the frame from where the document is, over http and https alone', (t) => {
  Object.assign(globalThis, { document: { baseURI: 'https://wallet.example/app/' } })
  t.after(() => Reflect.deleteProperty(globalThis, 'document'))
  const check = (frameUrl: string) => checkOptions({ target: direct, isolation: 'frame', frameUrl })
  assert.equal(check('frame.html').frameUrl, 'https://wallet.example/app/frame.html')
  assert.equal(check('/frame.html').frameUrl, 'https://wallet.example/frame.html')
  assert.equal(check('http://127.0.0.1:1/f').frameUrl, 'http://127.0.0.1:1/f')
  for (const wrong of ['javascript:0', 'data:text/html,x', 'blob:https://a/b', 'https://']) {
    assert.throws(() => check(wrong), {
      name: 'OptionError',
      message: /^frameUrl: ".*" is not a URL/
    })
  }
})

const ways = ['websocket', 'relayed', 'webrtc'] as const
const shown = (...args: Parameters<typeof findCandidates>): string[] =>
  findCandidates(...args).candidates.map(({ way, address }) => `${way} ${address}`)

test('puts direct addresses first, then a circuit through each relay', () => {
  assert.deepEqual(shown([direct], [relay], ways), [
    `websocket ${direct}`,
    `relayed ${relay}/p2p-circuit/p2p/${PEER}`
  ])
})

test('reaches a bare peer id through a relay', () => {
  const addresses = findCandidates([bare], [relay], ways)
  assert.equal(addresses.via, 'relay.example')
  assert.equal(addresses.peerId, PEER)
  assert.deepEqual(shown([bare], [relay], ways), [`relayed ${relay}/p2p-circuit/p2p/${PEER}`])
})

test('takes a circuit apart that was given whole, webrtc or not', () => {
  for (const part of ['', '/webrtc']) {
    const whole = `${relay}/p2p-circuit${part}/p2p/${PEER}`
    assert.deepEqual(shown([whole], [], ways), [`relayed ${relay}/p2p-circuit/p2p/${PEER}`])
  }
})

test('uses only the routes that are allowed', () => {
  assert.deepEqual(shown([direct], [relay], ['websocket']), [`websocket ${direct}`])
  assert.deepEqual(shown([direct], [relay], ['webrtc']), [
    `relayed ${relay}/p2p-circuit/p2p/${PEER}`
  ])
})

test('says so when nothing leads to the target', () => {
  assert.throws(
    () => findCandidates([bare], [], ways),
    /^OptionError: target: .* names no host: it needs a relay/
  )
  assert.throws(() => findCandidates([direct], [relay], []), /^OptionError: routes: /)
  assert.throws(() => findCandidates([bare], [relay], ['websocket']), /leaves no way/)
})

test('tries no way twice', () => {
  const whole = `${relay}/p2p-circuit/p2p/${PEER}`
  const circuits = [`relayed ${whole}`]
  assert.deepEqual(
    shown([whole, whole.replace('/p2p-circuit', '/p2p-circuit/webrtc')], [relay], ways),
    circuits
  )
})

test('refuses addresses that a page cannot dial', () => {
  for (const address of [
    `/ip4/1.2.3.4/tcp/4001/p2p/${PEER}`,
    `/ip4/1.2.3.4/udp/4001/webrtc-direct/p2p/${PEER}`,
    `/dnsaddr/agg.example/p2p/${PEER}`
  ]) {
    assert.throws(
      () => findCandidates([address], [relay], ways),
      /neither a WebSocket's address nor/
    )
  }
})

test('refuses a multiaddr that only looks like one', () => {
  assert.throws(() => findCandidates([`/dns4/x/tcp/seven/ws/p2p/${PEER}`], [], ways), {
    name: 'OptionError',
    message: /is not a multiaddr/
  })
})
