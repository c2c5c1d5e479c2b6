import { type Context, Hono } from 'hono'
import {
  BUSY_RETRY_SECONDS,
  DEFAULT_PAGE_NODES,
  DISCOVERY_MAX_AGE_SECONDS,
  DISCOVERY_STALE_SECONDS
} from '../../constants.ts'
import type { Clock } from '../../timing/index.ts'
import type { Discovery } from '../../wire/index.ts'
import type { Alert } from '../alert.ts'
import type { Readiness } from '../api.ts'
import type { AggregatorInfo } from '../index.ts'
import type { Limits } from '../limits.ts'
import type { NetworkState } from '../network-state.ts'
import type { Roster } from '../roster.ts'
import type { Store } from '../store/index.ts'
import { readDashboard, type StaticFile } from './dashboard-files.ts'
import type { Feed } from './feed.ts'
import { type Env, Gate } from './gate.ts'
import { HistoryAnswers, queryOf } from './history-answers.ts'
import { type HostGuardInit, isOwnHost } from './host-guard.ts'
import { NodePages } from './node-pages.ts'
import { describeApi } from './openapi.ts'
import { readParameters } from './parameters.ts'
import { DISCOVERY_PATH, ROUTES, type RouteName } from './routes.ts'
import { RowsText, type RowsTextInit } from './rows-text.ts'
import { TextReader } from './text-reader.ts'

/** Who may ask, and by which names. */
export interface HttpAccess extends HostGuardInit {
  /** Without one everybody who gets here may ask. */
  readonly token?: string | undefined
}

/** What the HTTP interface shows. */
export interface HttpAppInit {
  readonly roster: Pick<Roster, 'peers' | 'get' | 'rows'>
  readonly network: () => NetworkState
  /** Those that stand. */
  readonly alerts: () => readonly Alert[]
  /** Where history is kept, if anywhere. */
  readonly store: Store | undefined
  readonly info: () => AggregatorInfo
  readonly discovery: () => Discovery
  readonly readiness: () => Readiness
  /** Figures for Prometheus, and the type of their text. */
  readonly metrics: { metrics(): Promise<string>; readonly contentType: string }
  readonly feed: Feed
  readonly access: HttpAccess
  /** Origins whose pages may read the answers. */
  readonly corsOrigins: readonly string[]
  /** Folder of the built dashboard. */
  readonly dashboard: string | undefined
  readonly limits: Pick<Limits, 'chunkBytes' | 'drainTimeout'>
  readonly clock: Clock
}

type Answer = (c: Context<Env>) => Response | Promise<Response>

// The one document that pages of every site may read.
const DISCOVERY_HEADERS = {
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
  'cache-control': `public, max-age=${DISCOVERY_MAX_AGE_SECONDS}, stale-if-error=${DISCOVERY_STALE_SECONDS}`
}
// Lets chunks through as they are made.
const CHUNKED = { 'transfer-encoding': 'chunked' }
const NODES_HEADERS = { 'content-type': 'application/json; charset=utf-8', ...CHUNKED }
const FEED_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  ...CHUNKED,
  // The same, said to nginx.
  'x-accel-buffering': 'no',
  // So that a stopping server need not wait for the next request.
  connection: 'close'
}
const NO_DASHBOARD =
  'The dashboard has not been built. Build it with "npm run build" and start the aggregator again.\n'

/** The HTTP interface: who is there, how the network is and was, and the feed of what changes. */
export function createHttpApp(init: HttpAppInit): Hono<Env> {
  const app = new Hono<Env>()
  const gate = new Gate(init.access.token, init.clock)
  guard(app, init)
  const answers = answersOf(init, gate)
  for (const [name, { path, method, ...route }] of Object.entries(ROUTES)) {
    if (!('open' in route)) app.use(path, gate.check)
    app.on(method.toUpperCase(), path, answers[name as RouteName])
  }
  for (const [path, allow] of allowedMethods()) {
    app.all(path, (c) => c.json({ error: 'method not allowed' }, 405, { allow }))
  }
  app.notFound((c) => c.json({ error: 'not found' }, 404))
  app.onError((error, c) => {
    if (error.name === 'ParameterError') return c.json({ error: error.message }, 400)
    if (error.name === 'StoreError') return c.json({ error: error.message }, 503)
    return c.json({ error: 'internal error' }, 500)
  })
  return app
}

function guard(app: Hono<Env>, { access, corsOrigins }: HttpAppInit): void {
  app.use(async (c, next) => {
    const local = c.env?.incoming?.socket.localAddress
    const isOpen = c.req.path === DISCOVERY_PATH
    if (!isOpen && !isOwnHost(c.req.header('host'), access, local)) {
      const error = 'this server does not go by that name; list it in http.hosts if it should'
      return c.json({ error }, 421)
    }
    const origin = c.req.header('origin')
    if (corsOrigins.length > 0) c.header('vary', 'origin')
    if (origin !== undefined && corsOrigins.includes(origin)) {
      c.header('access-control-allow-origin', origin)
    }
    return await next()
  })
}

function answersOf(init: HttpAppInit, gate: Gate): Readonly<Record<RouteName, Answer>> {
  const { roster, network, metrics, info, discovery, readiness } = init
  const pages = new NodePages({ ...init, topHeight: () => network().topHeight })
  const history = new HistoryAnswers({
    ...init,
    exportRoster: (c, headers) => exportRoster(c, headers, init)
  })
  const files = readDashboard(init.dashboard)
  const description = describeApi()
  const checked =
    (name: RouteName, answer: Answer): Answer =>
    (c) => {
      readParameters(ROUTES[name].query, queryOf(c))
      return answer(c)
    }
  return {
    nodes: (c) => listNodes(c, init, pages),
    node: checked('node', (c) => {
      const row = roster.get(c.req.param('peer') ?? '')
      return row === undefined ? c.json({ error: 'peer: no such node is known' }, 404) : c.json(row)
    }),
    nodeHistory: history.node,
    network: checked('network', (c) => c.json(network())),
    networkHistory: history.network,
    alerts: history.alerts,
    export: history.export,
    aggregator: checked('aggregator', (c) => c.json(info())),
    login: gate.login,
    logout: gate.logout,
    feed: (c) => openFeed(c, init.feed),
    metrics: async (c) =>
      c.body(await metrics.metrics(), 200, { 'content-type': metrics.contentType }),
    livez: (c) => c.json({ status: 'ok' }),
    readyz: (c) => sayReadiness(c, readiness(), gate),
    discovery: (c) => c.json(discovery(), 200, DISCOVERY_HEADERS),
    openapi: (c) => c.json(description),
    dashboard: (c) => {
      const file = files.get('/')
      return file === undefined ? c.text(NO_DASHBOARD, 404) : serve(c, file)
    },
    assets: (c) => {
      const file = files.get(c.req.path)
      return file === undefined ? c.json({ error: 'not found' }, 404) : serve(c, file)
    }
  }
}

/** What each path takes, for those who ask otherwise. */
function allowedMethods(): Map<string, string> {
  const allowed = new Map<string, string>()
  for (const { path, method } of Object.values(ROUTES)) {
    const own = method === 'get' ? 'GET, HEAD' : method.toUpperCase()
    const others = allowed.get(path)
    allowed.set(path, others === undefined ? own : `${others}, ${own}`)
  }
  return allowed
}

// What is wrong names hosts and files, which are nobody's business who has not the token.
async function sayReadiness(
  c: Context<Env>,
  { ready, problems }: Readiness,
  gate: Gate
): Promise<Response> {
  const status = ready ? 200 : 503
  if (gate.isStranger(c)) return c.json({ ready, problems: [] } satisfies Readiness, status)
  const refusal = await gate.check(c, async () => {})
  return refusal ?? c.json({ ready, problems } satisfies Readiness, status)
}

function serve(c: Context<Env>, { body, headers }: StaticFile): Response {
  return c.body(body, 200, headers)
}

function listNodes(c: Context<Env>, init: HttpAppInit, pages: NodePages): Response {
  const {
    offset = 0,
    limit = DEFAULT_PAGE_NODES,
    ...selection
  } = readParameters(ROUTES.nodes.query, queryOf(c))
  const { peers, total } = pages.first(offset + limit, selection)
  return readRows(c, NODES_HEADERS, init, {
    peers: peers.slice(offset, offset + limit),
    begin: `{"total":${total},"offset":${offset},"nodes":[`,
    between: ',',
    end: ']}'
  })
}

function exportRoster(
  c: Context<Env>,
  headers: Record<string, string>,
  init: HttpAppInit
): Response {
  const peers = init.roster.peers()
  const end = peers.length === 0 ? '' : '\n'
  return readRows(c, headers, init, { peers, begin: '', between: '\n', end })
}

// As one text it would cost each reader that takes nothing as much again.
function readRows(
  c: Context<Env>,
  headers: Record<string, string>,
  { roster, limits, clock }: HttpAppInit,
  rows: Omit<RowsTextInit, 'find'>
): Response {
  if (c.req.method === 'HEAD') return c.body(null, 200, headers)
  const text = new RowsText({ ...rows, find: (peer) => roster.get(peer) })
  const cut = (): unknown => c.env.outgoing.destroy()
  return c.body(new TextReader({ text, limits, clock, cut }).stream, 200, headers)
}

function openFeed(c: Context<Env>, feed: Feed): Response {
  const given = readParameters(ROUTES.feed.query, queryOf(c))
  if (c.req.method === 'HEAD') return c.body(null, 200, FEED_HEADERS)
  const stream = feed.open({
    nodes: given.nodes,
    lastEventId: c.req.header('last-event-id') ?? given.lastEventId,
    cut: () => c.env.outgoing.destroy()
  })
  if (stream === undefined) {
    return c.json({ error: 'too many readers' }, 503, { 'retry-after': `${BUSY_RETRY_SECONDS}` })
  }
  return c.body(stream, 200, FEED_HEADERS)
}
