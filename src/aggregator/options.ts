import type { Multiaddr } from '@multiformats/multiaddr'
import {
  DEFAULT_AGGREGATOR_LISTEN,
  DEFAULT_MAX_WEBRTC_CONNECTIONS,
  MAX_CONNECTIONS
} from '../constants.ts'
import { OptionError, refuseUnknown } from '../errors.ts'
import { targetPeerId } from '../net/index.ts'
import {
  type ClientLimits,
  checkAnnounce,
  checkClientLimits,
  checkKeyFile,
  checkListen,
  checkMultiaddr,
  checkNetworks,
  checkTexts,
  type Networks,
  quote
} from '../net/server.ts'
import { checkDashboard, checkHttp, type HttpSettings } from './http/http-options.ts'
import type { AggregatorInit } from './index.ts'
import { checkPeers, type LimitOptions } from './limit-options.ts'
import { checkStore, checkWebhook, MEMORY_OPTIONS } from './memory-options.ts'
import { checkNetwork, NETWORK_OPTIONS, type NetworkSettings } from './network-options.ts'
import type { StoreInit } from './store/index.ts'

/** An aggregator's options, checked and complete. */
export interface Settings {
  readonly keyFile: string
  readonly listen: readonly string[]
  readonly announce: readonly string[]
  readonly relays: readonly Multiaddr[]
  readonly maxWebRtcConnections: number
  readonly webRtcPort: number | undefined
  readonly gate: { readonly proxies: Networks; readonly limits: Required<ClientLimits> }
  readonly iceServers: RTCIceServer[]
  readonly http: HttpSettings
  readonly corsOrigins: readonly string[]
  readonly dashboard: string | undefined
  readonly network: NetworkSettings
  readonly store: StoreInit | undefined
  readonly limitOptions: LimitOptions | undefined
  /** Peers that alone may beat; everybody when absent. */
  readonly allow: ReadonlySet<string> | undefined
  /** Peers that may not. */
  readonly deny: ReadonlySet<string>
  readonly webhook: string | undefined
}

const OPTIONS = [
  'keyFile',
  'listen',
  'announce',
  'relays',
  'maxWebRtcConnections',
  'webRtcPort',
  'trustedProxies',
  'clientLimits',
  'iceServers',
  'http',
  'corsOrigins',
  'dashboard',
  ...NETWORK_OPTIONS,
  ...MEMORY_OPTIONS,
  'limits',
  'allow',
  'deny'
]

/** @throws {OptionError} naming the option and the words in it that are wrong */
export function checkInit(init: AggregatorInit): Settings {
  refuseUnknown(init, OPTIONS)
  const { http = {} } = init
  const keyFile = checkKeyFile(init.keyFile)
  const listen = checkListen(init.listen ?? [DEFAULT_AGGREGATOR_LISTEN])
  const relays = checkTexts(init.relays ?? [], 'relays', checkRelay)
  if (listen.length === 0 && relays.length === 0) {
    throw new OptionError('listen', 'is empty, and there are no relays: nobody could reach it')
  }
  return {
    keyFile,
    listen,
    relays,
    announce: checkAnnounce(init.announce ?? []),
    maxWebRtcConnections: checkInteger(
      init.maxWebRtcConnections ?? DEFAULT_MAX_WEBRTC_CONNECTIONS,
      'maxWebRtcConnections',
      MAX_CONNECTIONS
    ),
    webRtcPort: checkUdpPort(init.webRtcPort),
    gate: {
      proxies: checkNetworks(init.trustedProxies ?? [], 'trustedProxies'),
      limits: checkClientLimits(init.clientLimits)
    },
    iceServers: checkIceServers(init.iceServers ?? []),
    http: checkHttp(http),
    corsOrigins: checkTexts(init.corsOrigins ?? [], 'corsOrigins', checkOrigin),
    dashboard: checkDashboard(init.dashboard),
    network: checkNetwork(init),
    store: checkStore(init.store),
    limitOptions: init.limits,
    allow: checkPeers(init.allow, 'allow'),
    deny: checkPeers(init.deny, 'deny') ?? new Set(),
    webhook: checkWebhook(init.webhook)
  }
}

function checkRelay(text: string): Multiaddr {
  const address = checkMultiaddr(text, 'relays')
  if (targetPeerId(address) !== undefined) return address
  throw new OptionError('relays', `"${text}" does not end in /p2p/<peer id>`)
}

function checkOrigin(text: string): string {
  if (URL.canParse(text) && new URL(text).origin === text) return text
  throw new OptionError(
    'corsOrigins',
    `"${text}" is not an origin such as https://wallet.example, with no path and no final slash`
  )
}

function checkIceServers(servers: readonly unknown[]): RTCIceServer[] {
  if (!Array.isArray(servers)) {
    throw new OptionError('iceServers', `${quote(servers)} is not a list`)
  }
  for (const server of servers) {
    const urls: unknown[] = [server?.urls].flat()
    const isGood = urls.every((url) => typeof url === 'string' && /^(stuns?|turns?):./.test(url))
    if (urls.length > 0 && isGood) continue
    throw new OptionError('iceServers', `${quote(server)} has no urls of stun: or turn:`)
  }
  return [...servers]
}

function checkUdpPort(given: unknown): number | undefined {
  if (given === undefined) return undefined
  if (given !== 0) return checkInteger(given, 'webRtcPort', 65_535)
  throw new OptionError('webRtcPort', '0 is no port: leave it out to use any')
}

function checkInteger(given: unknown, option: string, max: number): number {
  if (typeof given === 'number' && Number.isInteger(given) && given >= 0 && given <= max) {
    return given
  }
  throw new OptionError(option, `${quote(given)} is not a whole number from 0 to ${max}`)
}
