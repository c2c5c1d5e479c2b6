import fc from 'fast-check'
import { base36 } from 'multiformats/bases/base36'
import { base58btc } from 'multiformats/bases/base58'
import { CID } from 'multiformats/cid'
import { create } from 'multiformats/hashes/digest'
import { MAX_HEIGHT } from '../constants.ts'
import type { Heartbeat } from './heartbeat.ts'
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
