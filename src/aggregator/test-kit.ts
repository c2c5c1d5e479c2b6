// What the tests of this room share: a real aggregator on loopback, and streams of beats to it.

import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { HEARTBEAT_PROTOCOL_V1, HEARTBEAT_PROTOCOL_V2 } from '../constants.ts'
import { LOOPBACK, temporaryFolder, until } from '../net/test-kit.ts'
import type { Clock } from '../timing/index.ts'
import {
  type Ack,
  type Answer,
  type Beat,
  decodeAnswer,
  encodeBeat,
  type Heartbeat,
  MessageReader
} from '../wire/index.ts'
import { buildAggregator } from './aggregator.ts'
import type { Aggregator, AggregatorInit, NodeRow } from './index.ts'
import { DEFAULT_LIMITS, type Limits } from './limits.ts'
import type { BeatOrigin, Received } from './row.ts'

/** Starts an aggregator on loopback that ends with the test. */
export async function startAggregator(
  t: TestContext,
  init: Partial<AggregatorInit> = {},
  limits: Partial<Limits> = {},
  clock?: Clock
): Promise<Aggregator> {
  const keyFile = join(await temporaryFolder(t), 'key')
  const whole = { keyFile, listen: [LOOPBACK], http: { port: 0 }, ...init }
  const aggregator = await buildAggregator(whole, { ...DEFAULT_LIMITS, ...limits }, clock)
  t.after(() => aggregator.stop())
  await aggregator.start()
  return aggregator
}

/** Opens a heartbeat stream, on a connection or on the one that `node` has or makes. */
export async function openStream(
  by: Libp2p | Connection,
  aggregator?: Aggregator,
  protocol = HEARTBEAT_PROTOCOL_V1
): Promise<Stream> {
  if (aggregator === undefined) {
    return await (by as Connection).newStream(protocol, { runOnLimitedConnection: true })
  }
  const [address = ''] = aggregator.addresses
  return await (by as Libp2p).dialProtocol(multiaddr(address), protocol)
}

/** One stream of version 2, seen from its client. */
export class TestLeg {
  readonly stream: Stream
  readonly answers: Answer[] = []
  readonly #reader = new MessageReader()

  constructor(stream: Stream) {
    this.stream = stream
    stream.addEventListener('message', ({ data }) => {
      for (const result of this.#reader.push(data.subarray())) {
        if ('error' in result) throw result.error
        const answer = decodeAnswer(result.message)
        if (answer !== undefined) this.answers.push(answer)
      }
    })
    // A client closes when the aggregator does.
    const close = (): unknown => stream.close().catch(() => {})
    stream.addEventListener('end', close)
    if (stream.readableEnded) close()
  }

  get acks(): Ack[] {
    return this.answers.filter((answer) => answer.type === 'ack')
  }

  send(seq: number, more: Partial<Beat> = {}): void {
    this.stream.send(encodeBeat(beatOf(seq, more)))
  }

  /** Sends a beat, and resolves with the answer to it. */
  async beat(seq: number, more: Partial<Beat> = {}): Promise<Ack> {
    const before = this.answers.length
    this.send(seq, more)
    return await this.answer(seq, before)
  }

  /** Resolves with an answer to a beat that is not among the first `before`. */
  async answer(seq: number, before = 0): Promise<Ack> {
    const find = (): Answer | undefined =>
      this.answers.slice(before).find((each) => each.type === 'ack' && each.seq === seq)
    await until(`an answer to beat ${seq}`, () => find() !== undefined)
    return find() as Ack
  }
}

/** Opens a stream of version 2. */
export async function openLeg(by: Libp2p | Connection, aggregator?: Aggregator): Promise<TestLeg> {
  return new TestLeg(await openStream(by, aggregator, HEARTBEAT_PROTOCOL_V2))
}

/** A beat of version 2. */
export function beatOf(seq: number, more: Partial<Beat> = {}): Beat {
  return {
    seq,
    session: SESSION,
    head: [],
    height: BigInt(seq),
    nickname: '',
    minerAddress: '',
    next: 30_000,
    ...more
  }
}

/** A beat of version 1. */
export function beatOfV1(height: number | bigint, more: Partial<Heartbeat> = {}): Heartbeat {
  return { head: [], height: BigInt(height), nickname: '', minerAddress: '', ...more }
}

/** The way that a beat came, unless a test says another. */
export const ORIGIN: BeatOrigin = { route: 'websocket', protocol: HEARTBEAT_PROTOCOL_V1 }

/** What a roster is told of a beat that came at `now`, in ms since 1970 and in ms that never jump. */
export function came(now: number, beat: Heartbeat | Beat = beatOfV1(1), origin = ORIGIN): Received {
  return { beat, origin, at: { now, elapsed: now } }
}

/** A session's name, unless a test gives another. */
export const SESSION = sessionOf(1)

/** The session of this name. */
export function sessionOf(name: number): Uint8Array {
  return Uint8Array.of(name, 2, 3, 4, 5, 6, 7, 8)
}

/** A line as a go-filecoin node writes it. */
export function line(height: number | bigint, nickname = ''): Uint8Array<ArrayBuffer> {
  return bytes(`{"Head":"{ }","Height":${height},"Nickname":"${nickname}","MinerAddress":""}\n`)
}

/** A text as it goes over a stream. */
export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}

/** Resolves when a stream is closed. */
export async function closed(stream: Stream): Promise<void> {
  if (stream.status === 'open' || stream.status === 'closing') {
    await new Promise((resolve) => stream.addEventListener('close', resolve, { once: true }))
  }
}

/** The rows, asked for as a dashboard asks. */
export async function fetchNodes(aggregator: Aggregator): Promise<NodeRow[]> {
  const answer = await fetch(
    `${aggregator.httpUrl}/api/nodes?limit=500&sort=first-beat&order=ascending`
  )
  return (await answer.json()).nodes
}

/** The row of one peer. */
export function rowOf(aggregator: Aggregator, node: Libp2p): NodeRow | undefined {
  return aggregator.nodes().find(({ peer }) => peer === node.peerId.toString())
}

/** The CID of a block that no chain has. */
export function cid(name: number): string {
  const digest = new Uint8Array(32)
  new DataView(digest.buffer).setUint32(0, name)
  return CID.createV1(0x71, Digest.create(0xb220, digest)).toString()
}
