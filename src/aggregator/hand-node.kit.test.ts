// What tests of references share: nodes that a test moves by hand, and references that follow them.

import { SETTLED_EPOCHS } from '../constants.ts'
import type { Head, Tipset, TipsetSource } from '../head/index.ts'
import { FakeClock } from '../timing/fake-clock.ts'
import type { Opinion } from '../wire/index.ts'
import { References, type ReferencesInit } from './references.ts'
import { beatOf, cid } from './test-kit.ts'

/** Length of an epoch, in ms. */
export const EPOCH = 30_000

/** CID of the genesis block of a node's chain, unless a test gives another. */
export const GENESIS = cid(1_000_000)

/** A node that a test moves by hand. */
export class HandNode implements TipsetSource {
  readonly name: string
  height = 1_000
  genesis = GENESIS
  /** Tells the tipsets of one chain from another's. */
  fork = 0
  problem: string | undefined
  /** What is wrong with the tipsets at single heights. */
  readonly gaps = new Map<number, string>()
  heads = 0
  readonly asked: bigint[] = []
  /** Set to let requests for the head wait. */
  headGate: Promise<void> | undefined
  /** Set to let requests for tipsets wait. */
  gate: Promise<void> | undefined

  constructor(name = 'node') {
    this.name = name
  }

  async head(): Promise<Head> {
    this.heads += 1
    await this.headGate
    if (this.problem !== undefined) throw new Error(this.problem)
    const height = BigInt(this.height)
    return { height, cids: [block(height, this.fork)], genesis: this.genesis }
  }

  async at(height: bigint): Promise<Tipset> {
    this.asked.push(height)
    await this.gate
    const problem = this.problem ?? this.gaps.get(Number(height))
    if (problem !== undefined) throw new Error(problem)
    return { height, cids: [block(height, this.fork)] }
  }
}

const block = (height: bigint, fork = 0): string => cid(fork * 100_000 + Number(height))

/** A client's settled tipset. */
export const settledAt = (height: number, fork = 0) => ({
  height: BigInt(height),
  head: [block(BigInt(height), fork)]
})

/** References that follow these nodes, and what they say to a client. */
export async function referencesTo(nodes: HandNode[], more: Partial<ReferencesInit> = {}) {
  const clock = new FakeClock()
  const references = new References({
    sources: nodes,
    watched: [],
    epochPeriod: EPOCH,
    grace: 15_000,
    clock,
    random: () => 0,
    ...more
  })
  references.start()
  await clock.tick(0)
  const opinion = (height: number, fork = 0): Opinion =>
    references.opinion('somebody', beatOf(1, { settled: settledAt(height, fork) }))
  return { clock, references, opinion }
}

/** The highest height that is settled below a node's first head. */
export const SETTLED = 1_000 - SETTLED_EPOCHS
