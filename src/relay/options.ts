import { DEFAULT_RELAY_HTTP_PORT, DEFAULT_RELAY_LISTEN } from '../constants.ts'
import { OptionError, refuseUnknown } from '../errors.ts'
import {
  type ClientLimits,
  checkAnnounce,
  checkClientLimits,
  checkHttpAddress,
  checkKeyFile,
  checkListen,
  checkNetworks,
  checkPeer,
  checkTexts,
  type Networks
} from '../net/server.ts'
import type { HttpAddress } from '../operator/index.ts'
import type { AllowedAggregators, RelayHttpOptions, RelayInit } from './index.ts'

/** A relay's options, checked and complete. */
export interface RelayOptions {
  readonly keyFile: string
  readonly listen: readonly string[]
  readonly announce: readonly string[] | undefined
  readonly mayReserve: (peerId: string) => boolean
  readonly http: HttpAddress | undefined
  readonly gate: { readonly proxies: Networks; readonly limits: Required<ClientLimits> }
}

const OPTIONS = [
  'keyFile',
  'listen',
  'announce',
  'aggregators',
  'http',
  'trustedProxies',
  'clientLimits'
]

/**
 * Checks what a relay is told.
 *
 * @throws {OptionError} with the words that were wrong
 */
export function checkInit(init: RelayInit): RelayOptions {
  refuseUnknown(init, OPTIONS)
  const { announce, aggregators = [] } = init
  const keyFile = checkKeyFile(init.keyFile)
  const listen = checkListen(init.listen ?? [DEFAULT_RELAY_LISTEN])
  if (listen.length === 0) {
    throw new OptionError('listen', 'is empty: a relay listens on one address at least')
  }
  return {
    keyFile,
    listen,
    announce: announce === undefined ? undefined : checkAnnounce(announce),
    mayReserve: checkAggregators(aggregators),
    http: init.http && checkHttp(init.http),
    gate: {
      proxies: checkNetworks(init.trustedProxies ?? [], 'trustedProxies'),
      limits: checkClientLimits(init.clientLimits)
    }
  }
}

function checkHttp(http: RelayHttpOptions): HttpAddress {
  refuseUnknown(http, ['host', 'port'], 'http.')
  const { host, port = DEFAULT_RELAY_HTTP_PORT } = http
  return checkHttpAddress(host, port)
}

function checkAggregators(aggregators: AllowedAggregators): (peerId: string) => boolean {
  if (aggregators === 'any') return () => true
  if (typeof aggregators === 'string') {
    throw new OptionError('aggregators', `"${aggregators}" is neither a list of peer ids nor "any"`)
  }
  const listed = new Set(
    checkTexts(aggregators, 'aggregators', (id) => checkPeer(id, 'aggregators'))
  )
  return (peerId) => listed.has(peerId)
}
