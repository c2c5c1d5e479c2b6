// What strangers can do to an aggregator, and what it costs those who mean well: nothing. `npm run
// test:floods` does it with as many as a determined nuisance has, and tells the figures.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Stream } from '@libp2p/interface'
import { lasts } from './kit/browser-faults.ts'
import { Figures } from './kit/figures.ts'
import { LOOPBACK, until } from './kit/net.ts'
import { Service } from './kit/service.ts'
import { BEARER } from './kit/service-process.ts'
import { crowdOf, lineOf, Stranger } from './kit/strangers.ts'

const IS_LONG = process.env.FLOODS === 'long'
const JOINS = IS_LONG ? 2_000 : 200
const SYBILS = IS_LONG ? 1_000 : 100
const READERS = IS_LONG ? 500 : 20
/** Nodes whose changes the readers of the feed are told. */
const CHURNING = IS_LONG ? 1_000 : 200
const FLOOD_PERIOD = IS_LONG ? 30_000 : 4_000

/** Memory that a process differs by anyway, in bytes. */
const MEMORY_NOISE = 150_000_000

/** Memory of one connection and its node, in bytes, which the system gets back only in time. */
const MEMORY_PER_NODE = 120_000

const folder = await mkdtemp(join(tmpdir(), 'fil-heartbeat-floods-'))
let service: Service
let api: string
let address: string

before(async () => {
  service = await Service.start({
    kind: 'aggregator',
    keyFile: join(folder, 'key'),
    listen: LOOPBACK,
    relays: [],
    host: '127.0.0.1',
    port: 0
  })
  address = service.report.address
  api = service.report.api ?? ''
})

after(async () => {
  await service[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

/** Somebody who means well and beats five times a second, and counts. */
class Honest implements AsyncDisposable {
  readonly #stranger: Stranger
  readonly #timer: NodeJS.Timeout
  #sent = 0

  private constructor(stranger: Stranger, stream: Stream) {
    this.#stranger = stranger
    this.#timer = setInterval(() => stream.send(lineOf(++this.#sent, 'honest')), 200)
  }

  static async start(): Promise<Honest> {
    const stranger = await Stranger.make(address)
    return new Honest(stranger, await stranger.open())
  }

  /** Ends, and tells how many of its beats were lost. */
  async lost(): Promise<number> {
    clearInterval(this.#timer)
    const end = performance.now() + 10_000
    let taken = await this.#taken()
    while (taken < this.#sent && performance.now() < end) taken = await this.#taken()
    return this.#sent - taken
  }

  async #taken(): Promise<number> {
    const answer = await fetch(`${api}/api/nodes/${this.#stranger.peer}`, { headers: BEARER })
    return answer.ok ? (await answer.json()).beats : 0
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    await this.#stranger[Symbol.asyncDispose]()
  }
}

/** Does something while somebody means well; tells what became of both. */
async function besides(what: string, attack: () => Promise<string>, nodes = 0): Promise<void> {
  await using honest = await Honest.start()
  const earlier = await Figures.of(api)
  const result = await attack()
  const lost = await honest.lost()
  const later = await Figures.of(api)
  const memory = [earlier, later].map((each) => `${Math.round(each.memory / 1e6)} MB`).join(' → ')
  const series = later.series.length
  const made = later.series.filter((each) => !earlier.series.includes(each))
  console.log(
    `${what}: honest beats lost ${lost}, memory ${memory}, series ${series}${result ?? ''}`
  )
  assert.equal(lost, 0)
  const allowed = MEMORY_NOISE + nodes * MEMORY_PER_NODE
  assert.ok(later.memory - earlier.memory < allowed, memory)
  assert.deepEqual(made, [], 'strangers made series')
}

/** Sends as fast as may be until the stream ends. @returns after how long it did, in ms */
async function flood(stranger: Stranger, chunk: Uint8Array<ArrayBuffer>): Promise<number> {
  const stream = await stranger.open()
  const startedAt = performance.now()
  while (stream.status === 'open') {
    try {
      if (!stream.send(chunk)) await stream.onDrain({ signal: AbortSignal.timeout(10_000) })
    } catch {
      break
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
  return performance.now() - startedAt
}

async function floodFor(chunk: Uint8Array<ArrayBuffer>): Promise<string> {
  await using stranger = await Stranger.make(address)
  const end = performance.now() + FLOOD_PERIOD
  const cuts: number[] = []
  while (performance.now() < end) {
    const cut = await flood(stranger, chunk).catch(() => undefined)
    if (cut !== undefined) cuts.push(cut)
  }
  const refused = (await Figures.of(api)).value('fil_heartbeat_refused_streams_total')
  return `, first cut after ${Math.round(cuts[0] ?? Number.NaN)} ms, ${cuts.length} streams, refused ${refused}`
}

describe('an aggregator', () => {
  // The first stranger makes the series that any number of them shares.
  before(async () => {
    await using stranger = await Stranger.make(address)
    const good = await stranger.open()
    good.send(lineOf(1))
    good.send(lineOf(2))
    const bad = await stranger.open()
    bad.send(new TextEncoder().encode('nonsense\nnonsense\nnonsense\n'))
    await until('it is reset', () => bad.status !== 'open')
    let isSampled = false
    while (!isSampled) isSampled = (await Figures.of(api)).has('fil_heartbeat_network_height')
  })

  test(`admits ${JOINS} that join at once from one address`, async () => {
    await besides(
      `${JOINS} joins at once`,
      async () => {
        const crowd = await crowdOf(JOINS, address)
        const startedAt = performance.now()
        const streams = await Promise.allSettled(crowd.map((each) => each.open()))
        const joined = streams.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
        for (const stream of joined) stream.send(lineOf(1))
        const period = Math.round(performance.now() - startedAt)
        const taken = async (): Promise<number> =>
          (await Figures.of(api)).value('fil_heartbeat_connected_nodes')
        let there = await taken()
        const end = performance.now() + 60_000
        while (there < JOINS + 1 && performance.now() < end) there = await taken()
        await Promise.all(crowd.map((each) => each[Symbol.asyncDispose]()))
        assert.equal(joined.length, JOINS)
        assert.ok(there >= JOINS + 1, `${there} nodes of ${JOINS + 1}`)
        return `, admitted ${joined.length} of ${JOINS} in ${period} ms`
      },
      JOINS
    )
  })

  test('cuts a peer that sends all the beats it can', async () => {
    const chunk = Buffer.concat(Array.from({ length: 500 }, (_, n) => lineOf(n)))
    await besides('beats as fast as may be', () => floodFor(Uint8Array.from(chunk)))
  })

  test('cuts a peer whose line never ends', async () => {
    await besides('an endless line', () => floodFor(new Uint8Array(1_048_576).fill(0x61)))
  })

  test('cuts a peer that sends bytes which are nothing', async () => {
    const noise = crypto.getRandomValues(new Uint8Array(65_536))
    await besides('random bytes', () => floodFor(noise))
  })

  test(`goes on with ${SYBILS} sybils that each send all they may`, async () => {
    await besides(
      `${SYBILS} sybils`,
      async () => {
        const crowd = await crowdOf(SYBILS, address)
        for (let at = 0; at < crowd.length; at += 50) {
          const streams = crowd.slice(at, at + 50).map(async (each) => {
            const stream = await each.open()
            for (let n = 0; n < 100; n++) stream.send(lineOf(999_999, `"><script>${at}</script>`))
          })
          await Promise.all(streams)
        }
        await Promise.all(crowd.map((each) => each[Symbol.asyncDispose]()))
        return `, ${SYBILS * 100} beats`
      },
      SYBILS
    )
  })

  test(`cuts ${READERS} readers of the feed that never read, and feeds one that does`, async () => {
    await besides(
      `${READERS} readers that never read`,
      async () => {
        const crowd = await crowdOf(CHURNING, address)
        const streams = await Promise.all(crowd.map((each) => each.open()))
        for (const stream of streams) stream.send(lineOf(1, 'x'.repeat(64)))
        const good = await readFeed()
        const stuck = Array.from({ length: READERS }, () => readNothing())
        const startedAt = performance.now()
        // Enough to fill what the system itself holds for each of them.
        const churn = setInterval(() => {
          for (const stream of streams) stream.send(lineOf(performance.now() | 0, 'y'.repeat(64)))
        }, 125)
        await readers((count) => count > 1)
        await readers((count) => count === 1)
        clearInterval(churn)
        const last = performance.now() - startedAt
        for (const each of stuck) each.destroy()
        const heard = good.events
        for (const stream of streams.slice(0, 1)) stream.send(lineOf(1))
        await until('the good reader hears more', () => good.events > heard)
        good.end()
        await Promise.all(crowd.map((each) => each[Symbol.asyncDispose]()))
        return `, the last cut after ${Math.round(last / 1_000)} s, the good reader heard ${good.events}`
      },
      CHURNING
    )
  })
})

/** Asks for the feed by a bare socket, and takes nothing. */
function readNothing(): Socket {
  const { port } = new URL(api)
  const socket = connect(Number(port), '127.0.0.1')
  // Cut, or one too many.
  socket.on('error', () => {})
  socket.write(
    `GET /feed HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: ${BEARER.authorization}\r\n\r\n`
  )
  socket.pause()
  return socket
}

/** Resolves when there are so many readers; while there are too many connections, nobody is told. */
async function readers(fits: (count: number) => boolean): Promise<void> {
  for (;;) {
    const figures = await Figures.of(api).catch(() => undefined)
    if (fits(figures?.value('fil_heartbeat_feed_readers') ?? Number.NaN)) return
    await lasts(100)
  }
}

async function readFeed() {
  const controller = new AbortController()
  const { body } = await fetch(`${api}/feed`, { headers: BEARER, signal: controller.signal })
  const told = { events: 0, end: () => controller.abort() }
  void (async () => {
    for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      told.events += chunk.split('\n\n').length - 1
    }
  })().catch(() => {})
  await until('the snapshot', () => told.events > 0)
  return told
}
