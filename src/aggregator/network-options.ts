import {
  EPOCH_PERIOD,
  MAX_NEXT_PERIOD,
  MAX_PERIOD,
  MAX_REFERENCES,
  MAX_WATCHED,
  MIN_PERIOD
} from '../constants.ts'
import { OptionError } from '../errors.ts'
import { lotusTipsets } from '../head/index.ts'
import { checkPeer, checkTexts, quote } from '../net/server.ts'
import { type Duration, parseDuration } from '../timing/index.ts'
import { isCid } from '../wire/index.ts'
import type { AggregatorInit } from './index.ts'

/** What an aggregator is told of the network that it watches, checked and complete. */
export interface NetworkSettings {
  readonly genesis: string | undefined
  /** In ms. */
  readonly epochPeriod: number
  /** In ms. */
  readonly pace: number | undefined
  readonly references: readonly string[]
  readonly watched: readonly string[]
}

/** Their names. */
export const NETWORK_OPTIONS = ['genesis', 'epochPeriod', 'pace', 'references', 'watched']

/** @throws {OptionError} naming the option and the words in it that are wrong */
export function checkNetwork(init: AggregatorInit): NetworkSettings {
  const { genesis, epochPeriod = EPOCH_PERIOD, pace, references = [], watched = [] } = init
  return {
    genesis: checkGenesis(genesis),
    epochPeriod: checkPeriod(epochPeriod, 'epochPeriod', MAX_PERIOD),
    pace: pace === undefined ? undefined : checkPeriod(pace, 'pace', MAX_NEXT_PERIOD),
    references: checkList(references, 'references', MAX_REFERENCES, checkReference),
    watched: checkList(watched, 'watched', MAX_WATCHED, (text) => checkPeer(text, 'watched'))
  }
}

function checkGenesis(given: unknown): string | undefined {
  if (given === undefined || (typeof given === 'string' && isCid(given))) return given
  throw new OptionError('genesis', `${quote(given)} is not a CID`)
}

function checkPeriod(given: Duration, option: string, max: number): number {
  return Math.round(parseDuration(given, option, { min: MIN_PERIOD, max }))
}

/** A list without what stands in it twice. @throws {OptionError} when it has more than `max` entries */
export function checkList(
  given: unknown,
  option: string,
  max: number,
  check: (text: string) => string
): string[] {
  const checked = [...new Set(checkTexts(given, option, check))]
  if (checked.length <= max) return checked
  throw new OptionError(option, `${checked.length} are more than ${max}`)
}

// Its message shows the host alone, since the rest of a node's address may hold a key.
function checkReference(text: string): string {
  try {
    lotusTipsets(text)
    return text
  } catch (cause) {
    if (!(cause instanceof OptionError)) throw cause
    throw new OptionError('references', cause.message.replace(/^url: /, ''), { cause })
  }
}
