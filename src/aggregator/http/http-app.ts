import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { DISCOVERY_MAX_AGE_SECONDS, DISCOVERY_STALE_SECONDS } from '../../constants.ts'
import type { Clock } from '../../timing/index.ts'
import type { Discovery } from '../../wire/index.ts'
import type { AggregatorInfo } from '../index.ts'
import type { Limits } from '../limits.ts'
import type { Roster } from '../roster.ts'
import type { Feed } from './feed.ts'
import { RowsText } from './rows-text.ts'
import { TextReader } from './text-reader.ts'

/** What the HTTP interface shows. */
export interface HttpAppInit {
  readonly roster: Pick<Roster, 'peers' | 'get'>
  readonly info: () => AggregatorInfo
  readonly discovery: () => Discovery
  readonly feed: Feed
  /** Origins whose pages may read the answers. */
  readonly corsOrigins: readonly string[]
  readonly limits: Pick<Limits, 'chunkBytes' | 'drainTimeout'>
  readonly clock: Clock
}

type Env = { Bindings: HttpBindings }

/** Where clients look for an aggregator on its operator's site. */
const DISCOVERY_PATH = '/.well-known/fil-heartbeat.json'
// The one document that pages of every site may read.
const DISCOVERY_HEADERS = {
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
  'cache-control': `public, max-age=${DISCOVERY_MAX_AGE_SECONDS}, stale-if-error=${DISCOVERY_STALE_SECONDS}`
}
const ALLOWED = 'GET, HEAD'
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

/** The HTTP interface: the roster, the feed of its changes, and what the aggregator says of itself. */
export function createHttpApp(init: HttpAppInit): Hono<Env> {
  const { info, discovery, feed, corsOrigins } = init
  const app = new Hono<Env>()

  app.use(async (c, next) => {
    const origin = c.req.header('origin')
    if (corsOrigins.length > 0) c.header('vary', 'origin')
    if (origin !== undefined && corsOrigins.includes(origin)) {
      c.header('access-control-allow-origin', origin)
    }
    await next()
  })

  app.get('/livez', (c) => c.json({ status: 'ok' }))
  app.get('/api/aggregator', (c) => c.json(info()))
  app.get('/api/nodes', (c) => listNodes(c, init))
  app.get(DISCOVERY_PATH, (c) => c.json(discovery(), 200, DISCOVERY_HEADERS))
  app.get('/feed', (c) => openFeed(c, feed))

  for (const { path } of app.routes.filter(({ method }) => method === 'GET')) {
    app.all(path, (c) => c.json({ error: 'method not allowed' }, 405, { allow: ALLOWED }))
  }
  app.notFound((c) => c.json({ error: 'not found' }, 404))
  app.onError((_, c) => c.json({ error: 'internal error' }, 500))
  return app
}

// The whole roster as one text would cost each reader that takes nothing as much again.
function listNodes(c: Context<Env>, { roster, limits, clock }: HttpAppInit): Response {
  if (c.req.method === 'HEAD') return c.body(null, 200, NODES_HEADERS)
  const text = new RowsText({ peers: roster.peers(), find: (peer) => roster.get(peer) })
  const cut = (): unknown => c.env.outgoing.destroy()
  return c.body(new TextReader({ text, limits, clock, cut }).stream, 200, NODES_HEADERS)
}

function openFeed(c: Context<Env>, feed: Feed): Response {
  if (c.req.method === 'HEAD') return c.body(null, 200, FEED_HEADERS)
  const stream = feed.open(() => c.env.outgoing.destroy())
  if (stream === undefined) {
    return c.json({ error: 'too many readers' }, 503, { 'retry-after': '10' })
  }
  return c.body(stream, 200, FEED_HEADERS)
}
