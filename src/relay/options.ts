import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { DEFAULT_RELAY_LISTEN } from '../constants.ts'
import { OptionError, refuseUnknown } from '../errors.ts'
import type { AllowedAggregators, RelayInit } from './index.ts'

/** A relay's options, checked and complete. */
export interface RelayOptions {
  readonly keyFile: string
  readonly listen: readonly string[]
  readonly announce: readonly string[] | undefined
  readonly mayReserve: (peerId: string) => boolean
}

const OPTIONS = ['keyFile', 'listen', 'announce', 'aggregators']

/**
 * Checks what a relay is told.
 *
 * @throws {OptionError} with the words that were wrong
 */
export function checkInit(init: RelayInit): RelayOptions {
  refuseUnknown(init, OPTIONS)
  const { keyFile, listen = [DEFAULT_RELAY_LISTEN], announce, aggregators = [] } = init
  if (typeof keyFile !== 'string' || keyFile === '') {
    throw new OptionError('keyFile', `"${keyFile}" is not the path of a file`)
  }
  if (texts('listen', listen).length === 0) {
    throw new OptionError('listen', 'a relay listens on one address at least')
  }
  for (const address of listen) checkListen(address)
  if (announce !== undefined) for (const each of texts('announce', announce)) checkAnnounce(each)
  return { keyFile, listen, announce, mayReserve: checkAggregators(aggregators) }
}

function texts(option: string, list: unknown): readonly string[] {
  if (Array.isArray(list) && list.every((each) => typeof each === 'string')) return list
  throw new OptionError(option, `${JSON.stringify(list)} is not a list of texts`)
}

function protocolsOf(option: string, address: string): string[] {
  try {
    return multiaddr(address)
      .getComponents()
      .map(({ name }) => name)
  } catch (cause) {
    throw new OptionError(option, `"${address}" is not a multiaddr`, { cause })
  }
}

function checkListen(address: string): void {
  const [host, transport, last, ...rest] = protocolsOf('listen', address)
  if (/^ip[46]$/.test(`${host}`) && transport === 'tcp' && last === 'ws' && rest.length === 0)
    return
  throw new OptionError('listen', `"${address}" is not like /ip4/0.0.0.0/tcp/4001/ws`)
}

function checkAnnounce(address: string): void {
  const protocols = protocolsOf('announce', address)
  const isWebSocket = protocols.some((each) => each === 'ws' || each === 'wss')
  if (isWebSocket && !protocols.includes('p2p-circuit')) return
  throw new OptionError(
    'announce',
    `"${address}" is not the address of a WebSocket, such as /dns4/relay.example/tcp/443/wss`
  )
}

function checkAggregators(aggregators: AllowedAggregators): (peerId: string) => boolean {
  if (aggregators === 'any') return () => true
  if (typeof aggregators === 'string') {
    throw new OptionError('aggregators', `"${aggregators}" is neither a list of peer ids nor "any"`)
  }
  const listed = new Set(
    texts('aggregators', aggregators).map((id) => {
      try {
        // A peer id has two spellings; the one that connections report is asked for later.
        return peerIdFromString(id).toString()
      } catch (cause) {
        throw new OptionError('aggregators', `"${id}" is not a peer id`, { cause })
      }
    })
  )
  return (peerId) => listed.has(peerId)
}
