import { MAX_CID_CHARACTERS, MAX_HEAD_CIDS, MAX_HEIGHT } from '../constants.ts'
import { HeadError } from '../errors.ts'
import type { Head, Tipset } from './index.ts'

/** A tipset as a wallet may give it: the height may also be a number. */
export interface GivenTipset extends Omit<Tipset, 'height'> {
  readonly height: bigint | number
}

/** A head as a wallet may give it: heights may also be numbers. */
export interface GivenHead extends Omit<Head, 'height' | 'settled'> {
  readonly height: bigint | number
  readonly settled?: GivenTipset
}

/**
 * Makes sure that a value from outside is a head, and copies it.
 *
 * @param source what gave the value, for the message
 * @throws {HeadError} naming the part that is wrong
 */
export function checkHead(value: unknown, source: string): Head {
  const fail = (problem: string): never => {
    throw new HeadError(source, problem)
  }
  if (typeof value !== 'object' || value === null) return fail('the head is not an object')
  const { timestamp, genesis, settled } = value as Record<string, unknown>
  const { cids, height } = checkTipset(value, 'head', fail)
  const time = Number.isFinite(timestamp) && Number(timestamp) >= 0
  if (timestamp !== undefined && !time) fail('head.timestamp is not a number of Unix seconds')
  if (genesis !== undefined && !isCidText(genesis)) fail('head.genesis is not the text of a CID')
  return {
    cids,
    height,
    ...(typeof timestamp === 'number' && { timestamp }),
    ...(typeof genesis === 'string' && { genesis }),
    ...(settled !== undefined && { settled: checkTipset(settled, 'head.settled', fail) })
  }
}

function checkTipset(value: unknown, name: string, fail: (problem: string) => never): Tipset {
  if (typeof value !== 'object' || value === null) return fail(`${name} is not an object`)
  const { cids, height } = value as Record<string, unknown>
  if (!Array.isArray(cids)) return fail(`${name}.cids is not an array`)
  if (cids.length > MAX_HEAD_CIDS) fail(`${name}.cids has more than ${MAX_HEAD_CIDS} entries`)
  const wrong = cids.findIndex((cid) => !isCidText(cid))
  if (wrong !== -1) fail(`${name}.cids[${wrong}] is not the text of a CID`)
  const epoch = readHeight(height)
  if (epoch === undefined) fail(`${name}.height is not an epoch: a bigint or whole number ≥ 0`)
  return { cids: [...cids], height: epoch }
}

function isCidText(cid: unknown): boolean {
  return typeof cid === 'string' && cid.length > 0 && cid.length <= MAX_CID_CHARACTERS
}

function readHeight(height: unknown): bigint | undefined {
  const exact = Number.isSafeInteger(height) ? BigInt(height as number) : height
  return typeof exact === 'bigint' && exact >= 0n && exact <= MAX_HEIGHT ? exact : undefined
}
