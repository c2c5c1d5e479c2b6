import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeClock } from '../../timing/fake-clock.ts'
import { QUIET, rowFor } from '../examples.kit.test.ts'
import type { NodeRow } from '../row.ts'
import { ask, rosterOf, serve } from './test-kit.ts'

const WATCHED = rowFor('12D3watched', {
  watched: true,
  nickname: 'Calib-1',
  height: '100',
  lastBeatAt: 5_000
})
const ROWS = [
  WATCHED,
  rowFor('12D3a', { nickname: 'bob', height: '18446744073709551615', rtt: 50, beats: 9 }),
  rowFor('12D3b', { nickname: 'alice', height: '18446744073709551614', status: 'overdue' }),
  rowFor('12D3c', { minerAddress: 'f01000', height: '9', status: 'left', firstBeatAt: 7 }),
  rowFor('12D3d', { nickname: 'Zoe', height: '100', lastBeatAt: 9_000, rtt: 90 })
]

const peersOf = (nodes: readonly NodeRow[]): string[] => nodes.map(({ peer }) => peer.slice(4))

describe('/api/nodes', () => {
  const cases = [
    ['', ['a', 'b', 'd', 'watched', 'c']],
    ['?order=ascending', ['c', 'd', 'watched', 'b', 'a']],
    ['?sort=delay', ['c', 'watched', 'd', 'a', 'b']],
    ['?sort=delay&order=ascending', ['a', 'b', 'd', 'watched', 'c']],
    ['?sort=nickname', ['c', 'b', 'a', 'watched', 'd']],
    ['?sort=status', ['b', 'd', 'watched', 'a', 'c']],
    ['?sort=beats&limit=1', ['a']],
    ['?sort=rtt&limit=2', ['d', 'a']],
    ['?sort=first-beat&limit=1', ['c']],
    ['?group=watched', ['watched']],
    ['?group=visitors', ['a', 'b', 'd', 'c']],
    ['?status=left', ['c']],
    ['?search=ALI', ['b', 'watched']],
    ['?search=F01', ['c']],
    ['?search=nobody', []],
    ['?offset=1&limit=2', ['b', 'd']],
    ['?offset=99', []]
  ] as const
  for (const [query, expected] of cases) {
    test(`answers ${query === '' ? 'the highest first' : query}`, async (t) => {
      const network = { ...QUIET, topHeight: '101' }
      const { url } = await serve(t, { roster: rosterOf(ROWS), network: () => network })
      const { nodes } = await ask(`${url}/api/nodes${query}`)
      assert.deepEqual(peersOf(nodes), expected)
    })
  }

  test('tells how many there are in all, and which page this is', async (t) => {
    const { url } = await serve(t, { roster: rosterOf(ROWS) })
    const { total, offset, nodes } = await ask(`${url}/api/nodes?group=visitors&offset=3`)
    assert.deepEqual([total, offset, nodes], [4, 3, [ROWS[3]]])
  })

  for (const [query, name] of [
    ['sort=size', 'sort'],
    ['order=up', 'order'],
    ['limit=0', 'limit'],
    ['limit=501', 'limit'],
    ['limit=1e2', 'limit'],
    ['offset=-1', 'offset'],
    ['status=dead', 'status'],
    ['group=all', 'group'],
    [`search=${'x'.repeat(129)}`, 'search'],
    ['serach=bob', 'serach'],
    ['limit=1&limit=2', 'limit'],
    ['__proto__=1', '__proto__']
  ] as const) {
    test(`refuses ${query.slice(0, 20)} and names the parameter`, async (t) => {
      const { url } = await serve(t, {})
      const { error } = await ask(`${url}/api/nodes?${query}`, 400)
      assert.ok(error.startsWith(`${name}: `), error)
    })
  }

  test('keeps an order for a second, and few orders', async (t) => {
    const clock = new FakeClock()
    const roster = rosterOf(ROWS)
    const { url } = await serve(t, { roster, clock })
    let scans = 0
    const { rows } = roster
    roster.rows = () => {
      scans += 1
      return rows()
    }
    for (const offset of [0, 1, 2]) await ask(`${url}/api/nodes?limit=1&offset=${offset}`)
    assert.equal(scans, 1)
    clock.advance(1_000)
    await ask(`${url}/api/nodes?limit=1`)
    assert.equal(scans, 2)
    for (let n = 0; n < 40; n++) await ask(`${url}/api/nodes?search=${n}`)
    await ask(`${url}/api/nodes?limit=1`)
    assert.equal(scans, 43)
  })

  test('answers one node, or that there is none', async (t) => {
    const { url } = await serve(t, { roster: rosterOf(ROWS) })
    assert.deepEqual(await ask(`${url}/api/nodes/12D3watched`), WATCHED)
    assert.match((await ask(`${url}/api/nodes/12D3x`, 404)).error, /no such node/)
  })
})

describe('/readyz', () => {
  test('says what is wrong, and by its status whether that matters', async (t) => {
    const well = { ready: true, problems: ['no references are given'] }
    const unwell = { ready: false, problems: ['no relay is reserved'] }
    const one = await serve(t, { readiness: () => well })
    assert.deepEqual(await ask(`${one.url}/readyz`), well)
    const other = await serve(t, { readiness: () => unwell })
    assert.deepEqual(await ask(`${other.url}/readyz`, 503), unwell)
  })
})
