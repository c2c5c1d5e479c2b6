// The demo's page: its files under a wallet's policy, where everything is, and its buttons.

import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Chain } from '../src/timing/index.ts'
import { MAX_REQUEST_BYTES } from './constants.ts'
import { LOOPBACK, listen, onlyFrom, originsOf, readObject } from './http.ts'
import { readStaticFile } from './static-files.ts'

/** What the page reads from `/demo/config.json`. */
export interface DemoConfig {
  /** Multiaddr of the relay. */
  readonly relay: string
  /** The aggregator by its peer id alone, `/p2p/<id>`: to be reached through the relay. */
  readonly target: string
  /** Multiaddr of the aggregator's own WebSocket. */
  readonly direct: string
  /** The wallet's node. */
  readonly rpc: { readonly http: string; readonly ws: string }
  readonly chain: Chain
  /** The aggregator's live feed (SSE). */
  readonly feed: string
  /** The aggregator's HTTP API. */
  readonly api: string
  /** The aggregator's dashboard. */
  readonly dashboard: string
  /** Where the development chain takes orders; absent when the chain is a real one. */
  readonly control?: string
}

/** A service that the page can switch off and on. */
export interface Switch {
  readonly running: boolean
  /** @returns whether it runs now */
  turn(running: boolean): Promise<boolean>
}

/** What there is to show, once everything runs. */
export interface Site {
  readonly config: DemoConfig
  /** Origins that the page may connect to, besides its own. */
  readonly connect: readonly string[]
  readonly switches: { readonly relay: Switch; readonly aggregator: Switch }
}

/** The page's server. */
export interface StaticServer {
  readonly url: string
  /** The origins under which the page can be opened. */
  readonly origins: readonly string[]
  /** Begins to serve: until then every request is asked to come back. */
  open(site: Site): void
  stop(): Promise<void>
}

/**
 * Starts the page's server on 127.0.0.1. It listens before there is anything to show, since the
 * other services must know the page's origin.
 *
 * @param root the project's folder
 * @param port 0 takes any that is free
 * @throws Node's error when it cannot listen, `EADDRINUSE` for one
 */
export async function startStaticServer(root: string, port: number): Promise<StaticServer> {
  let site: Site | undefined
  let origins: readonly string[] = []
  const app = buildApp(root, {
    site: () => site,
    origins: () => origins
  })
  const listening = await listen(app, port)
  origins = originsOf(listening.port)
  return {
    url: `http://${LOOPBACK}:${listening.port}/`,
    origins,
    open: (opened) => {
      site = opened
    },
    stop: listening.stop
  }
}

/** The policy of a wallet that has been reviewed. */
export function contentSecurityPolicy(connect: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src ${["'self'", ...new Set(connect)].join(' ')}`,
    "require-trusted-types-for 'script'",
    'trusted-types lit-html',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'"
  ].join('; ')
}

interface State {
  site(): Site | undefined
  origins(): readonly string[]
}

type Env = { Variables: { site: Site } }

function buildApp(root: string, state: State): Hono<Env> {
  const app = new Hono<Env>()
  app.use(bodyLimit({ maxSize: MAX_REQUEST_BYTES }))
  app.use(async (context, next) => {
    const site = state.site()
    context.header('cache-control', 'no-cache')
    if (!site) return context.text('still starting', 503, { 'retry-after': '1' })
    context.header('content-security-policy', contentSecurityPolicy(site.connect))
    context.header('x-content-type-options', 'nosniff')
    context.header('referrer-policy', 'no-referrer')
    context.set('site', site)
    await next()
    return undefined
  })
  app.get('/demo/config.json', (context) => context.json(context.get('site').config))
  for (const name of ['relay', 'aggregator'] as const) {
    const path = `/demo/${name}`
    app.get(path, (context) =>
      context.json({ running: context.get('site').switches[name].running })
    )
    app.post(path, onlyFrom(state.origins), async (context) => {
      const { running } = await readObject(context)
      if (typeof running !== 'boolean') {
        return context.json({ error: 'say { "running": true or false }' }, 400)
      }
      return context.json({ running: await context.get('site').switches[name].turn(running) })
    })
  }
  app.get('*', async (context) => {
    const file = await readStaticFile(root, context.req.path)
    if (!file) return context.notFound()
    const isPage = file.type.startsWith('text/html')
    const body = isPage ? withAddresses(file.body, context.get('site').config) : file.body
    return context.body(body, 200, { 'content-type': file.type })
  })
  app.onError((error, context) => context.json({ error: error.message }, 500))
  return app
}

/** Puts the demo's own addresses where an example leaves TARGET and RELAY open. */
function withAddresses(page: Uint8Array, { target, relay }: DemoConfig): string {
  const text = new TextDecoder().decode(page)
  return text.replaceAll('"TARGET"', `"${target}"`).replaceAll('"RELAY"', `"${relay}"`)
}
