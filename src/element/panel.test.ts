import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClientOptions } from '../client/index.ts'
import { drawOffer } from './offer.ts'
import type { PanelHost } from './panel-host.ts'
import { ENGLISH, textOf } from './words.kit.test.ts'

const PEER = '12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5'
const CID = 'bafy2bzacecnamqgqmifpluoeldx7zzglxcljo6oja4vrmtj7432rphldpdmm2'

Object.assign(globalThis, {
  document: { baseURI: 'https://wallet.example/', visibilityState: 'visible' }
})

/** What a user reads before consent. */
function offer(options: ClientOptions, more: Partial<PanelHost> = {}): string {
  const host: PanelHost = {
    state: { phase: 'idle' },
    view: { verdict: 'unknown', checkedAt: 0 },
    head: undefined,
    lastBeat: undefined,
    sharesTabs: undefined,
    consented: false,
    problem: undefined,
    looks: {},
    options,
    choose() {},
    retry() {},
    requestUpdate() {},
    ...more
  }
  return textOf(drawOffer(host, ENGLISH))
}

test('names the server before consent', () => {
  const said = offer({ target: `/dns4/agg.example/tcp/443/wss/p2p/${PEER}` })
  assert.match(said, /Goes to agg\.example/)
  assert.match(offer({ target: `/p2p/${PEER}` }), /Goes to server …yKSUKPH5/)
})

test('names the host of a list of addresses, and says that it may name relays', () => {
  const said = offer({ target: `https://agg.example:8443/heartbeat.json#${PEER}` })
  assert.match(said, /Goes to agg\.example:8443 /)
  assert.match(said, /By way of relays that a list at that host may name/)
  const other = offer({ target: `/dns4/agg.example/tcp/443/wss/p2p/${PEER}` })
  assert.doesNotMatch(other, /may name/)
})

test('names a relay in the server’s own address as a way, and every host of the server', () => {
  const said = offer({
    target: `/dns4/relay.example/tcp/443/wss/p2p/${PEER}/p2p-circuit/p2p/${PEER} /dns4/a.example/tcp/443/wss/p2p/${PEER} /dns6/b.example/tcp/443/wss/p2p/${PEER}`
  })
  assert.match(said, /Goes to a\.example, b\.example By way of relay\.example /)
})

test('names every field that is sent, with the value that it would have', () => {
  const said = offer(
    { target: `/p2p/${PEER}`, chain: 'calibration', nickname: 'Ann', beatPeriod: '10s' },
    {
      head: {
        cids: [CID, CID],
        height: 5_123_456n,
        settled: { height: 5_123_446n, cids: [CID] }
      }
    }
  )
  for (const fact of [
    'Epoch 5,123,456',
    'Block ids bafy2b…dpdmm2 and 1 more',
    'An earlier epoch, to compare 5,123,446',
    'Chain Calibration',
    'Name Ann',
    'Identity random, new each session',
    'This tab in view',
    'Next report due 10s',
    'Time of the last answer none yet'
  ]) {
    assert.ok(said.includes(fact), `${fact}: ${said}`)
  }
  assert.doesNotMatch(said, /Miner/)
})

test('names the operator, how long it keeps what it gets, and its policy', () => {
  const target = `/dns4/agg.example/tcp/443/wss/p2p/${PEER}`
  const said = offer(
    { target },
    {
      looks: {
        operatorName: 'Fathom',
        retentionDays: 7,
        privacyUrl: 'https://fathom.example/privacy'
      }
    }
  )
  assert.match(said, /Goes to Fathom, at agg\.example/)
  assert.match(said, /Kept for 7 days Privacy policy/)
  assert.match(offer({ target }), /Kept for the operator does not say/)
})

test('leads to no policy that would run as script', () => {
  const said = offer({ target: `/p2p/${PEER}` }, { looks: { privacyUrl: 'javascript:alert(1)' } })
  assert.doesNotMatch(said, /Privacy policy/)
})
