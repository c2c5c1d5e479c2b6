// DAG-CBOR by cborg, held to the strictness of its specification: what cborg itself lets pass is
// refused token by token, before anything is built of it.

import {
  type DecodeOptions,
  decode,
  type EncodeOptions,
  encode,
  Token,
  Tokenizer,
  Type
} from 'cborg'
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

const LINK_TAG = 42
const FLOAT64_BYTES = 9

// A byte order mark is text like any other.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const WRITING: EncodeOptions = {
  float64: true,
  typeEncoders: {
    Object: (value: unknown) =>
      value instanceof Link
        ? [new Token(Type.tag, LINK_TAG), new Token(Type.bytes, Uint8Array.of(0, ...value.bytes))]
        : null
  }
}

/** Writes a value in DAG-CBOR's one form: shortest numbers, keys sorted by length, then by bytes. */
export function encodeCbor(value: Encodable): Uint8Array {
  return Uint8Array.from(encode(withoutUndefined(value), WRITING))
}

function withoutUndefined(value: Encodable): Encodable {
  if (typeof value !== 'object' || value instanceof Uint8Array || value instanceof Link)
    return value
  if (Array.isArray(value)) return value.map(withoutUndefined)
  const members = Object.entries(value as { readonly [key: string]: Encodable | undefined })
  const present = members.filter((member): member is [string, Encodable] => member[1] !== undefined)
  return Object.fromEntries(present.map(([key, each]) => [key, withoutUndefined(each)]))
}

/**
 * Reads one value, and nothing after it. Copies what it keeps.
 *
 * @throws {MalformedError} with the reason `cbor`; nothing else
 */
export function decodeCbor(bytes: Uint8Array): Cbor {
  const options: DecodeOptions = {
    strict: true,
    allowIndefinite: false,
    allowUndefined: false,
    allowBigInt: true,
    allowNaN: false,
    allowInfinity: false,
    useMaps: true,
    rejectDuplicateMapKeys: true,
    tags: { [LINK_TAG]: readLink }
  }
  try {
    return decode(bytes, { ...options, tokenizer: new StrictTokenizer(bytes, options) }) as Cbor
  } catch (error) {
    if (error instanceof MalformedError) throw error
    throw malformed(error instanceof Error ? error.message : 'cannot be read')
  }
}

function malformed(problem: string): MalformedError {
  return new MalformedError('cbor', problem)
}

function readLink(next: () => unknown): Link {
  const bytes = next()
  if (bytes instanceof Uint8Array && bytes[0] === 0) return new Link(bytes.subarray(1))
  throw malformed('has a link that is none')
}

/** A place where items are still to come: of a list, of a map by turns key and value, of a tag. */
interface Open {
  readonly type: Type
  left: number
}

class StrictTokenizer extends Tokenizer {
  readonly #bytes: Uint8Array
  readonly #open: Open[] = []

  constructor(bytes: Uint8Array, options: DecodeOptions) {
    super(bytes, options)
    this.#bytes = bytes
  }

  override next(): Token {
    const start = this.pos()
    const token = super.next()
    this.#place(token)
    switch (token.type) {
      // Every whole number is a bigint, however small, so that a fraction is told from it.
      case Type.uint:
      case Type.negint:
        return new Token(token.type, BigInt(token.value), token.encodedLength)
      case Type.float:
        if (token.encodedLength !== FLOAT64_BYTES) throw malformed('has a float that is too short')
        return token
      case Type.bytes:
        return new Token(token.type, Uint8Array.from(token.value), token.encodedLength)
      case Type.string:
        return new Token(token.type, this.#readText(start), token.encodedLength)
      default:
        return token
    }
  }

  /** Counts a token where it stands, and sees to it that nothing nests too deep. */
  #place(token: Token): void {
    const parent = this.#open.at(-1)
    if (parent !== undefined) {
      const isKey = parent.type === Type.map && parent.left % 2 === 0
      if (isKey && token.type !== Type.string) throw malformed('has a key that is no text')
      if (parent.type === Type.tag && token.type !== Type.bytes) {
        throw malformed('has a link that is none')
      }
      parent.left--
    }
    if (token.type === Type.tag) this.#open.push({ type: token.type, left: 1 })
    if (token.type === Type.array) this.#open.push({ type: token.type, left: token.value })
    if (token.type === Type.map) this.#open.push({ type: token.type, left: 2 * token.value })
    if (this.#open.length > MAX_CBOR_DEPTH) throw malformed('is nested too deep')
    while (this.#open.at(-1)?.left === 0) this.#open.pop()
  }

  // cborg puts a replacement character where bytes are no UTF-8.
  #readText(start: number): string {
    const info = (this.#bytes[start] ?? 0) & 31
    const headBytes = info < 24 ? 1 : 1 + 2 ** (info - 24)
    try {
      return decoder.decode(this.#bytes.subarray(start + headBytes, this.pos()))
    } catch {
      throw malformed('has a text that is not UTF-8')
    }
  }
}
