import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { MAX_HISTORY_BEATS } from '../../constants.ts'
import type { ExportTopic, Store, StoreRecord } from './index.ts'
import {
  alert,
  BEATWISE,
  beat,
  HOUR,
  MINUTE,
  minute,
  open,
  PATIENT,
  START,
  temporaryFile,
  written
} from './test-kit.ts'

const TOP = 2n ** 64n - 1n

async function holding(t: TestContext, ...records: readonly StoreRecord[]): Promise<Store> {
  const store = open(t, await temporaryFile(t))
  for (const record of records) store.write(record)
  await written(store)
  return store
}

async function exported(store: Store, topic: ExportTopic): Promise<Record<string, unknown>[]> {
  let text = ''
  for await (const chunk of store.export(topic, HOUR, PATIENT)) text += chunk
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

test('single beats are told as they came, those of one ms too', async (t) => {
  const store = await holding(
    t,
    beat({ at: START - 1 }),
    beat({ height: TOP, behind: 2, rtt: 30.4 }),
    beat({ height: 5n }),
    beat({ peer: 'other' }),
    beat({ at: START + 1_000, height: 6n }),
    beat({ at: HOUR.to })
  )
  const { points } = await store.nodeHistory('node', BEATWISE, PATIENT)
  assert.deepEqual(points, [
    { at: START, beats: 1, height: '18446744073709551615', behind: 2, rtt: 30 },
    { at: START, beats: 1, height: '5' },
    { at: START + 1_000, beats: 1, height: '6' }
  ])
})

test('minutes are told with gaps where nothing was heard', async (t) => {
  const store = await holding(
    t,
    beat({ height: TOP, behind: 1, rtt: 10 }),
    beat({ at: START + 20_000, height: 3n, behind: 7, rtt: 50 }),
    beat({ at: START + 40_000, height: 4n, behind: 6, rtt: 20 }),
    beat({ at: START + 3 * MINUTE, height: 5n })
  )
  const { points } = await store.nodeHistory('node', HOUR, PATIENT)
  assert.deepEqual(points, [
    { at: START, beats: 3, height: '18446744073709551615', behind: 6, rtt: 20 },
    { at: START + 3 * MINUTE, beats: 1, height: '5' }
  ])
})

test('a minute that is written in parts is one', async (t) => {
  const store = await holding(t, beat({ height: 9n, rtt: 1 }), beat({ rtt: 2 }))
  store.write(beat({ at: START + 30_000, height: 4n, behind: 8, rtt: 3 }))
  await written(store)
  const { points } = await store.nodeHistory('node', HOUR, PATIENT)
  assert.deepEqual(points, [{ at: START, beats: 3, height: '9', behind: 8, rtt: 2 }])
})

test('longer steps gather minutes, and begin at multiples of themselves', async (t) => {
  const store = await holding(
    t,
    beat({ at: START - MINUTE, height: 1n, rtt: 5 }),
    beat({ at: START + 2 * MINUTE, height: 8n, behind: 1, rtt: 7 }),
    beat({ at: START + 9 * MINUTE, height: 7n, behind: 2, rtt: 9 }),
    beat({ at: START + 10 * MINUTE, height: 9n })
  )
  const range = { from: START - MINUTE, to: HOUR.to, step: 10 * MINUTE }
  const { points } = await store.nodeHistory('node', range, PATIENT)
  assert.deepEqual(points, [
    { at: START - 10 * MINUTE, beats: 1, height: '1', rtt: 5 },
    { at: START, beats: 2, height: '8', behind: 2, rtt: 7 },
    { at: START + 10 * MINUTE, beats: 1, height: '9' }
  ])
})

test('statuses begin with the one that held before', async (t) => {
  const at = (moment: number, status: 'beating' | 'down' | 'overdue'): StoreRecord => {
    return { kind: 'status', peer: 'node', at: moment, status }
  }
  const store = await holding(
    t,
    at(START - 2 * MINUTE, 'down'),
    at(START - MINUTE, 'beating'),
    at(START + MINUTE, 'overdue'),
    at(HOUR.to, 'down')
  )
  const { statuses } = await store.nodeHistory('node', HOUR, PATIENT)
  assert.deepEqual(statuses, [
    { at: START - MINUTE, status: 'beating' },
    { at: START + MINUTE, status: 'overdue' }
  ])
  const later = { from: START + 5 * MINUTE, to: START + 6 * MINUTE, step: 0 }
  const after = await store.nodeHistory('node', later, PATIENT)
  assert.deepEqual(after.statuses, [{ at: START + MINUTE, status: 'overdue' }])
})

test('a node is told the alerts about it that stood, and the network its own height', async (t) => {
  const stood = alert({ since: START - MINUTE })
  const store = await holding(
    t,
    { kind: 'alert', alert: stood },
    { kind: 'alert', alert: alert({ since: 1, until: START - 1 }) },
    { kind: 'alert', alert: alert({ subject: 'other' }) },
    { kind: 'alert', alert: alert({ since: HOUR.to }) },
    { kind: 'network', point: minute({ networkHeight: String(TOP) }) },
    { kind: 'network', point: minute({ at: START + MINUTE, networkHeight: '9' }) },
    { kind: 'network', point: minute({ at: START + 2 * MINUTE }) }
  )
  const { alerts, network } = await store.nodeHistory('node', HOUR, PATIENT)
  assert.deepEqual(alerts, [stood])
  assert.deepEqual(network, [
    { at: START, height: String(TOP) },
    { at: START + MINUTE, height: '9' }
  ])
  const hours = await store.nodeHistory('node', { ...HOUR, step: 60 * MINUTE }, PATIENT)
  assert.deepEqual(hours.network, [{ at: START, height: String(TOP) }])
})

test('nothing is known of a node that nobody watched', async (t) => {
  const store = await holding(t, beat())
  const { points, statuses, alerts } = await store.nodeHistory('nobody', HOUR, PATIENT)
  assert.deepEqual({ points, statuses, alerts }, { points: [], statuses: [], alerts: [] })
})

test('the network is told by minutes, and gathered by steps', async (t) => {
  const store = await holding(
    t,
    { kind: 'network', point: minute({ nodes: 9, networkHeight: '18446744073709551615' }) },
    {
      kind: 'network',
      point: minute({ at: START + MINUTE, nodes: 5, down: 2, rttP50: 20, rttP95: 90 })
    },
    {
      kind: 'network',
      point: minute({ at: START + 2 * MINUTE, nodes: 4, down: 1, rttP50: 30, rttP95: 80 })
    },
    { kind: 'alert', alert: alert({ subject: '' }) }
  )
  const minutes = await store.networkHistory(HOUR, PATIENT)
  assert.deepEqual(
    minutes.points.map(({ nodes }) => nodes),
    [9, 5, 4]
  )
  assert.deepEqual(minutes.alerts, [alert({ subject: '' })])
  const { points } = await store.networkHistory({ ...HOUR, step: 60 * MINUTE }, PATIENT)
  const networkHeight = '18446744073709551615'
  const all = { nodes: 9, down: 1, beats: 30, networkHeight, rttP50: 20, rttP95: 90 }
  assert.deepEqual(points, [minute(all)])
})

test('alerts are paged, the newest first, and each is told as it stands now', async (t) => {
  const over = alert({ since: START, until: START + 5 })
  const store = await holding(
    t,
    { kind: 'alert', alert: alert({ since: START }) },
    { kind: 'alert', alert: alert({ since: START + 1 }) },
    { kind: 'alert', alert: alert({ since: START + 2 }) },
    { kind: 'alert', alert: over }
  )
  const newest = await store.alerts(2, 0, PATIENT)
  assert.deepEqual(
    newest.map(({ since }) => since - START),
    [2, 1]
  )
  assert.deepEqual(await store.alerts(2, 2, PATIENT), [over])
  assert.deepEqual(await store.alerts(-1, 0, PATIENT), [])
})

test('an export tells all of a topic in order of time, in several chunks', async (t) => {
  const records = Array.from({ length: 4_500 }, (_, index) =>
    beat({ peer: `node ${index % 3}`, at: START + index * 100, height: BigInt(index) })
  )
  const store = await holding(t, ...records)
  let chunks = 0
  for await (const _ of store.export('beats', HOUR, PATIENT)) chunks++
  assert.equal(chunks, 3)
  const lines = (await exported(store, 'beats')).map(({ peer, at, height }) => [peer, at, height])
  assert.deepEqual(
    lines,
    records.map(({ peer, at, height }) => [peer, at, String(height)])
  )
  const minutes = await exported(store, 'nodes')
  assert.equal(minutes.length, 8 * 3)
  assert.equal(
    minutes.reduce((sum, { beats }) => sum + Number(beats), 0),
    4_500
  )
  assert.deepEqual(
    minutes.map(({ at }) => at),
    minutes.map(({ at }) => at).sort()
  )
})

test('an export of nodes holds their status changes, however far apart', async (t) => {
  const store = await holding(
    t,
    { kind: 'status', peer: 'node', at: START + 1, status: 'beating' },
    beat({ at: START + 50 * MINUTE }),
    { kind: 'status', peer: 'node', at: HOUR.to - 1, status: 'down' },
    { kind: 'status', peer: 'node', at: HOUR.to, status: 'left' }
  )
  assert.deepEqual(await exported(store, 'nodes'), [
    { peer: 'node', at: START + 1, status: 'beating' },
    { peer: 'node', at: START + 50 * MINUTE, beats: 1, height: '1' },
    { peer: 'node', at: HOUR.to - 1, status: 'down' }
  ])
})

test('the network and alerts are exported as they were given', async (t) => {
  const over = alert({ since: START - 1, until: START })
  const store = await holding(
    t,
    { kind: 'network', point: minute() },
    { kind: 'alert', alert: over },
    { kind: 'alert', alert: alert({ since: 1, until: 2 }) }
  )
  assert.deepEqual(await exported(store, 'network'), [minute()])
  assert.deepEqual(await exported(store, 'alerts'), [over])
})

test('an export ends when it is given up', async (t) => {
  const store = await holding(t, ...Array.from({ length: 2_500 }, () => beat()))
  const controller = new AbortController()
  const chunks = store.export('beats', HOUR, controller.signal)[Symbol.asyncIterator]()
  assert.equal((await chunks.next()).done, false)
  controller.abort()
  await assert.rejects(chunks.next(), { name: 'StoreError' })
})

test('too much at once is refused with what to ask for instead', async (t) => {
  const records = Array.from({ length: MAX_HISTORY_BEATS + 1 }, (_, index) =>
    beat({ at: START + index })
  )
  const store = await holding(t, ...records)
  const long = { ...HOUR, to: START + 1e10 }
  const beats = store.nodeHistory('node', BEATWISE, PATIENT)
  await assert.rejects(beats, { name: 'StoreError', message: /ask for less time/ })
  const refused = { name: 'StoreError', message: /ask for less time/ }
  await assert.rejects(store.nodeHistory('node', long, PATIENT), refused)
  await assert.rejects(store.networkHistory(long, PATIENT), refused)
  await assert.rejects(store.networkHistory({ ...HOUR, step: 1 }, PATIENT), {
    name: 'StoreError',
    message: /whole minutes/
  })
})

test('a minute that came in parts, before a restart and after it, is told whole', async (t) => {
  const store = await holding(
    t,
    { kind: 'network', point: minute({ nodes: 9, beats: 50 }) },
    { kind: 'network', point: minute({ nodes: 1, beats: 3 }) }
  )
  const { points } = await store.networkHistory(HOUR, PATIENT)
  assert.deepEqual(
    points.map(({ nodes, beats }) => [nodes, beats]),
    [[9, 53]]
  )
})
