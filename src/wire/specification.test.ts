// Holds README.md against the code, and against a reader of its own: everything below `Independent`
// is written from README.md alone, with nothing of this project and no library in it.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import * as constants from '../constants.ts'
import { MalformedError } from '../errors.ts'
import {
  type Ack,
  type Answer,
  type Beat,
  decodeAnswer,
  decodeBeat,
  encodeAnswer,
  encodeBeat,
  MessageReader,
  readDiscovery
} from './index.ts'

const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8')

// biome-ignore lint/suspicious/noExplicitAny: the JSON of a specification has any shape
type Json = any

interface Vector {
  readonly name: string
  readonly bytes: Uint8Array
  readonly value: string
}

function vectors(kind: string): Vector[] {
  const [, block = ''] = readme.split(`\`\`\`vectors ${kind}\n`)
  const lines = block.slice(0, block.indexOf('\n```')).split('\n')
  assert.ok(lines.length > 1, `README has no vectors of ${kind}`)
  return lines.map((line) => {
    const [name = '', hex = '', value = ''] = line.split(' | ')
    assert.match(hex, /^([0-9a-f]{2})+$/, name)
    return { name, bytes: Uint8Array.from(Buffer.from(hex, 'hex')), value }
  })
}

/** JSON whose numbers are exact: every one as a bigint. */
function parse(json: string): Json {
  const exact = (_: string, value: unknown, context?: { source: string }): unknown =>
    typeof value === 'number' ? BigInt(context?.source ?? value) : value
  return JSON.parse(json, exact)
}

const cids = (list: { '/': string }[]): string[] => list.map((cid) => cid['/'])
const bytesOf = ({ bytes }: { bytes: string }) => Uint8Array.from(Buffer.from(bytes, 'hex'))

function beatOf(json: Json): Beat {
  return {
    seq: Number(json.Seq),
    session: bytesOf(json.Session),
    head: cids(json.Head),
    height: json.Height,
    next: Number(json.Next),
    nickname: json.Nickname ?? '',
    minerAddress: json.MinerAddress ?? '',
    ...(json.Stale && { stale: true }),
    ...(json.Genesis && { genesis: json.Genesis['/'] }),
    ...(json.Page && { page: json.Page }),
    ...(json.Rtt !== undefined && { rtt: Number(json.Rtt) }),
    ...(json.Settled && {
      settled: { height: json.Settled.Height, head: cids(json.Settled.Head) }
    }),
    ...(json.EthHash && { ethHash: bytesOf(json.EthHash) })
  }
}

function answerOf(json: Json): Answer | undefined {
  if (json === null) return undefined
  if (json.Type === 'bye') return { type: 'bye', retry: Number(json.Retry) }
  assert.equal(json.Verdict, json.Reason === undefined ? 'accepted' : 'rejected')
  const ack: Ack = { type: 'ack', seq: Number(json.Seq) }
  return {
    ...ack,
    ...(json.Reason && { reason: json.Reason }),
    ...(json.Pace && { pace: Number(json.Pace) }),
    ...(json.NetworkHeight && { networkHeight: json.NetworkHeight }),
    ...(json.Agreement && { agreement: json.Agreement }),
    ...(json.At && { at: json.At }),
    ...(json.Witnesses && { witnesses: Number(json.Witnesses) })
  }
}

/** What the reader and the decoder make of a frame: a value, or the reason why it is none. */
function read<T>(bytes: Uint8Array, decode: (message: Uint8Array) => T): T | string {
  const [result] = new MessageReader().push(bytes)
  assert.ok(result, 'the frame has no end')
  if ('error' in result) return result.error.reason
  try {
    return decode(result.message)
  } catch (error) {
    assert.ok(error instanceof MalformedError)
    return error.reason
  }
}

describe('the specification', () => {
  for (const { name, bytes, value } of vectors('beat')) {
    test(`has the bytes of a beat as they are written and read: ${name}`, () => {
      const beat = beatOf(parse(value))
      assert.deepEqual(encodeBeat(beat), bytes)
      assert.deepEqual(read(bytes, decodeBeat), beat)
      assert.deepEqual(readFrame(bytes), parse(value))
    })
  }

  for (const { name, bytes, value } of vectors('answer')) {
    test(`has the bytes of an answer as they are written and read: ${name}`, () => {
      const answer = answerOf(parse(value))
      assert.ok(answer)
      assert.deepEqual(encodeAnswer(answer), bytes)
      assert.deepEqual(read(bytes, decodeAnswer), answer)
      assert.deepEqual(readFrame(bytes), parse(value))
    })
  }

  for (const { name, bytes, value } of vectors('readable-beat')) {
    test(`has a beat that is read although it is written otherwise: ${name}`, () => {
      const beat = beatOf(parse(value))
      assert.deepEqual(read(bytes, decodeBeat), beat)
      assert.notDeepEqual(encodeBeat(beat), bytes)
    })
  }

  for (const { name, bytes, value } of vectors('readable-answer')) {
    test(`has an answer of a later version, as this one takes it: ${name}`, () => {
      assert.deepEqual(read(bytes, decodeAnswer), answerOf(parse(value)))
    })
  }

  for (const { name, bytes, value } of vectors('refused')) {
    test(`has a beat that is refused: ${name}, for ${value}`, () => {
      assert.equal(read(bytes, decodeBeat), value)
    })
  }

  test('has a vector of every reason that it lists, and of every key', () => {
    const answers = vectors('answer').map(({ value }) => answerOf(parse(value)))
    const reasons = answers.map((answer) => answer?.type === 'ack' && answer.reason)
    const rows = (heading: string): string[] => {
      const table = readme.slice(readme.indexOf(heading)).split('\n\n')[0] ?? ''
      return [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, key = '']) => key)
    }
    const listed = rows('| `Reason` | why')
    assert.equal(listed.length, 7)
    for (const reason of listed.slice(1)) assert.ok(reasons.includes(reason as never), reason)
    const all = ['beat', 'answer'].flatMap(vectors).map(({ value }) => parse(value))
    const keys = new Set(all.flatMap((value) => Object.keys(value)))
    const documented =
      readme.match(/^\| `([A-Z]\w+)` \| (uint|bytes|tipset|bool|CID|text|map)/gm) ?? []
    const names = documented.map((row) => row.split('`')[1])
    assert.deepEqual([...keys].sort(), [...new Set(names)].sort())
  })

  test('names the bounds that the code has', () => {
    const { MAX_MESSAGE_BYTES, MAX_HEAD_CIDS, MAX_CID_CHARACTERS, MAX_CBOR_DEPTH } = constants
    const period = constants.MAX_NEXT_PERIOD.toLocaleString('en')
    for (const row of [
      `| message | ${MAX_MESSAGE_BYTES} bytes |`,
      `| CIDs in a tipset | ${MAX_HEAD_CIDS} |`,
      `| text of a CID | ${MAX_CID_CHARACTERS} characters |`,
      `| \`Next\`, \`Pace\`, \`Retry\` | ${period} ms |`,
      `| nesting | ${MAX_CBOR_DEPTH} |`,
      `length ${MAX_MESSAGE_BYTES + 1} … ${constants.MAX_SKIPPED_BYTES.toLocaleString('en')} |`,
      `| \`Session\` | bytes, ${constants.SESSION_BYTES} |`,
      `| \`EthHash\` | bytes, ${constants.ETH_HASH_BYTES} |`,
      `| text, ≤ ${constants.MAX_MINER_ADDRESS_BYTES} bytes |`,
      `keeps to ${constants.MAX_NICKNAME_CODE_POINTS} code points`,
      `\`Settled\` is ${constants.SETTLED_EPOCHS} epochs below`,
      `at most ${constants.MAX_DISCOVERY_BYTES.toLocaleString('en')} bytes`,
      `at most ${constants.MAX_DISCOVERED_ADDRESSES} entries`,
      `at most ${constants.MAX_DISCOVERED_CHARACTERS} printable`
    ]) {
      assert.ok(readme.includes(row), `README does not say: ${row}`)
    }
    assert.ok(readme.includes(`| \`${constants.HEARTBEAT_PROTOCOL_V1}\` |`))
    assert.ok(readme.includes(`| \`${constants.HEARTBEAT_PROTOCOL_V2}\` |`))
  })

  test('has a discovery document that is read', () => {
    const [, json = ''] = readme.match(/```json\n([\s\S]*?)```/) ?? []
    assert.deepEqual(readDiscovery(json), JSON.parse(json))
  })
})

// Independent.

/** Reads one frame with one message to what its JSON is: numbers as bigints, a CID as its text. */
function readFrame(frame: Uint8Array): Json {
  let at = 0
  const byte = (): number => frame[at++] ?? assert.fail('ends too early')
  const take = (length: number): Uint8Array => {
    assert.ok(at + length <= frame.length, 'ends too early')
    at += length
    return frame.slice(at - length, at)
  }
  const argument = (info: number): bigint => {
    if (info < 24) return BigInt(info)
    assert.ok(info < 28, 'no definite length')
    return BigInt(`0x${Buffer.from(take(2 ** (info - 24))).toString('hex')}`)
  }
  const value = (): Json => {
    const first = byte()
    if (first === 0xf4 || first === 0xf5) return first === 0xf5
    const length = argument(first & 31)
    const count = Number(length)
    switch (first >> 5) {
      case 0:
        return length
      case 2:
        return { bytes: Buffer.from(take(count)).toString('hex') }
      case 3:
        return Buffer.from(take(count)).toString()
      case 4:
        return Array.from({ length: count }, value)
      case 5:
        return Object.fromEntries(Array.from({ length: count }, () => [value(), value()]))
      case 6: {
        assert.equal(count, 42)
        const { bytes } = value()
        assert.match(bytes, /^00/)
        return { '/': cidText(Buffer.from(bytes.slice(2), 'hex')) }
      }
      default:
        return assert.fail(`no value begins with ${first}`)
    }
  }
  let length = 0
  for (let shift = 0, more = true; more; shift += 7) {
    const part = byte()
    length += (part & 127) << shift
    more = part > 127
  }
  assert.equal(length, frame.length - at)
  const message = value()
  assert.equal(at, frame.length)
  return message
}

/** Version 1 in base 32 after a `b`, version 0 in base 58. */
function cidText(bytes: Uint8Array): string {
  const number = BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
  if (bytes[0] === 1) {
    const digits = Math.ceil((bytes.length * 8) / 5)
    const padded = number << BigInt(digits * 5 - bytes.length * 8)
    return `b${inBase('abcdefghijklmnopqrstuvwxyz234567', padded).padStart(digits, 'a')}`
  }
  return inBase('123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz', number)
}

function inBase(alphabet: string, number: bigint): string {
  const base = BigInt(alphabet.length)
  const rest = number / base
  return (rest > 0n ? inBase(alphabet, rest) : '') + alphabet[Number(number % base)]
}
