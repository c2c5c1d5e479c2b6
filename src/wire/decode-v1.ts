import { MAX_HEIGHT, MAX_LINE_BYTES, MAX_MINER_ADDRESS_BYTES } from '../constants.ts'
import { MalformedError, type MalformedReason } from '../errors.ts'
import type { Heartbeat } from './heartbeat.ts'
import { isCid, parseTipset } from './tipset.ts'

/**
 * Reads one line of `fil/heartbeat/1.0.0`, with or without its newline, in every form that
 * go-filecoin wrote from March 2019 to 2020, and as strictly as Go's `encoding/json` does.
 *
 * @throws {MalformedError} when the line is no heartbeat; nothing else
 */
export function decodeV1(line: Uint8Array): Heartbeat {
  let head: string[] | undefined
  let height: bigint | undefined
  let nickname = ''
  let minerAddress = ''
  let genesis: string | undefined
  for (const [key, value] of members(readObject(line))) {
    const field = FIELDS.find((each) => each.test(key))
    if (field === GENESIS) genesis = readGenesis(value)
    // To Go a null changes nothing, but for a CID, which it clears.
    else if (value === 'null') continue
    else if (field === HEAD) head = readHead(value)
    else if (field === HEIGHT) height = readHeight(value)
    else if (field === NICKNAME) nickname = readText(value, 'nickname')
    else if (field === MINER_ADDRESS) minerAddress = readMinerAddress(value)
  }
  if (head === undefined) throw new MalformedError('head', 'is missing')
  if (height === undefined) throw new MalformedError('height', 'is missing')
  return { head, height, nickname, minerAddress, ...(genesis === undefined ? {} : { genesis }) }
}

/** The error of a line of more bytes than that. */
export function tooLong(max = MAX_LINE_BYTES): MalformedError {
  return new MalformedError('too-long', `is longer than ${max} bytes`)
}

// Go compares keys by Unicode case folding, where U+212A is a k and U+017F an s: so does /iu.
const HEAD = /^Head$/iu
const HEIGHT = /^Height$/iu
const NICKNAME = /^Nickname$/iu
const MINER_ADDRESS = /^MinerAddress$/iu
const GENESIS = /^GenesisCID$/iu
const FIELDS = [HEAD, HEIGHT, NICKNAME, MINER_ADDRESS, GENESIS]

/** What go-filecoin wrote for "no miner": in March 2019, from then on, and in 2020. */
const NO_MINER = ['', 'empty', '<empty>']

// A byte order mark is kept, so that it is refused as Go refuses it.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/** The text of a line that is one JSON object. */
function readObject(line: Uint8Array): string {
  if (line.length > MAX_LINE_BYTES) throw tooLong()
  const text = attempt('utf8', 'is not UTF-8', () => decoder.decode(line))
  const value = attempt('json', 'is not JSON', (): unknown => JSON.parse(text))
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MalformedError('not-an-object', 'is another JSON value')
  }
  return text
}

function attempt<T>(reason: MalformedReason, problem: string, work: () => T): T {
  try {
    return work()
  } catch {
    // The platform's own message would carry the stranger's text into a log.
    throw new MalformedError(reason, problem)
  }
}

const STRING_OR_MARK = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/g

/**
 * The members of a valid JSON object in the order of its text, each value as its own JSON text.
 * A parsed object has neither the digits of a large height nor the order of `Head`, `head`,
 * `Head`; and here no object takes a key from a stranger.
 */
function* members(json: string): Generator<[key: string, value: string]> {
  let depth = 0
  let start = 0
  let key: string | undefined
  for (const { 0: token, index } of json.matchAll(STRING_OR_MARK)) {
    if (token === '{' || token === '[') depth += 1
    if (depth === 1 && !token.startsWith('"')) {
      const within = json.slice(start, index).trim()
      if (token === ':') key = JSON.parse(within)
      else if (key !== undefined) yield [key, within]
      start = index + 1
    }
    if (token === '}' || token === ']') depth -= 1
  }
}

function readText(value: string, reason: MalformedReason): string {
  const text: unknown = JSON.parse(value)
  if (typeof text !== 'string') throw new MalformedError(reason, 'is not a string')
  return text.toWellFormed()
}

function readHead(value: string): string[] {
  const cids = parseTipset(readText(value, 'head'))
  if (cids === undefined) throw new MalformedError('head', 'is not a tipset')
  return cids
}

function readHeight(value: string): bigint {
  if (!/^\d+$/.test(value)) throw new MalformedError('height', 'is not a whole number')
  const height = BigInt(value)
  if (height > MAX_HEIGHT) throw new MalformedError('height', `is above ${MAX_HEIGHT}`)
  return height
}

function readMinerAddress(value: string): string {
  const text = readText(value, 'miner-address')
  if (encoder.encode(text).length > MAX_MINER_ADDRESS_BYTES) {
    throw new MalformedError('miner-address', `is longer than ${MAX_MINER_ADDRESS_BYTES} bytes`)
  }
  return NO_MINER.includes(text) ? '' : text
}

function readGenesis(value: string): string | undefined {
  const link: unknown = JSON.parse(value)
  if (link === null) return undefined
  if (
    typeof link === 'object' &&
    '/' in link &&
    typeof link['/'] === 'string' &&
    isCid(link['/'])
  ) {
    return link['/']
  }
  throw new MalformedError('genesis', 'is not a CID')
}
