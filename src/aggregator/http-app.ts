import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import type { Feed } from './feed.ts'
import type { AggregatorInfo } from './index.ts'
import type { NodeRow } from './roster.ts'
import { rowText } from './row-text.ts'

/** What the HTTP interface shows. */
export interface HttpAppInit {
  readonly rows: () => readonly NodeRow[]
  readonly info: () => AggregatorInfo
  readonly feed: Feed
  /** Origins whose pages may read the answers. */
  readonly corsOrigins: readonly string[]
}

type Env = { Bindings: HttpBindings }

const ALLOWED = 'GET, HEAD'
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' }
const FEED_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  // Lets chunks through as they are made: in the adapter, and in nginx.
  'transfer-encoding': 'chunked',
  'x-accel-buffering': 'no',
  // So that a stopping server need not wait for the next request.
  connection: 'close'
}

/** The HTTP interface: the roster, the feed of its changes, and what the aggregator says of itself. */
export function createHttpApp({ rows, info, feed, corsOrigins }: HttpAppInit): Hono<Env> {
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
  app.get('/api/nodes', (c) => {
    const nodes = rows().map(rowText)
    return c.body(`{"nodes":[${nodes.join()}]}`, 200, JSON_TYPE)
  })
  app.get('/feed', (c) => openFeed(c, feed))

  for (const { path } of app.routes.filter(({ method }) => method === 'GET')) {
    app.all(path, (c) => c.json({ error: 'method not allowed' }, 405, { allow: ALLOWED }))
  }
  app.notFound((c) => c.json({ error: 'not found' }, 404))
  app.onError((_, c) => c.json({ error: 'internal error' }, 500))
  return app
}

function openFeed(c: Context<Env>, feed: Feed): Response {
  if (c.req.method === 'HEAD') return c.body(null, 200, FEED_HEADERS)
  const stream = feed.open(() => c.env.outgoing.destroy())
  if (stream === undefined) {
    return c.json({ error: 'too many readers' }, 503, { 'retry-after': '10' })
  }
  return c.body(stream, 200, FEED_HEADERS)
}
