import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type HeartbeatInit, heartbeat, type TargetInit } from './index.ts'
import { checkInit } from './options.ts'

const PEER = '12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5'
const OTHER = '12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq'
const beatTarget = `/ip4/127.0.0.1/tcp/1/ws/p2p/${PEER}`
const head = () => ({ cids: [], height: 1n })

const refusals: [string, object, RegExp][] = [
  [
    'a target without a peer id',
    { beatTarget: '/ip4/127.0.0.1/tcp/1/ws' },
    /beatTarget: "\/ip4\/127\.0\.0\.1\/tcp\/1\/ws" does not end in \/p2p\//
  ],
  [
    'a target that is no multiaddr',
    { beatTarget: 'wss://host' },
    /beatTarget: "wss:\/\/host" is not a multiaddr/
  ],
  ['no target', { beatTarget: undefined }, /beatTarget: is missing/],
  ['an empty list of targets', { beatTarget: [] }, /beatTarget: names no address/],
  [
    'addresses of two peers in one target',
    { beatTarget: [beatTarget, `/p2p/${OTHER}`] },
    /different peers/
  ],
  ['a bad duration', { beatPeriod: '3 sec' }, /beatPeriod: "3 sec" is not a duration/],
  ['a period that is too short', { beatPeriod: 1 }, /beatPeriod: "1" is not between 50ms and 10m/],
  ['a bad reconnect period', { reconnectPeriod: 'soon' }, /reconnectPeriod: "soon"/],
  [
    'a nickname that is too long',
    { nickname: 'x'.repeat(65) },
    /nickname: "x+" has 65 characters; at most 64/
  ],
  ['a nickname that is no text', { nickname: 7 }, /nickname: is not text/],
  ['an unknown option', { beatperiod: 3 }, /beatperiod: is not an option; there are beatTarget,/],
  ['a head that is none', { head: 7 }, /head: is neither a head source nor a function/],
  [
    'a miner address that is none',
    { minerAddress: 7 },
    /minerAddress: is neither text nor a function but number/
  ],
  [
    'an unknown option of a further target',
    { furtherTargets: [{ beatTarget, nickname: 'x' }] },
    /furtherTargets\.nickname: is not an option/
  ],
  [
    'a bad further target',
    { furtherTargets: [{ beatTarget: '/ip4/1.2.3.4' }] },
    /"\/ip4\/1\.2\.3\.4" does not end/
  ]
]

for (const [title, wrong, message] of refusals) {
  test(`refuses ${title}, where it is given`, () => {
    const init = { beatTarget, head, ...wrong } as HeartbeatInit
    assert.throws(() => heartbeat(init), { name: 'OptionError', message })
  })
}

test("takes go-filecoin's periods when none are given", () => {
  const [target] = checkInit({ beatTarget, head })
  assert.equal(target?.beatPeriod, 3_000)
  assert.equal(target?.reconnectPeriod, 10_000)
  assert.equal(target?.peerId, PEER)
})

test('gives every target its own periods', () => {
  const furtherTargets: TargetInit[] = [
    { beatTarget: `/p2p/${OTHER}`, beatPeriod: '10s', reconnectPeriod: '1m30s' }
  ]
  const [, second] = checkInit({ beatTarget, beatPeriod: 500, head, furtherTargets })
  assert.equal(second?.beatPeriod, 10_000)
  assert.equal(second?.reconnectPeriod, 90_000)
  assert.equal(second?.peerId, OTHER)
})

test('counts the characters of a nickname as people do', () => {
  assert.doesNotThrow(() => checkInit({ beatTarget, head, nickname: '🚀'.repeat(64) }))
})
