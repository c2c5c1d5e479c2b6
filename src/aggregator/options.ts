import { isIP } from 'node:net'
import type { Multiaddr } from '@multiformats/multiaddr'
import {
  DEFAULT_AGGREGATOR_LISTEN,
  DEFAULT_HTTP_PORT,
  DEFAULT_MAX_WEBRTC_CONNECTIONS,
  MAX_CONNECTIONS
} from '../constants.ts'
import { OptionError, refuseUnknown } from '../errors.ts'
import { targetPeerId } from '../net/index.ts'
import {
  checkAnnounce,
  checkKeyFile,
  checkListen,
  checkMultiaddr,
  checkTexts,
  quote
} from '../net/server.ts'
import type { HttpAddress } from './http/http-server.ts'
import type { AggregatorInit } from './index.ts'
import { checkNetwork, NETWORK_OPTIONS, type NetworkSettings } from './network-options.ts'

/** An aggregator's options, checked and complete. */
export interface Settings {
  readonly keyFile: string
  readonly listen: readonly string[]
  readonly announce: readonly string[]
  readonly relays: readonly Multiaddr[]
  readonly maxWebRtcConnections: number
  readonly iceServers: RTCIceServer[]
  readonly http: HttpAddress
  readonly corsOrigins: readonly string[]
  readonly network: NetworkSettings
}

const OPTIONS = [
  'keyFile',
  'listen',
  'announce',
  'relays',
  'maxWebRtcConnections',
  'iceServers',
  'http',
  'corsOrigins',
  ...NETWORK_OPTIONS
]
const HTTP_OPTIONS = ['host', 'port']

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
    iceServers: checkIceServers(init.iceServers ?? []),
    http: checkHttp(http),
    corsOrigins: checkTexts(init.corsOrigins ?? [], 'corsOrigins', checkOrigin),
    network: checkNetwork(init)
  }
}

function checkHttp(http: NonNullable<AggregatorInit['http']>): HttpAddress {
  if (typeof http !== 'object' || http === null) {
    throw new OptionError('http', `${quote(http)} is not an object of host and port`)
  }
  refuseUnknown(http, HTTP_OPTIONS, 'http.')
  const { host = '127.0.0.1', port = DEFAULT_HTTP_PORT } = http
  if (typeof host !== 'string' || (isIP(host) === 0 && host !== 'localhost')) {
    throw new OptionError('http.host', `${quote(host)} is neither an IP address nor "localhost"`)
  }
  return { host, port: checkInteger(port, 'http.port', 65_535) }
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

function checkInteger(given: unknown, option: string, max: number): number {
  if (typeof given === 'number' && Number.isInteger(given) && given >= 0 && given <= max) {
    return given
  }
  throw new OptionError(option, `${quote(given)} is not a whole number from 0 to ${max}`)
}
