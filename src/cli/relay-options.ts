import { join } from 'node:path'
import { DEFAULT_RELAY_HTTP_PORT, DEFAULT_RELAY_LISTEN } from '../constants.ts'
import type { RelayInit } from '../relay/index.ts'
import { CLIENT_LIMIT_OPTIONS } from './client-limit-options.ts'
import { type Option, present, type Told } from './option.ts'
import { readHostPort, readPairs } from './usage.ts'

/** What a relay can be told besides whom it serves. */
export const RELAY_OPTIONS: readonly Option[] = [
  {
    name: 'listen',
    kind: 'list',
    value: 'MULTIADDR',
    help: 'where to listen for wallets and aggregators, over WebSocket',
    default: DEFAULT_RELAY_LISTEN
  },
  {
    name: 'announce',
    kind: 'list',
    value: 'MULTIADDR',
    help: 'what to tell others instead, where a proxy with TLS stands in front'
  },
  {
    name: 'http',
    kind: 'text',
    value: 'HOST:PORT',
    help: 'where to answer /livez, /readyz and /metrics, to whoever reaches it',
    default: `127.0.0.1:${DEFAULT_RELAY_HTTP_PORT}`,
    names: ['http.host', 'http.port']
  },
  { name: 'no-http', kind: 'switch', help: 'answer no HTTP' },
  ...CLIENT_LIMIT_OPTIONS
]

/**
 * Puts together what a relay is told.
 *
 * @param folder of its key
 * @param prefix of its options, where a command has others of the same name
 */
export function relayInit(
  told: Told,
  folder: string,
  aggregators: RelayInit['aggregators'],
  prefix = ''
): RelayInit {
  return {
    keyFile: join(folder, 'relay.key'),
    ...present({
      listen: told.list(`${prefix}listen`),
      announce: told.list(`${prefix}announce`),
      aggregators,
      trustedProxies: told.list(`${prefix}trusted-proxy`),
      clientLimits: readPairs(told, `${prefix}client-limit`)
    }),
    ...(!told.isOn(`${prefix}no-http`) && { http: readHostPort(told, `${prefix}http`) ?? {} })
  }
}
