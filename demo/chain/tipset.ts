// Blocks and tipsets in the shapes that Lotus tells them, with CIDs that are true: the blake2b-256
// of the DAG-CBOR of the block. Pure: the same parents, height and seed give the same tipset.

import { blake2b } from '@noble/hashes/blake2.js'
import { encode, Token, Type } from 'cborg'
import { CID } from 'multiformats/cid'
import { create as createDigest } from 'multiformats/hashes/digest'
import { MAX_BLOCKS, MINERS } from '../constants.ts'

/** A link to a block, as JSON writes it. */
export interface Link {
  readonly '/': string
}

/** The header of a block, as far as this chain has one. */
export interface Block {
  readonly Miner: string
  readonly Ticket: { readonly VRFProof: string }
  readonly ElectionProof: { readonly WinCount: number; readonly VRFProof: string }
  readonly Parents: readonly Link[]
  /** A whole number as text: on mainnet it is over 2^53. */
  readonly ParentWeight: string
  readonly Height: number
  readonly ParentStateRoot: Link
  readonly ParentMessageReceipts: Link
  readonly Messages: Link
  /** Unix seconds; the same in all blocks of a tipset. */
  readonly Timestamp: number
  readonly ForkSignaling: number
  readonly ParentBaseFee: string
}

/** The blocks of one epoch that share their parents. */
export interface Tipset {
  readonly Cids: readonly Link[]
  readonly Blocks: readonly Block[]
  readonly Height: number
}

/** What the next tipset is made of. */
export interface TipsetInit {
  /** Absent for the genesis. */
  readonly parent?: Tipset
  readonly height: number
  /** Unix seconds. */
  readonly timestamp: number
  /** Two tipsets of the same parent, height and seed are the same tipset. */
  readonly seed: string
}

const DAG_CBOR = 0x71
const BLAKE2B_256 = 0xb220
const LINK_TAG = 42
const MIN_BASE_FEE = '100'

/** Makes a tipset of 1 to `MAX_BLOCKS` blocks, drawn from the seed; the genesis has one. */
export function makeTipset(init: TipsetInit): Tipset {
  const { parent, height, seed } = init
  const draw = digest([seed, height, parent?.Cids ?? []])
  const count = parent ? 1 + ((draw[0] ?? 0) % MAX_BLOCKS) : 1
  const first = (draw[1] ?? 0) % MINERS
  const blocks = Array.from({ length: count }, (_, index) => {
    return makeBlock(init, `t0${1000 + ((first + index) % MINERS)}`)
  })
  // Lotus orders the blocks of a tipset by their tickets.
  blocks.sort((a, b) => (a.Ticket.VRFProof < b.Ticket.VRFProof ? -1 : 1))
  return { Cids: blocks.map(linkTo), Blocks: blocks, Height: height }
}

/** A number in [0, 1) that a seed and a height always give. */
export function draw(seed: string, height: number): number {
  const [a = 0, b = 0, c = 0] = digest(['draw', seed, height])
  return ((a << 16) | (b << 8) | c) / 2 ** 24
}

/** The weight of a chain up to a tipset, its own blocks included. */
export function weightOf(tipset: Tipset): bigint {
  const before = BigInt(tipset.Blocks[0]?.ParentWeight ?? 0)
  return before + BigInt(tipset.Blocks.length) * 2_560n
}

function makeBlock({ parent, height, timestamp, seed }: TipsetInit, miner: string): Block {
  const parents = parent?.Cids ?? []
  const proof = (purpose: string): string =>
    Buffer.from(digest([seed, purpose, height, miner, parents])).toString('base64')
  return {
    Miner: miner,
    Ticket: { VRFProof: proof('ticket') },
    ElectionProof: { WinCount: 1, VRFProof: proof('election') },
    Parents: parents,
    ParentWeight: parent ? weightOf(parent).toString() : '0',
    Height: height,
    ParentStateRoot: linkTo(['state', seed, parents]),
    ParentMessageReceipts: linkTo(['receipts', seed, parents]),
    Messages: linkTo(['messages', seed, height, miner]),
    Timestamp: timestamp,
    ForkSignaling: 0,
    ParentBaseFee: MIN_BASE_FEE
  }
}

function linkTo(value: unknown): Link {
  return { '/': CID.createV1(DAG_CBOR, createDigest(BLAKE2B_256, digest(value))).toString() }
}

function digest(value: unknown): Uint8Array {
  return blake2b(encode(value, { typeEncoders: { Object: encodeLink } }), { dkLen: 32 })
}

// DAG-CBOR writes a link as tag 42 over the bytes of the CID, behind a zero.
function encodeLink(value: Record<string, unknown>): Token[] | null {
  const text = value['/']
  if (typeof text !== 'string') return null
  const bytes = Uint8Array.of(0, ...CID.parse(text).bytes)
  return [new Token(Type.tag, LINK_TAG), new Token(Type.bytes, bytes)]
}
