import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { DAY, MINUTE } from '../../constants.ts'
import { StoreError } from '../../errors.ts'
import { ALERT, rowFor } from '../examples.kit.test.ts'
import type { NodeHistory, Range } from '../history.ts'
import type { Store } from '../store/index.ts'
import { appOf, ask, rosterOf, serve } from './test-kit.ts'

const ROWS = [rowFor('12D3watched', { watched: true, nickname: 'Calib-1' }), rowFor('12D3a')]

/** A store that remembers what it was asked. */
function storeOf(more: Partial<Store> = {}) {
  const asked: unknown[] = []
  const points = { points: [], alerts: [] }
  const store: Store = {
    status: { state: 'open', since: 0, queued: 0, lost: 0, bytes: 0 },
    write: () => assert.fail('nothing is written'),
    remembered: assert.fail,
    nodeHistory: async (peer: string, range: Range): Promise<NodeHistory> => {
      asked.push(range)
      return { peer, ...range, ...points, statuses: [], network: [] }
    },
    networkHistory: async (range) => {
      asked.push(range)
      return { ...range, ...points }
    },
    alerts: async () => [ALERT, { ...ALERT, id: 'over', until: 2_000 }],
    export: async function* (topic, range) {
      asked.push([topic, range])
      yield '{"a":1}\n'
      yield '{"a":2}\n'
    },
    close: async () => {},
    ...more
  }
  return { store, asked }
}

describe('history', () => {
  const start = async (t: TestContext, store?: Store) => {
    return await serve(t, { roster: rosterOf(ROWS), store })
  }

  test('is of the last six hours in at most 720 points, unless it is asked otherwise', async (t) => {
    const { store, asked } = storeOf()
    const { url } = await start(t, store)
    const to = Date.parse('2026-01-31T12:00:00Z')
    const history = `${url}/api/nodes/12D3watched/history`
    for (const [query, step] of [
      [`to=${to}`, MINUTE],
      [`to=2026-01-31T12:00:00Z&from=${to - DAY}`, 2 * MINUTE],
      [`to=${to}&from=${to - 7 * DAY}`, 15 * MINUTE],
      [`to=${to}&from=${to - 1_000 * DAY}`, 2 * DAY],
      [`to=${to}&step=0`, 0],
      [`to=${to}&step=${60 * MINUTE}`, 60 * MINUTE]
    ] as const) {
      const { points: _, ...range } = await ask(`${history}?${query}`)
      assert.equal(range.step, step, query)
      assert.equal(range.to, to)
      assert.ok(step === 0 || (range.to - range.from) / step <= 720)
    }
    assert.deepEqual(asked[0], { from: to - 360 * MINUTE, to, step: MINUTE })
    const network = await ask(`${url}/api/network/history?to=${to}`)
    assert.deepEqual(network, {
      from: to - 360 * MINUTE,
      to,
      step: MINUTE,
      points: [],
      alerts: []
    })
  })

  for (const [path, name] of [
    ['nodes/12D3watched/history?from=2&to=1', 'from'],
    ['nodes/12D3watched/history?from=yesterday', 'from'],
    ['nodes/12D3watched/history?to=2026-13-01', 'to'],
    ['nodes/12D3watched/history?step=61000', 'step'],
    ['nodes/12D3watched/history?from=0&to=2026-01-01&step=60000', 'step'],
    ['nodes/12D3watched/history?from=0&to=2026-01-01&step=0', 'step'],
    ['network/history?step=0', 'step'],
    ['export', 'topic'],
    ['export?topic=secrets', 'topic'],
    ['alerts?limit=1001', 'limit']
  ] as const) {
    test(`refuses ${path} and names the parameter`, async (t) => {
      const { url } = await start(t, storeOf().store)
      const { error } = await ask(`${url}/api/${path}`, 400)
      assert.ok(error.startsWith(`${name}: `), error)
    })
  }

  test('is of watched nodes only, and of none without a store', async (t) => {
    const { url } = await start(t, storeOf().store)
    const { error } = await ask(`${url}/api/nodes/12D3a/history`, 404)
    assert.match(error, /only watched nodes have a history/)
    await ask(`${url}/api/nodes/12D3x/history`, 404)
    const bare = await start(t)
    for (const path of ['nodes/12D3watched/history', 'network/history', 'export?topic=beats']) {
      assert.match((await ask(`${bare.url}/api/${path}`, 501)).error, /option `store`/)
    }
  })

  test('says why when the store cannot be read', async (t) => {
    const fails = async (): Promise<never> => {
      throw new StoreError('the disk is full')
    }
    const { url } = await start(t, storeOf({ networkHistory: fails, alerts: fails }).store)
    const { error } = await ask(`${url}/api/network/history`, 503)
    assert.equal(error, 'the disk is full')
  })
})

describe('/api/alerts', () => {
  test('tells what stands, and what is over', async (t) => {
    const alerts = () => [ALERT]
    const { url } = await serve(t, { alerts, store: storeOf().store })
    const over = { ...ALERT, id: 'over', until: 2_000 }
    assert.deepEqual(await ask(`${url}/api/alerts`), { standing: [ALERT], past: [over] })
    const bare = await serve(t, { alerts })
    assert.deepEqual(await ask(`${bare.url}/api/alerts`), { standing: [ALERT], past: [] })
  })

  test('tells what stands also while the store cannot be read, and says so', async (t) => {
    const broken = storeOf({
      alerts: async () => {
        throw new StoreError('the disk is full')
      }
    })
    const { url } = await serve(t, { alerts: () => [ALERT], store: broken.store })
    const answer = await ask(`${url}/api/alerts`)
    assert.deepEqual(answer, { standing: [ALERT], past: [], problem: 'the disk is full' })
  })
})

describe('/api/export', () => {
  test('streams lines of JSON as a file', async (t) => {
    const { store, asked } = storeOf()
    const { url } = await serve(t, { store })
    const answer = await fetch(`${url}/api/export?topic=beats&from=1&to=2`)
    assert.equal(answer.headers.get('content-type'), 'application/x-ndjson; charset=utf-8')
    assert.match(
      answer.headers.get('content-disposition') ?? '',
      /^attachment; filename="fil-heartbeat-beats-[\dT-]+\.ndjson"$/
    )
    assert.equal(await answer.text(), '{"a":1}\n{"a":2}\n')
    assert.deepEqual(asked, [['beats', { from: 1, to: 2 }]])
  })

  test('gives the present rows without a store', async (t) => {
    const { url } = await serve(t, { roster: rosterOf(ROWS) })
    const text = await (await fetch(`${url}/api/export?topic=roster`)).text()
    const lines = text.split('\n')
    assert.equal(lines.pop(), '')
    assert.deepEqual(
      lines.map((each) => JSON.parse(each)),
      ROWS
    )
    const empty = await serve(t, { roster: rosterOf([]) })
    assert.equal(await (await fetch(`${empty.url}/api/export?topic=roster`)).text(), '')
  })

  test('ends the reading of one who goes away, and takes few at once', async () => {
    let open = 0
    let ended = 0
    const endless: Store['export'] = async function* (_topic, _range, signal) {
      open += 1
      try {
        while (!signal.aborted) yield `${'x'.repeat(65_536)}\n`
      } finally {
        open -= 1
        ended += 1
      }
    }
    const { app } = appOf({ store: storeOf({ export: endless }).store })
    const headers = { host: 'localhost' }
    const get = () => app.request('http://localhost/api/export?topic=beats', { headers })
    const answers = [await get(), await get(), await get(), await get()]
    assert.deepEqual([open, (await get()).status], [4, 503])
    await Promise.all(answers.map(({ body }) => body?.cancel()))
    assert.deepEqual([open, ended], [0, 4])
    const next = await get()
    assert.equal(next.status, 200)
    await next.body?.cancel()
  })
})
