import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { MAX_DISCOVERED_ADDRESSES, MAX_DISCOVERY_BYTES } from '../constants.ts'
import { DiscoveryError } from '../errors.ts'
import { type Discovery, readDiscovery } from './discovery.ts'

const PEER = '12D3KooWGzxzKZYveHXtpG6AsrUJBcWxHBFS2HsEoGTxrMLvKXtf'
const GENESIS = 'bafy2bzacecnamqgqmifpluoeldx7zzglxcljo6oja4vrmtj7432rphldpdmm2'
const GOOD: Discovery = {
  peer: PEER,
  multiaddrs: ['/dns4/agg.example/tcp/443/wss', `/ip4/192.0.2.1/tcp/4002/ws/p2p/${PEER}`],
  relays: [`/dns4/relay.example/tcp/443/wss/http-path/x%2Fy/p2p/${PEER}`],
  genesis: GENESIS,
  protocols: ['/fil/heartbeat/2.0.0', 'fil/heartbeat/1.0.0']
}
const read = (part: Record<string, unknown>): Discovery =>
  readDiscovery(JSON.stringify({ ...GOOD, ...part }))

describe('readDiscovery', () => {
  test('reads a document, with a genesis or without one', () => {
    assert.deepEqual(read({}), GOOD)
    const { genesis: _, ...bare } = GOOD
    assert.deepEqual(readDiscovery(JSON.stringify(bare)), bare)
  })

  test('reads empty lists', () => {
    const empty = { multiaddrs: [], relays: [], protocols: [] }
    assert.deepEqual(read(empty), { ...GOOD, ...empty })
  })

  test('passes over keys that it does not know, and lets none reach an object', () => {
    const text = JSON.stringify({ ...GOOD, later: [{ a: 1 }] })
    const found = readDiscovery(text.replace('{', '{"__proto__":{"polluted":1},'))
    assert.deepEqual(found, GOOD)
    assert.equal(Object.getPrototypeOf(found), Object.prototype)
    assert.equal('polluted' in {}, false)
    const { peer: _, ...rest } = GOOD
    const inherited = JSON.stringify(rest).replace('{', `{"__proto__":{"peer":"${PEER}"},`)
    assert.throws(() => readDiscovery(inherited), /has no peer/)
  })

  const BAD: ReadonlyArray<readonly [Record<string, unknown>, RegExp]> = [
    [{ peer: undefined }, /has no peer$/],
    [{ peer: 1 }, /peer is not a peer id$/],
    [{ peer: '' }, /peer is not a peer id$/],
    [{ peer: `/p2p/${PEER}` }, /peer is not a peer id$/],
    [{ peer: 'x'.repeat(129) }, /peer is not a peer id$/],
    [{ multiaddrs: undefined }, /has no multiaddrs$/],
    [{ multiaddrs: '/ip4/1.2.3.4' }, /multiaddrs is not a list of at most 32$/],
    [
      { multiaddrs: Array(MAX_DISCOVERED_ADDRESSES + 1).fill('/ip4/1') },
      /is not a list of at most/
    ],
    [{ multiaddrs: ['/ip4/1.2.3.4', 7] }, /multiaddrs\[1\] is not a multiaddr$/],
    [{ multiaddrs: ['https://agg.example'] }, /multiaddrs\[0\] is not a multiaddr$/],
    [{ multiaddrs: ['/ip4/1.2.3.4\n'] }, /multiaddrs\[0\] is not a multiaddr$/],
    [{ multiaddrs: ['/ip4/<b>\u202e'] }, /multiaddrs\[0\] is not a multiaddr$/],
    [{ multiaddrs: [`/dns4/${'x'.repeat(1_024)}`] }, /multiaddrs\[0\] is not a multiaddr$/],
    [{ relays: undefined }, /has no relays$/],
    [{ relays: {} }, /relays is not a list/],
    [{ relays: ['/ip4/1.2.3.4/tcp/1/ws'] }, /relays\[0\] is not a multiaddr that ends in \/p2p\//],
    [{ genesis: null }, /genesis is not a CID$/],
    [{ genesis: { '/': GENESIS } }, /genesis is not a CID$/],
    [{ protocols: undefined }, /has no protocols$/],
    [{ protocols: [''] }, /protocols\[0\] is not a protocol id$/],
    [{ protocols: [null] }, /protocols\[0\] is not a protocol id$/]
  ]
  for (const [part, message] of BAD) {
    test(`refuses ${JSON.stringify(part).slice(0, 60)}, and names it`, () => {
      assert.throws(() => read(part), { name: 'DiscoveryError', message })
    })
  }

  test('refuses what is no JSON object', () => {
    assert.throws(() => readDiscovery('<html>'), {
      name: 'DiscoveryError',
      message: /is not JSON$/
    })
    for (const text of ['null', '[]', '7', '"x"']) {
      assert.throws(() => readDiscovery(text), /DiscoveryError: .* is not a JSON object$/)
    }
  })

  test('takes a document of just the largest size, counted in bytes', () => {
    const text = JSON.stringify(GOOD)
    const room = MAX_DISCOVERY_BYTES - text.length
    assert.deepEqual(readDiscovery(text + ' '.repeat(room)), GOOD)
    assert.throws(() => readDiscovery(text + ' '.repeat(room + 1)), /is longer than 16384 bytes/)
    assert.throws(() => readDiscovery(`"${'é'.repeat(8_192)}"`), /is longer than 16384 bytes/)
  })

  test('throws nothing but its own error', () => {
    const values = fc.record(
      Object.fromEntries(Object.keys(GOOD).map((key) => [key, fc.jsonValue()])),
      { requiredKeys: [] }
    )
    const texts = fc.oneof(
      fc.string(),
      fc.json(),
      values.map((value) => JSON.stringify(value))
    )
    fc.assert(
      fc.property(texts, (text) => {
        try {
          readDiscovery(text)
        } catch (error) {
          assert.ok(error instanceof DiscoveryError)
        }
      })
    )
  })
})
