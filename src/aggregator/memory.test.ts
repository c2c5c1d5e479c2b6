// An aggregator that remembers: what watched nodes sent outlives a restart, visitors do not.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import type { Libp2p } from '@libp2p/interface'
import { HEARTBEAT_PROTOCOL_V2, MIN_SILENT_NODES, MINUTE } from '../constants.ts'
import { startPlainNode, temporaryFolder, until } from '../net/test-kit.ts'
import { encodeBeat } from '../wire/index.ts'
import type { Aggregator, AggregatorInit, NodeHistory, Readiness } from './index.ts'
import { checkStore, checkWebhook } from './memory-options.ts'
import { readinessOf } from './readiness.ts'
import { beatOf, line, openLeg, openStream, rowOf, sessionOf, startAggregator } from './test-kit.ts'

interface Place {
  readonly folder: string
  readonly node: Libp2p
  readonly peer: string
}

async function prepare(t: TestContext): Promise<Place> {
  const node = await startPlainNode(t)
  return { folder: await temporaryFolder(t), node, peer: node.peerId.toString() }
}

function startIn({ folder, peer }: Place, t: TestContext, more: Partial<AggregatorInit> = {}) {
  return startAggregator(t, {
    keyFile: join(folder, 'key'),
    store: { file: join(folder, 'history.db') },
    watched: [peer],
    ...more
  })
}

async function ask<T>(aggregator: Aggregator, path: string): Promise<T> {
  const answer = await fetch(`${aggregator.httpUrl}${path}`)
  assert.equal(answer.status, 200, path)
  return (await answer.json()) as T
}

describe('an aggregator with a store', () => {
  test('loses nothing that it acknowledged when it is stopped, and goes on from there', async (t) => {
    const place = await prepare(t)
    const { node, peer } = place
    const before = await startIn(place, t)
    const leg = await openLeg(node, before)
    const beats = 50
    for (let seq = 1; seq <= beats; seq++) leg.send(seq, { height: BigInt(seq), rtt: 7 })
    await leg.answer(beats)
    await before.stop()

    const after = await startIn(place, t)
    const row = rowOf(after, node)
    assert.deepEqual(
      [row?.height, row?.beats, row?.status, row?.connected, row?.watched],
      [`${beats}`, beats, 'overdue', false, true]
    )
    const to = Date.now() + MINUTE
    const path = `/api/nodes/${peer}/history?from=${to - 60 * MINUTE}&to=${to}&step=0`
    const { points } = await ask<NodeHistory>(after, path)
    assert.deepEqual(
      points.map(({ height }) => height),
      Array.from({ length: beats }, (_, index) => `${index + 1}`)
    )
    assert.ok(points.every(({ rtt }) => rtt === 7))
  })

  test('does not take those that it sends away itself for lost', async (t) => {
    const told: string[] = []
    const webhook = createServer((request, response) => {
      request.on('data', (data) => told.push(`${data}`)).on('end', () => response.end())
    })
    await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve))
    t.after(() => webhook.close())
    const { port } = webhook.address() as AddressInfo
    const aggregator = await startAggregator(
      t,
      { webhook: `http://127.0.0.1:${port}/` },
      { sweepPeriod: 20 }
    )
    // One never closes its end and is waited for, while the others are gone.
    const lingering = await openStream(await startPlainNode(t), aggregator, HEARTBEAT_PROTOCOL_V2)
    lingering.send(encodeBeat(beatOf(1)))
    for (let node = 0; node < MIN_SILENT_NODES; node++) {
      const stream = await openStream(await startPlainNode(t), aggregator)
      stream.send(line(1))
    }
    const all = MIN_SILENT_NODES + 1
    await until('all are heard', () => aggregator.network().nodes.beating === all)
    await aggregator.stop()
    assert.deepEqual(told, [])
    assert.deepEqual(aggregator.alerts(), [])
  })

  test('closes its history while a webhook hangs, and does not wait for that first', async (t) => {
    const held: ServerResponse[] = []
    const webhook = createServer((_, response) => void held.push(response))
    await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve))
    const { port } = webhook.address() as AddressInfo
    const place = await prepare(t)
    const aggregator = await startIn(place, t, { webhook: `http://127.0.0.1:${port}/` })
    const leg = await openLeg(place.node, aggregator)
    for (const [seq, session] of [1, 2, 1].entries()) {
      await leg.beat(seq + 1, { session: sessionOf(session) })
    }
    await until('an alert is told', () => held.length === 1)
    const log = join(place.folder, 'history.db-wal')
    assert.ok(existsSync(log))
    const stopped = aggregator.stop()
    t.after(() => webhook.close())
    await until('it is told once more', () => held.length === 2)
    await until('the history is closed', () => !existsSync(log))
    assert.equal(held[1]?.socket?.destroyed, false)
    webhook.closeAllConnections()
    await stopped
  })

  test('keeps no word of visitors on disk', async (t) => {
    const place = await prepare(t)
    const visitor = await startPlainNode(t)
    const aggregator = await startIn(place, t)
    const leg = await openLeg(visitor, aggregator)
    await leg.beat(1, { nickname: 'a visitor of note' })
    const watched = await openLeg(place.node, aggregator)
    await watched.beat(1, { nickname: 'a watched node' })
    await aggregator.stop()
    const file = join(place.folder, 'history.db')
    const bytes = ['', '-wal'].map((end) => `${file}${end}`).filter(existsSync)
    const text = bytes.map((each) => readFileSync(each, 'latin1')).join('')
    assert.match(text, /a watched node/)
    assert.doesNotMatch(text, /a visitor of note/)
    assert.ok(!text.includes(visitor.peerId.toString()))
  })

  test('shows a watched node before its first beat', async (t) => {
    const place = await prepare(t)
    const aggregator = await startIn(place, t)
    const { status, beats } = rowOf(aggregator, place.node) ?? {}
    assert.deepEqual([status, beats], ['overdue', 0])
  })

  test('works on when its history cannot be kept, and says what is wrong', async (t) => {
    const place = await prepare(t)
    const aggregator = await startIn(place, t, { store: { file: place.folder } })
    const leg = await openLeg(place.node, aggregator)
    assert.equal((await leg.beat(1)).reason, undefined)
    let told = ''
    await until('the problem is told', async () => {
      told = (await ask<Readiness>(aggregator, '/readyz')).problems.join()
      return told !== ''
    })
    assert.match(told, /^history: /)
    assert.ok(told.includes(place.folder), told)
  })
})

describe('options of what is kept', () => {
  const wrong: [option: string, given: unknown, words: RegExp][] = [
    ['store', 'history.db', /not an object with a file/],
    ['store.file', {}, /undefined is not the path/],
    ['store.beats', { file: 'a', beats: '10' }, /"10"/],
    ['store.rollups', { file: 'a', rollups: '1s' }, /"1s" is not between/],
    ['store.maxBytes', { file: 'a', maxBytes: 7 }, /7 is not a number from/],
    ['store.path', { file: 'a', path: 'b' }, /not an option/]
  ]
  for (const [option, given, words] of wrong) {
    test(`refuse a bad ${option}`, () => {
      assert.throws(() => checkStore(given as never), {
        name: 'OptionError',
        option,
        message: words
      })
    })
  }

  test('take a webhook of this machine or over TLS, and never repeat one that is refused', () => {
    assert.equal(checkWebhook('https://a.example/x?token=s'), 'https://a.example/x?token=s')
    assert.equal(checkWebhook('http://127.0.0.1:1/x'), 'http://127.0.0.1:1/x')
    for (const bad of ['http://a.example/?token=s', 'ftp://a.example', 'token=s', 7]) {
      assert.throws(
        () => checkWebhook(bad),
        (error: Error) => error.name === 'OptionError' && !error.message.includes('token=s')
      )
    }
  })
})

describe('readiness', () => {
  const well = {
    isRunning: true,
    hasOwnAddress: true,
    relays: [],
    references: [],
    store: undefined,
    webhook: undefined,
    frozen: undefined
  }

  test('needs that it runs, and that wallets can reach it', () => {
    assert.deepEqual(readinessOf(well), { ready: true, problems: [] })
    assert.equal(readinessOf({ ...well, isRunning: false }).ready, false)
    const relays = [{ address: '/dns4/relay', reserved: false, problem: 'down' }]
    const relayed = { ...well, hasOwnAddress: false, relays }
    assert.deepEqual(readinessOf(relayed), { ready: false, problems: ['relay /dns4/relay: down'] })
    assert.equal(readinessOf({ ...relayed, hasOwnAddress: true }).ready, true)
  })

  test('is not lost for want of history, references or a webhook, but says so', () => {
    const reference = { name: 'lotus', kind: 'rpc', ok: false, problem: 'hangs', since: 0 } as const
    const store = {
      state: 'failing',
      problem: 'full',
      since: 0,
      queued: 0,
      lost: 0,
      bytes: 0
    } as const
    const webhook = { queued: 1, lost: 0, problem: 'it answered 500' }
    const all = { ...well, references: [reference], store, webhook, frozen: 'nine fell silent' }
    assert.deepEqual(readinessOf(all), {
      ready: true,
      problems: [
        'reference lotus: hangs',
        'history: full',
        'webhook: it answered 500',
        'nine fell silent'
      ]
    })
  })
})
