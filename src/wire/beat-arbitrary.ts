import fc from 'fast-check'
import { base36 } from 'multiformats/bases/base36'
import { base58btc } from 'multiformats/bases/base58'
import { CID } from 'multiformats/cid'
import { create } from 'multiformats/hashes/digest'
import { ETH_HASH_BYTES, MAX_HEIGHT, MAX_NEXT_PERIOD, SESSION_BYTES } from '../constants.ts'
import type { Heartbeat } from './heartbeat.ts'
import type { Ack, Answer, Beat } from './messages.ts'
import { sortCids } from './tipset.ts'

const SHA2_256 = 0x12
const BLAKE2B_256 = 0xb220
const DAG_CBOR = 0x71

/** For tests: CIDs in every text form that is read. */
export const arbitraryCid: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('v0', 'base32', 'base36', 'base58'),
    fc.uint8Array({ minLength: 32, maxLength: 32 })
  )
  .map(([form, hash]) => {
    if (form === 'v0') return CID.createV0(create(SHA2_256, hash)).toString()
    const cid = CID.createV1(DAG_CBOR, create(BLAKE2B_256, hash))
    if (form === 'base32') return cid.toString()
    return cid.toString(form === 'base36' ? base36 : base58btc)
  })

/** For tests: beats that a reader gives back as they are, so heads sorted and text well-formed. */
export const arbitraryBeat: fc.Arbitrary<Heartbeat> = fc
  .record({
    head: fc.array(arbitraryCid, { maxLength: 5 }).map(sortCids),
    height: fc.bigInt({ min: 0n, max: MAX_HEIGHT }),
    nickname: fc.string({ unit: 'binary', maxLength: 64 }),
    minerAddress: fc.constantFrom('', 'f01234', 'fcqeutlg2sl9daptdcfm8sw7m3xzd0tqhz8f4nzc9'),
    genesis: fc.option(arbitraryCid)
  })
  .map(({ genesis, ...beat }) => (genesis === null ? beat : { ...beat, genesis }))

const size = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const height = fc.bigInt({ min: 0n, max: MAX_HEIGHT })
const uint = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })
const period = fc.integer({ min: 1, max: MAX_NEXT_PERIOD })
const canonical = (cid: string): string => CID.decode(CID.parse(cid).bytes).toString()
const arbitraryHead = fc.array(arbitraryCid.map(canonical), { maxLength: 5 }).map(sortCids)

/** For tests: acknowledged beats that a reader gives back as they are, each CID in its usual text. */
export const arbitraryAcknowledgedBeat: fc.Arbitrary<Beat> = fc
  .tuple(
    fc.record({
      seq: uint,
      session: size(SESSION_BYTES),
      next: period,
      head: arbitraryHead,
      height,
      nickname: fc.string({ unit: 'binary', maxLength: 64 }),
      minerAddress: fc.constantFrom('', 'f01234')
    }),
    fc.record(
      {
        stale: fc.constant(true),
        genesis: arbitraryCid.map(canonical),
        page: fc.constantFrom('visible', 'hidden', 'leaving'),
        rtt: fc.integer({ min: 0, max: MAX_NEXT_PERIOD }),
        settled: fc.record({ height, head: arbitraryHead }, { noNullPrototype: true }),
        ethHash: size(ETH_HASH_BYTES)
      },
      { requiredKeys: [] }
    )
  )
  .map(([required, optional]) => ({ ...required, ...optional }))

const arbitraryAck: fc.Arbitrary<Ack> = fc
  .tuple(
    uint,
    fc.record(
      {
        reason: fc.constantFrom(
          'wrong-network',
          'too-often',
          'replayed',
          'duplicate-identity',
          'malformed',
          'refused'
        ),
        pace: period,
        networkHeight: height,
        agreement: fc.constantFrom('same', 'differs', 'unknown'),
        at: height,
        witnesses: fc.nat()
      },
      { requiredKeys: [] }
    )
  )
  .map(([seq, optional]) => ({ type: 'ack', seq, ...optional }))

/** For tests: answers that a reader gives back as they are. */
export const arbitraryAnswer: fc.Arbitrary<Answer> = fc.oneof(
  arbitraryAck,
  period.map((retry): Answer => ({ type: 'bye', retry }))
)
