import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { DAY, MINUTE } from '../../constants.ts'
import { startPlainNode, temporaryFolder } from '../../net/test-kit.ts'
import { ALERT, QUIET, rowFor } from '../examples.kit.test.ts'
import { openLeg, startAggregator } from '../test-kit.ts'
import { describeApi, openApiPath } from './openapi.ts'
import { SCHEMAS } from './schemas.ts'
import { appOf, rosterOf } from './test-kit.ts'

const PEER = '12D3KooWQCzTba1rKd2REvVE38a619rSQCMk8ebU7HLjjRXuSCsT'

interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly minimum?: number
  readonly items?: Schema
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema
}

/** What of a value does not fit a schema; also what no property describes. */
function misfits(value: unknown, schema: Schema, at = 'answer'): string[] {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split('/').at(-1) as keyof typeof SCHEMAS
    return misfits(value, SCHEMAS[name] as Schema, at)
  }
  const wrong: string[] = []
  const type = Array.isArray(value) ? 'array' : typeof value
  const expected = schema.type === 'integer' ? 'number' : schema.type
  if (expected !== undefined && type !== expected) return [`${at} is ${type}, not ${expected}`]
  if (schema.type === 'integer' && !Number.isInteger(value)) wrong.push(`${at} is not whole`)
  if (Number(value) < (schema.minimum ?? Number.NEGATIVE_INFINITY)) wrong.push(`${at} is too small`)
  if (schema.enum && !schema.enum.includes(value)) wrong.push(`${at} is ${value}`)
  if (schema.pattern && !new RegExp(schema.pattern).test(`${value}`)) wrong.push(`${at}: ${value}`)
  if (Array.isArray(value)) {
    return [
      ...wrong,
      ...value.flatMap((each, n) => misfits(each, schema.items ?? {}, `${at}[${n}]`))
    ]
  }
  if (typeof value !== 'object' || value === null) return wrong
  for (const name of schema.required ?? []) {
    if (!(name in value)) wrong.push(`${at}.${name} is missing`)
  }
  for (const [name, each] of Object.entries(value)) {
    const known = schema.properties?.[name] ?? schema.additionalProperties
    if (known === undefined) wrong.push(`${at}.${name} is not described`)
    else wrong.push(...misfits(each, known, `${at}.${name}`))
  }
  return wrong
}

type Description = {
  readonly paths: Record<string, Record<string, { responses: Record<string, Responses> }>>
}
type Responses = { readonly content?: Record<string, { readonly schema?: Schema }> }

const description = describeApi() as unknown as Description

test('describes every route of the app, and no other', () => {
  const { app } = appOf({})
  const served = app.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${openApiPath(path)}`)
  const described = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`)
  )
  assert.ok(described.length >= 18)
  assert.deepEqual([...new Set(served)].sort(), described.sort())
})

test('notices what does not fit a schema', () => {
  const row = rowFor('12D3', { nickname: 'bob' })
  assert.deepEqual(misfits(row, SCHEMAS.NodeRow as Schema), [])
  const { height: _, ...rest } = row
  const bad = { ...rest, status: 'dead', beats: -1, colour: 'red', head: [7] }
  assert.deepEqual(misfits(bad, SCHEMAS.NodeRow as Schema).sort(), [
    'answer.beats is too small',
    'answer.colour is not described',
    'answer.head[0] is number, not string',
    'answer.height is missing',
    'answer.status is dead'
  ])
})

test('answers fit what is described', async () => {
  const rows = [
    rowFor('12D3', {
      watched: true,
      agreement: 'same',
      behindNetwork: 1,
      rtt: 3,
      duplicateIdentity: { since: 1, at: 2 }
    }),
    rowFor('12D4')
  ]
  const network = { ...QUIET, networkHeight: '7', rtt: { p50: 1, p95: 2 }, frozen: 'it slept' }
  const { app } = appOf({
    roster: rosterOf(rows),
    network: () => network,
    alerts: () => [ALERT],
    store: {
      nodeHistory: async (peer: string, range: object) => ({
        peer,
        ...range,
        points: [{ at: 1, beats: 2, height: '3', behind: 0, rtt: 1.5 }],
        statuses: [{ at: 1, status: 'down' }],
        alerts: [ALERT],
        network: [{ at: 1, height: '3' }]
      }),
      networkHistory: async (range: object) => ({ ...range, points: [], alerts: [ALERT] }),
      alerts: async () => [{ ...ALERT, until: 3 }]
    } as never
  })
  const headers = { host: 'localhost' }
  let checked = 0
  for (const [path, { get }] of Object.entries(description.paths)) {
    const schema = get?.responses['200']?.content?.['application/json']?.schema
    if (get === undefined || schema === undefined) continue
    const asked = path.replace('{peer}', '12D3')
    const answer = await app.request(asked, { headers })
    assert.equal(answer.status, 200, asked)
    assert.deepEqual(misfits(await answer.json(), schema), [], asked)
    checked += 1
  }
  assert.ok(checked >= 10)
  for (const path of ['/nothing', '/api/nodes?limit=0', '/api/nodes/x']) {
    const answer = await app.request(path, { headers })
    assert.deepEqual(misfits(await answer.json(), SCHEMAS.ApiError as Schema), [], path)
  }
})

test('answers of an aggregator that has all there is fit, too', async (t) => {
  const node = await startPlainNode(t)
  const peer = node.peerId.toString()
  const aggregator = await startAggregator(t, {
    watched: [peer, PEER],
    relays: [`/ip4/127.0.0.1/tcp/1/ws/p2p/${PEER}`],
    references: ['http://127.0.0.1:1/rpc/v1'],
    store: { file: join(await temporaryFolder(t), 'history.sqlite') },
    webhook: 'http://127.0.0.1:1/'
  })
  const leg = await openLeg(node, aggregator)
  for (const seq of [1, 2]) await leg.beat(seq, { rtt: 5, nickname: 'bob' })
  const range = `from=0&to=${Date.now() + MINUTE}&step=${DAY}`
  for (const [path, schema, query] of [
    ['/api/nodes', 'NodesPage', ''],
    ['/api/nodes/{peer}', 'NodeRow', ''],
    ['/api/nodes/{peer}/history', 'NodeHistory', 'step=0'],
    ['/api/nodes/{peer}/history', 'NodeHistory', ''],
    ['/api/network', 'NetworkState', ''],
    ['/api/network/history', 'NetworkHistory', ''],
    ['/api/alerts', 'AlertsPage', ''],
    ['/api/aggregator', 'AggregatorInfo', ''],
    ['/readyz', 'Readiness', ''],
    ['/.well-known/fil-heartbeat.json', 'Discovery', ''],
    ['/api/network/history', 'ApiError', range]
  ] as const) {
    const answer = await fetch(`${aggregator.httpUrl}${path.replace('{peer}', peer)}?${query}`)
    const wrong = misfits(await answer.json(), SCHEMAS[schema] as Schema)
    assert.deepEqual(wrong, [], `${path}?${query}`)
  }
})

test('is served as JSON', async () => {
  const { app } = appOf({})
  const answer = await app.request('/openapi.json', { headers: { host: 'localhost' } })
  assert.deepEqual(await answer.json(), JSON.parse(JSON.stringify(describeApi())))
})
