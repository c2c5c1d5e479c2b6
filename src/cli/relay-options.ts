import { join } from 'node:path'
import { DEFAULT_RELAY_LISTEN } from '../constants.ts'
import type { RelayInit } from '../relay/index.ts'
import { type Option, present, type Told } from './option.ts'

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
  }
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
      aggregators
    })
  }
}
