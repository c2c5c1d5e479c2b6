import { base32 } from 'multiformats/bases/base32'
import { base58btc } from 'multiformats/bases/base58'
import { CID } from 'multiformats/cid'
import { MAX_CID_CHARACTERS, MAX_HEAD_CIDS, MAX_HEIGHT, MAX_MESSAGE_BYTES } from '../constants.ts'
import { MalformedError, type MalformedReason, OptionError } from '../errors.ts'
import {
  type Cbor,
  type CborMap,
  decodeCbor,
  type Encodable,
  encodeCbor,
  Link
} from './dag-cbor.ts'
import { frame } from './message-reader.ts'

/** An object without those members that are undefined. */
type Present<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> }

/** Leaves out the members that are undefined. */
export function present<T extends object>(members: T): Present<T> {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as Present<T>
}

/**
 * Writes a message with its length before it.
 *
 * @throws {OptionError} when it is longer than a reader takes
 */
export function writeMessage(
  what: string,
  members: Record<string, Encodable | undefined>
): Uint8Array {
  const message = encodeCbor(members)
  if (message.length > MAX_MESSAGE_BYTES) {
    throw new OptionError(what, `${message.length} bytes are more than ${MAX_MESSAGE_BYTES}`)
  }
  return frame(message)
}

/**
 * Reads the map that a message is.
 *
 * @throws {MalformedError} when it is none, or too long
 */
export function readMessage(message: Uint8Array): CborMap {
  if (message.length > MAX_MESSAGE_BYTES) {
    throw new MalformedError('too-long', `is longer than ${MAX_MESSAGE_BYTES} bytes`)
  }
  const value = decodeCbor(message)
  if (value instanceof Map) return value
  throw new MalformedError('not-an-object', 'is another CBOR value')
}

/** Reads members of a map, each by its key and a function; Go's null is as good as no member. */
export class Members {
  readonly #map: CborMap

  constructor(map: CborMap) {
    this.#map = map
  }

  /** @throws {MalformedError} when it is missing, or what `read` throws */
  required<T>(key: string, reason: MalformedReason, read: Read<T>): T {
    const value = this.#map.get(key) ?? undefined
    if (value === undefined) throw new MalformedError(reason, `${key} is missing`)
    return read(value, (problem) => new MalformedError(reason, `${key} ${problem}`))
  }

  /** @throws {MalformedError} as `read` does */
  optional<T>(key: string, reason: MalformedReason, read: Read<T>): T | undefined {
    return (this.#map.get(key) ?? undefined) === undefined
      ? undefined
      : this.required(key, reason, read)
  }
}

/** Reads one value; `wrong` makes the error that names it. */
export type Read<T> = (value: Cbor, wrong: (problem: string) => MalformedError) => T

/** Reads a whole number between two others, themselves included. */
export function whole(min: number, max: number): Read<number> {
  return (value, wrong) => {
    if (typeof value === 'bigint' && value >= min && value <= max) return Number(value)
    throw wrong(`is not a whole number from ${min} to ${max}`)
  }
}

/** Reads a height, which may be above 2^53. */
export const height: Read<bigint> = (value, wrong) => {
  if (typeof value === 'bigint' && value >= 0n && value <= MAX_HEIGHT) return value
  throw wrong('is not a whole number')
}

/** Reads a text. */
export const text: Read<string> = (value, wrong) => {
  if (typeof value === 'string') return value
  throw wrong('is not a text')
}

/** Reads a yes or no. */
export const flag: Read<boolean> = (value, wrong) => {
  if (typeof value === 'boolean') return value
  throw wrong('is not a boolean')
}

/** Reads just so many bytes. */
export function bytes(length: number): Read<Uint8Array> {
  return (value, wrong) => {
    if (value instanceof Uint8Array && value.length === length) return value
    throw wrong(`is not ${length} bytes`)
  }
}

/** Reads a CID; gives its usual text. */
export const cid: Read<string> = (value, wrong) => textOf(linkBytes(value, wrong), wrong)

/** Reads the blocks of a tipset in any order; gives them sorted, without doubles. */
export const tipsetKey: Read<string[]> = (value, wrong) => {
  if (!Array.isArray(value) || value.length > MAX_HEAD_CIDS) {
    throw wrong(`is not a list of at most ${MAX_HEAD_CIDS} CIDs`)
  }
  const found = value.map((each: Cbor) => linkBytes(each, wrong)).sort(compareBytes)
  const isFirst = (each: Uint8Array, at: number): boolean =>
    at === 0 || compareBytes(each, found[at - 1] ?? each) !== 0
  return found.filter(isFirst).map((each) => textOf(each, wrong))
}

/** A CID as it is written. It must be one. */
export function linkTo(given: string): Link {
  return new Link(CID.parse(given).bytes)
}

function linkBytes(value: Cbor, wrong: (problem: string) => MalformedError): Uint8Array {
  if (value instanceof Link) return value.bytes
  throw wrong('is not a CID')
}

function textOf(given: Uint8Array, wrong: (problem: string) => MalformedError): string {
  const text = usualText(given)
  if (text !== undefined && text.length <= MAX_CID_CHARACTERS) return text
  throw wrong('is not a CID')
}

function usualText(given: Uint8Array): string | undefined {
  // Writing base 58 takes time that grows with the square of the length.
  if (given.length > MAX_CID_CHARACTERS) return undefined
  try {
    // Numbers within a CID have several forms, and one CID must not have two.
    const { version, bytes } = CID.decode(given)
    if (compareBytes(bytes, given) !== 0) return undefined
    if (version === 1) return base32.encode(given)
    // Any bytes that begin as a CID of version 0 have a text; not every such text is read again.
    const text = base58btc.baseEncode(given)
    return compareBytes(CID.parse(text).bytes, given) === 0 ? text : undefined
  } catch {
    return undefined
  }
}

/** As Go's `bytes.Compare` does. */
function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}
