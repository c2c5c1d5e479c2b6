import { peerIdFromString } from '@libp2p/peer-id'
import { DEFAULT_RELAY_LISTEN } from '../constants.ts'
import { OptionError, refuseUnknown } from '../errors.ts'
import { checkAnnounce, checkKeyFile, checkListen, checkTexts } from '../net/server.ts'
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
    mayReserve: checkAggregators(aggregators)
  }
}

function checkAggregators(aggregators: AllowedAggregators): (peerId: string) => boolean {
  if (aggregators === 'any') return () => true
  if (typeof aggregators === 'string') {
    throw new OptionError('aggregators', `"${aggregators}" is neither a list of peer ids nor "any"`)
  }
  const listed = new Set(
    checkTexts(aggregators, 'aggregators', (id) => {
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
