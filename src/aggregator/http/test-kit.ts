// What the tests of the HTTP side share: an app over ports that are made by hand.

import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { Registry } from 'prom-client'
import { HttpServer } from '../../operator/index.ts'
import { FakeClock } from '../../timing/fake-clock.ts'
import { NO_COUNTS, QUIET } from '../examples.kit.test.ts'
import { DEFAULT_LIMITS } from '../limits.ts'
import { Roster } from '../roster.ts'
import type { NodeRow } from '../row.ts'
import { Feed } from './feed.ts'
import { createHttpApp, type HttpAppInit } from './http-app.ts'

/** A roster of these rows; `map` may be changed later. */
export function rosterOf(rows: readonly NodeRow[]) {
  const map = new Map(rows.map((row) => [row.peer, row]))
  return {
    map,
    peers: () => [...map.keys()],
    rows: () => [...map.values()],
    get: (peer: string) => map.get(peer)
  }
}

/** A clock that stands at some moment after 1970. */
function someClock(): FakeClock {
  const clock = new FakeClock()
  clock.advance(Date.parse('2026-02-01T00:00:00Z'))
  return clock
}

/** An app, and the feed that it gives out. */
export function appOf(init: Partial<HttpAppInit> & { limits?: typeof DEFAULT_LIMITS }) {
  const { limits = DEFAULT_LIMITS, clock = someClock() } = init
  const common = {
    roster: new Roster(limits),
    network: () => QUIET,
    alerts: () => [],
    ...init,
    limits,
    clock
  }
  const feed = init.feed ?? new Feed(common)
  const app = createHttpApp({
    store: undefined,
    info: () => ({
      peerId: '12D3',
      addresses: [],
      relays: [],
      counts: NO_COUNTS,
      references: []
    }),
    discovery: () => ({ peer: '12D3', multiaddrs: [], relays: [], protocols: [] }),
    readiness: () => ({ ready: true, problems: [] }),
    metrics: new Registry(),
    access: { host: '127.0.0.1', hosts: [] },
    corsOrigins: [],
    dashboard: undefined,
    ...common,
    feed
  })
  return { app, feed }
}

/** Serves an app on a free port of loopback until the test ends. */
export async function serve(
  t: TestContext,
  init: Parameters<typeof appOf>[0]
): Promise<{ url: string; feed: Feed }> {
  const { app, feed } = appOf(init)
  const address = { host: '127.0.0.1', port: 0 }
  const server = new HttpServer((request, bindings) => app.fetch(request, bindings), address)
  t.after(async () => {
    feed.stop()
    await server.close()
  })
  await server.listen()
  return { url: server.url ?? '', feed }
}

/** Asks for JSON, and looks at the status. */
export async function ask(url: string, status = 200) {
  const answer = await fetch(url)
  assert.equal(answer.status, status, url)
  return await answer.json()
}
