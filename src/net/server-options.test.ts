import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { checkAnnounce, checkKeyFile, checkListen } from './server-options.ts'

const PEER = '12D3KooWKgCRWSMaay3wT8EaPpPnbaHxsQN1B1yc7Az6trUvcU3D'

type Case = readonly [title: string, given: unknown, words: RegExp]

const WRONG: Record<string, { check: (given: unknown) => unknown; cases: readonly Case[] }> = {
  keyFile: {
    check: checkKeyFile,
    cases: [
      ['an empty path', '', /"" is not the path/],
      ['a path that is no text', 7, /7 is not the path/],
      ['none at all', undefined, /undefined is not the path/]
    ]
  },
  listen: {
    check: checkListen,
    cases: [
      ['a text that is no list', '/ip4/0.0.0.0/tcp/1/ws', /is not a list/],
      ['what is no text', [7], /7 is not text/],
      ['what is no multiaddr', ['0.0.0.0:1'], /"0\.0\.0\.0:1" is not a multiaddr/],
      ['plain TCP', ['/ip4/0.0.0.0/tcp/1'], /"\/ip4\/0\.0\.0\.0\/tcp\/1"/],
      ['TLS, which is the proxy’s', ['/ip4/0.0.0.0/tcp/1/wss'], /tcp\/1/],
      ['a name instead of an address', ['/dns4/relay.example/tcp/1/ws'], /relay\.example/],
      ['an address with a peer', [`/ip4/0.0.0.0/tcp/1/ws/p2p/${PEER}`], /p2p/]
    ]
  },
  announce: {
    check: checkAnnounce,
    cases: [
      ['a text that is no list', '/dns4/a.b/tcp/1/ws', /is not a list/],
      ['what is no multiaddr', ['relay.example'], /"relay\.example"/],
      ['what is no WebSocket', ['/dns4/a.b/tcp/1'], /a\.b/],
      ['a circuit', [`/dns4/a.b/tcp/1/wss/p2p/${PEER}/p2p-circuit`], /p2p-circuit/]
    ]
  }
}

for (const [option, { check, cases }] of Object.entries(WRONG)) {
  describe(option, () => {
    for (const [title, given, message] of cases) {
      test(`refuses ${title}`, () => {
        assert.throws(() => check(given), { name: 'OptionError', option, message })
      })
    }
  })
}

test('good addresses are kept as they were given', () => {
  const listen = ['/ip4/127.0.0.1/tcp/0/ws', '/ip6/::1/tcp/1/ws']
  assert.deepEqual(checkListen(listen), listen)
  const announce = ['/dns4/relay.example/tcp/443/wss', '/dns6/relay.example/tcp/80/ws']
  assert.deepEqual(checkAnnounce(announce), announce)
})
