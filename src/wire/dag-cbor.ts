// DAG-CBOR, as much of it as a message needs and as strict as its specification. Written here
// since a CBOR library is six times as large, and a page downloads it.

import { MAX_CBOR_DEPTH } from '../constants.ts'
import { MalformedError } from '../errors.ts'

/** A CID where DAG-CBOR holds one: its bytes, not looked at yet. */
export class Link {
  readonly bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }
}

/** What is read: every whole number as a bigint, every other as a number, and maps that have no prototype. */
export type Cbor =
  | bigint
  | number
  | string
  | boolean
  | null
  | Uint8Array
  | Link
  | readonly Cbor[]
  | CborMap

/** A map of DAG-CBOR: all its keys are text. */
export type CborMap = ReadonlyMap<string, Cbor>

/** What is written: numbers whole and not negative, members that are undefined left out. */
export type Encodable =
  | bigint
  | number
  | string
  | boolean
  | Uint8Array
  | Link
  | readonly Encodable[]
  | { readonly [key: string]: Encodable | undefined }

const UINT = 0
const NEGATIVE = 1
const BYTES = 2
const TEXT = 3
const ARRAY = 4
const MAP = 5
const TAG = 6
const FALSE = 0xf4
const TRUE = 0xf5
const NULL = 0xf6
const FLOAT = 0xfb
const LINK_TAG = 42n

const encoder = new TextEncoder()
// A byte order mark is text like any other.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Writes a value in DAG-CBOR's one form: shortest numbers, keys sorted by length, then by bytes. */
export function encodeCbor(value: Encodable): Uint8Array {
  const out: number[] = []
  write(out, value)
  return Uint8Array.from(out)
}

function write(out: number[], value: Encodable): void {
  if (typeof value === 'bigint' || typeof value === 'number') writeHead(out, UINT, value)
  else if (typeof value === 'boolean') out.push(value ? TRUE : FALSE)
  else if (typeof value === 'string') writeBytes(out, TEXT, encoder.encode(value))
  else if (value instanceof Uint8Array) writeBytes(out, BYTES, value)
  else if (value instanceof Link) {
    writeHead(out, TAG, LINK_TAG)
    writeBytes(out, BYTES, Uint8Array.of(0, ...value.bytes))
  } else if (Array.isArray(value)) {
    writeHead(out, ARRAY, value.length)
    for (const each of value) write(out, each)
  } else writeMap(out, value as { readonly [key: string]: Encodable | undefined })
}

function writeMap(out: number[], map: { readonly [key: string]: Encodable | undefined }): void {
  // All keys are ours and ASCII, so that characters are bytes.
  const members = Object.entries(map)
    .filter((member): member is [string, Encodable] => member[1] !== undefined)
    .sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1))
  writeHead(out, MAP, members.length)
  for (const [key, value] of members) {
    write(out, key)
    write(out, value)
  }
}

function writeBytes(out: number[], major: number, bytes: Uint8Array): void {
  writeHead(out, major, bytes.length)
  for (const byte of bytes) out.push(byte)
}

function writeHead(out: number[], major: number, given: bigint | number): void {
  const value = BigInt(given)
  // Its bytes are 2 to the power of `info - 24`.
  const info =
    value < 24n ? Number(value) : [8n, 16n, 32n, 64n].findIndex((bits) => !(value >> bits)) + 24
  out.push((major << 5) | info)
  if (info < 24) return
  for (let at = 2 ** (info - 24) - 1; at >= 0; at--) {
    out.push(Number((value >> BigInt(8 * at)) & 0xffn))
  }
}

/**
 * Reads one value, and nothing after it. Copies what it keeps.
 *
 * @throws {MalformedError} with the reason `cbor`; nothing else
 */
export function decodeCbor(bytes: Uint8Array): Cbor {
  const reader = new Reader(bytes)
  const value = reader.read(MAX_CBOR_DEPTH)
  if (reader.left > 0) throw malformed('has bytes after its end')
  return value
}

function malformed(problem: string): MalformedError {
  return new MalformedError('cbor', problem)
}

class Reader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Bytes not read yet. */
  get left(): number {
    return this.#bytes.length - this.#at
  }

  /** @param depth how deep arrays and maps may nest from here on */
  read(depth: number): Cbor {
    const [first = 0] = this.#take(1)
    const major = first >> 5
    if (major > TAG) return this.#readSimple(first)
    const argument = this.#readArgument(first & 31)
    if (major === UINT) return argument
    if (major === NEGATIVE) return -1n - argument
    if (major === TAG) return this.#readLink(argument)
    // What holds n things is at least n bytes long: no length is believed that cannot be true.
    if (argument > this.left) throw malformed('ends too early')
    const length = Number(argument)
    // A Buffer's own slice() would share its memory.
    if (major === BYTES) return Uint8Array.from(this.#take(length))
    if (major === TEXT) return this.#readText(length)
    if (depth === 0) throw malformed('is nested too deep')
    if (major === ARRAY) return Array.from({ length }, () => this.read(depth - 1))
    return this.#readMap(length, depth)
  }

  #take(length: number): Uint8Array {
    if (length > this.left) throw malformed('ends too early')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  #readArgument(info: number): bigint {
    if (info < 24) return BigInt(info)
    if (info > 27) throw malformed('has no definite length')
    const size = 2 ** (info - 24)
    const value = this.#take(size).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
    const least = size === 1 ? 24n : 1n << BigInt(4 * size)
    if (value < least) throw malformed('has a number that is not in its shortest form')
    return value
  }

  #readSimple(first: number): Cbor {
    if (first === FALSE || first === TRUE) return first === TRUE
    if (first === NULL) return null
    if (first !== FLOAT) throw malformed('has a value that DAG-CBOR does not know')
    const { buffer, byteOffset } = this.#take(8)
    const value = new DataView(buffer, byteOffset).getFloat64(0)
    if (!Number.isFinite(value)) throw malformed('has a number that is none')
    return value
  }

  #readText(length: number): string {
    try {
      return decoder.decode(this.#take(length))
    } catch {
      throw malformed('has a text that is not UTF-8')
    }
  }

  #readLink(tag: bigint): Link {
    if (tag !== LINK_TAG) throw malformed('has a tag other than 42')
    // Looked at first, since tags within tags would nest as deep as a message is long.
    const isBytes = this.left > 0 && (this.#bytes[this.#at] ?? 0) >> 5 === BYTES
    const bytes = isBytes ? this.read(0) : undefined
    if (!(bytes instanceof Uint8Array) || bytes[0] !== 0) throw malformed('has a link that is none')
    return new Link(bytes.subarray(1))
  }

  #readMap(length: number, depth: number): CborMap {
    const map = new Map<string, Cbor>()
    for (let count = 0; count < length; count++) {
      const key = this.read(0)
      if (typeof key !== 'string') throw malformed('has a key that is no text')
      if (map.has(key)) throw malformed('has a key twice')
      map.set(key, this.read(depth - 1))
    }
    return map
  }
}
