import { MAX_LINE_BYTES, MAX_MINER_ADDRESS_BYTES } from '../constants.ts'
import { OptionError } from '../errors.ts'
import { checkHeight } from './checks.ts'
import type { Heartbeat } from './heartbeat.ts'
import { formatTipset, isCid } from './tipset.ts'

/**
 * Writes a beat as one line of `fil/heartbeat/1.0.0`, its newline included: the bytes that
 * go-filecoin's `json.Encoder` would write.
 *
 * @throws {OptionError} when the height is no bigint or outside 0 … 2^64−1, a CID is none, or a reader would
 *   refuse the line for its length
 */
export function encodeV1({ head, height, nickname, minerAddress, genesis }: Heartbeat): Uint8Array {
  checkHeight('height', height)
  if (genesis !== undefined && !isCid(genesis)) {
    throw new OptionError('genesis', `"${genesis}" is not a CID`)
  }
  const fields = [
    `"Head":${quote(formatTipset(head))}`,
    // Never through a number, which would round a height above 2^53.
    `"Height":${height}`,
    `"Nickname":${quote(nickname)}`,
    `"MinerAddress":${quote(minerAddress)}`
  ]
  if (genesis !== undefined) fields.push(`"GenesisCID":{"/":${quote(genesis)}}`)
  const line = encoder.encode(`{${fields}}\n`)
  checkLength('minerAddress', encoder.encode(minerAddress), MAX_MINER_ADDRESS_BYTES)
  checkLength('heartbeat', line, MAX_LINE_BYTES)
  return line
}

const encoder = new TextEncoder()

function checkLength(what: string, { length }: Uint8Array, max: number): void {
  if (length > max) throw new OptionError(what, `${length} bytes are more than ${max}`)
}

/**
 * A string as Go's `encoding/json` writes it. `JSON.stringify` agrees with it but for these five;
 * U+0008 and U+000C it shortens as Go does from 1.22 on, and every decoder reads both forms.
 */
function quote(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  )
}
