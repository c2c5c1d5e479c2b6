// What a wallet's page writes, with nothing but the package installed.

import {
  createHeartbeatClient,
  type HeadSource,
  heartbeat,
  lotusHttpHead,
  MAINNET
} from 'fil-heartbeat'
import type {} from 'fil-heartbeat/define'
import { addLanguage, FilHeartbeatElement, type FilHeartbeatEvents } from 'fil-heartbeat/element'

const element = document.createElement('fil-heartbeat')
element.target = ['/dns4/heartbeat.example/tcp/443/wss/p2p/12D3KooW']
element.chain = MAINNET
element.relay = undefined
element.variant = 'card'
element.isolation = 'frame'
element.messages = { 'label-off': 'Network health: off' }
addLanguage('de', async () => ({ epochs: { one: '{count} Epoche', other: '{count} Epochen' } }))
element.addEventListener('fil-heartbeat-consent', ({ detail }) => detail.consented)
element.head = { cids: ['bafy2bzace'], height: 5_123_456n }
element.addEventListener('fil-heartbeat-view', ({ detail }) => detail.verdict === 'other-chain')
element.addEventListener('click', () => {})
const same: FilHeartbeatElement = new FilHeartbeatElement()
const told: FilHeartbeatEvents['fil-heartbeat-beat']['detail']['bytes'] = new Uint8Array()

// @ts-expect-error no such property
element.targt = ''
// @ts-expect-error consent cannot be left out
void element.start({})
// @ts-expect-error what is read cannot be set
element.state = { phase: 'idle' }
// @ts-expect-error no such variant
element.variant = 'cart'
// @ts-expect-error no such message
element.messages = { 'label-of': '' }
// @ts-expect-error no such chain
element.chain = 'testnet'

const head: HeadSource = lotusHttpHead('http://127.0.0.1:1234/rpc/v1')
const client = createHeartbeatClient({ target: '/p2p/12D3KooW', beatPeriod: '30s' })
const service = heartbeat({ beatTarget: '/p2p/12D3KooW', head })

// @ts-expect-error no such option
createHeartbeatClient({ target: '', nicknam: '' })

export { client, same, service, told }
