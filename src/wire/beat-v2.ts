import {
  ETH_HASH_BYTES,
  MAX_MINER_ADDRESS_BYTES,
  MAX_NEXT_PERIOD,
  MAX_NICKNAME_CODE_POINTS,
  SESSION_BYTES
} from '../constants.ts'
import { MalformedError, OptionError } from '../errors.ts'
import { checkHeight, checkWhole } from './checks.ts'
import {
  bytes,
  cid,
  flag,
  height,
  linkTo,
  Members,
  present,
  type Read,
  readMessage,
  text,
  tipsetKey,
  whole,
  writeMessage
} from './members.ts'
import type { Beat, SettledTipset } from './messages.ts'
import { isCid, sortCids } from './tipset.ts'

/**
 * Writes a beat as one message of `/fil/heartbeat/2.0.0`, its length included.
 *
 * @throws {OptionError} when a member is out of its bounds, or a reader would refuse the message
 *   for its length
 */
export function encodeBeat(beat: Beat): Uint8Array {
  const { seq, session, next, page, rtt, settled, ethHash } = beat
  const { genesis, nickname, minerAddress } = beat
  checkWhole('seq', seq, 1, Number.MAX_SAFE_INTEGER)
  checkWhole('next', next, 1, MAX_NEXT_PERIOD)
  if (rtt !== undefined) checkWhole('rtt', rtt, 0, MAX_NEXT_PERIOD)
  checkHeight('height', beat.height)
  checkBytes('session', session, SESSION_BYTES)
  if (ethHash !== undefined) checkBytes('ethHash', ethHash, ETH_HASH_BYTES)
  if (settled !== undefined) checkHeight('settled.height', settled.height)
  if (genesis !== undefined && !isCid(genesis)) {
    throw new OptionError('genesis', `"${genesis}" is not a CID`)
  }
  if (page !== undefined && !PAGES.includes(page)) {
    throw new OptionError('page', `"${page}" is not one of ${PAGES.join(', ')}`)
  }
  checkLength('nickname', Array.from(nickname).length, MAX_NICKNAME_CODE_POINTS)
  checkLength('minerAddress', encoder.encode(minerAddress).length, MAX_MINER_ADDRESS_BYTES)
  return writeMessage('beat', {
    Seq: seq,
    Session: session,
    Head: linksTo(beat.head),
    Height: beat.height,
    Next: next,
    Stale: beat.stale || undefined,
    Genesis: genesis === undefined ? undefined : linkTo(genesis),
    Nickname: nickname || undefined,
    MinerAddress: minerAddress || undefined,
    Page: page,
    Rtt: rtt,
    Settled: settled && { Height: settled.height, Head: linksTo(settled.head) },
    EthHash: ethHash
  })
}

/**
 * Reads a beat from one message of `/fil/heartbeat/2.0.0`, without its length. Heads come sorted,
 * and every CID in its usual text.
 *
 * @throws {MalformedError} when the message is no beat; nothing else
 */
export function decodeBeat(message: Uint8Array): Beat {
  const members = new Members(readMessage(message))
  return {
    seq: members.required('Seq', 'seq', whole(1, Number.MAX_SAFE_INTEGER)),
    session: members.required('Session', 'session', bytes(SESSION_BYTES)),
    head: members.required('Head', 'head', tipsetKey),
    height: members.required('Height', 'height', height),
    next: members.required('Next', 'next', whole(1, MAX_NEXT_PERIOD)),
    nickname: members.optional('Nickname', 'nickname', text) ?? '',
    minerAddress: members.optional('MinerAddress', 'miner-address', minerText) ?? '',
    ...present({
      stale: members.optional('Stale', 'stale', flag) || undefined,
      genesis: members.optional('Genesis', 'genesis', cid),
      page: members.optional('Page', 'page', pageText),
      rtt: members.optional('Rtt', 'rtt', whole(0, MAX_NEXT_PERIOD)),
      settled: members.optional('Settled', 'settled', settledTipset),
      ethHash: members.optional('EthHash', 'eth-hash', bytes(ETH_HASH_BYTES))
    })
  }
}

const PAGES = ['visible', 'hidden', 'leaving'] as const
const encoder = new TextEncoder()

/** A word that a later version may say is as good as none. */
const pageText: Read<Beat['page']> = (value, wrong) => {
  const word = text(value, wrong)
  return PAGES.find((page) => page === word)
}

const minerText: Read<string> = (value, wrong) => {
  const address = text(value, wrong)
  if (encoder.encode(address).length <= MAX_MINER_ADDRESS_BYTES) return address
  throw wrong(`is longer than ${MAX_MINER_ADDRESS_BYTES} bytes`)
}

const settledTipset: Read<SettledTipset> = (value) => {
  if (!(value instanceof Map)) throw new MalformedError('settled', 'Settled is not a map')
  const members = new Members(value)
  return {
    height: members.required('Height', 'settled', height),
    head: members.required('Head', 'settled', tipsetKey)
  }
}

function linksTo(cids: readonly string[]) {
  return sortCids(cids).map(linkTo)
}

function checkBytes(option: string, { length }: Uint8Array, expected: number): void {
  if (length !== expected) throw new OptionError(option, `${length} bytes are not ${expected}`)
}

function checkLength(option: string, length: number, max: number): void {
  if (length > max) throw new OptionError(option, `a length of ${length} is more than ${max}`)
}
