import type { MalformedReason } from '../../errors.ts'
import type { RejectReason } from '../../wire/index.ts'

// As records, so that a reason which is added and left out here does not compile.
const MALFORMED: Readonly<Record<MalformedReason, true>> = {
  'too-long': true,
  framing: true,
  utf8: true,
  json: true,
  cbor: true,
  'not-an-object': true,
  seq: true,
  session: true,
  head: true,
  height: true,
  next: true,
  stale: true,
  genesis: true,
  nickname: true,
  'miner-address': true,
  page: true,
  rtt: true,
  settled: true,
  'eth-hash': true,
  answer: true
}
const REJECTED: Readonly<Record<RejectReason, true>> = {
  'wrong-network': true,
  'too-often': true,
  replayed: true,
  'duplicate-identity': true,
  malformed: true,
  refused: true
}

/** Every reason why something is no beat. */
export const MALFORMED_REASONS = Object.keys(MALFORMED) as readonly MalformedReason[]

/** Every reason why a beat is turned away. */
export const REJECT_REASONS = Object.keys(REJECTED) as readonly RejectReason[]
