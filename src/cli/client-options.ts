import type { ClientOptions } from '../client/index.ts'
import { EPOCH_PERIOD } from '../constants.ts'
import type { Chain } from '../timing/index.ts'
import { type Option, present, type Told } from './option.ts'

/** Servers for WebRTC, which aggregators and light clients can be told alike. */
export const ICE_SERVER_OPTION: Option = {
  name: 'ice-server',
  kind: 'list',
  value: 'URL',
  help:
    'a server of stun: or turn: for WebRTC; in a config file also an object of urls, username and ' +
    'credential',
  names: ['iceServers']
}

/** Where an aggregator is, and by which ways to go there: what `beat` and `check` can both be told. */
export const WAY_OPTIONS: readonly Option[] = [
  {
    name: 'relay',
    kind: 'list',
    value: 'MULTIADDR',
    help: 'a relay that leads to the aggregator, ending in its /p2p/<peer id>'
  },
  {
    name: 'routes',
    kind: 'text',
    value: 'NAMES',
    help: 'the ways that may be used, parted by commas',
    default: 'websocket,relayed,webrtc'
  },
  ICE_SERVER_OPTION
]

/** What a light client can be told besides. */
export const CLIENT_OPTIONS: readonly Option[] = [
  {
    name: 'target',
    kind: 'list',
    value: 'ADDRESS',
    help:
      'multiaddrs of the aggregator, each ending in its /p2p/<peer id>, or the URL of its discovery ' +
      'document'
  },
  ...WAY_OPTIONS,
  {
    name: 'rpc',
    kind: 'text',
    value: 'URL',
    help: 'the Lotus node whose head is reported: http:, https:, ws: or wss:'
  },
  { name: 'nickname', kind: 'text', value: 'TEXT', help: 'a name for the operator to see' },
  {
    name: 'miner-address',
    kind: 'text',
    value: 'ADDRESS',
    help: 'address of a miner, f0 or f2',
    names: ['minerAddress']
  },
  {
    name: 'period',
    kind: 'text',
    value: 'DURATION',
    help: 'how often to beat',
    default: '3s',
    names: ['beatPeriod']
  },
  {
    name: 'reconnect-period',
    kind: 'text',
    value: 'DURATION',
    help: 'first window of the back-off after a failure',
    default: '10s',
    names: ['reconnectPeriod']
  },
  {
    name: 'chain',
    kind: 'text',
    value: 'NAME',
    help: 'mainnet or calibration',
    default: 'mainnet'
  },
  {
    name: 'genesis-timestamp',
    kind: 'number',
    value: 'SECONDS',
    help: 'when another chain began, in Unix seconds'
  },
  { name: 'epoch', kind: 'number', value: 'MS', help: 'length of its epochs', default: '30000' }
]

/** The options of a light client, as its library takes them. */
export function clientOptions(told: Told): ClientOptions {
  return {
    target: told.list('target') ?? [],
    ...present({
      relay: told.list('relay'),
      routes: readRoutes(told),
      rpc: told.text('rpc'),
      nickname: told.text('nickname'),
      minerAddress: told.text('miner-address'),
      beatPeriod: told.text('period'),
      reconnectPeriod: told.text('reconnect-period'),
      iceServers: readIceServers(told),
      chain: readChain(told)
    })
  }
}

/** The ways that may be used; `undefined` where nobody said. */
export function readRoutes(told: Told): readonly string[] | undefined {
  return told
    .text('routes')
    ?.split(/[\s,]+/)
    .filter(Boolean)
}

/** Servers for WebRTC, of which a config file may hold whole objects. */
export function readIceServers(told: Told): RTCIceServer[] | undefined {
  return told
    .items('ice-server')
    ?.map((given) => (typeof given === 'string' ? { urls: given } : (given as RTCIceServer)))
}

function readChain(told: Told): NonNullable<ClientOptions['chain']> | undefined {
  const genesisTimestamp = told.number('genesis-timestamp')
  // What names no chain is refused where names are looked up.
  if (genesisTimestamp === undefined) return told.text('chain') as 'mainnet' | undefined
  return { genesisTimestamp, epochPeriod: told.number('epoch') ?? EPOCH_PERIOD } satisfies Chain
}
