import { MAX_CLIENT_BURST, MAX_CLIENT_CONNECTIONS, MAX_CLIENTS_PER_SECOND } from '../constants.ts'
import type { Option } from './option.ts'

/** What servers can be told about the addresses that wallets come from. */
export const CLIENT_LIMIT_OPTIONS: readonly Option[] = [
  {
    name: 'trusted-proxy',
    kind: 'list',
    value: 'CIDR',
    help: 'a proxy, by address or network, whose X-Forwarded-For is believed',
    names: ['trustedProxies']
  },
  {
    name: 'client-limit',
    kind: 'list',
    value: 'NAME=NUMBER',
    help: 'what one IP address or IPv6 /64 may take; this machine and trusted proxies are exempt',
    default: [
      `connections=${MAX_CLIENT_CONNECTIONS}`,
      `perSecond=${MAX_CLIENTS_PER_SECOND}`,
      `burst=${MAX_CLIENT_BURST}`
    ].join(', '),
    names: ['clientLimits.']
  }
]
