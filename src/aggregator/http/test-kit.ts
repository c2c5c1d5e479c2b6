// What the tests of the HTTP side share: an app over ports that are made by hand, and rows.

import type { TestContext } from 'node:test'
import { Registry } from 'prom-client'
import { HttpServer } from '../../operator/index.ts'
import { FakeClock } from '../../timing/fake-clock.ts'
import type { Alert } from '../alert.ts'
import { DEFAULT_LIMITS } from '../limits.ts'
import type { NetworkState } from '../network-state.ts'
import { Roster } from '../roster.ts'
import type { NodeRow } from '../row.ts'
import { Feed } from './feed.ts'
import { createHttpApp, type HttpAppInit } from './http-app.ts'

/** A network in which nothing was heard. */
export const QUIET: NetworkState = {
  at: 1_000,
  nodes: { beating: 0, asleep: 0, overdue: 0, left: 0, down: 0 },
  watched: { beating: 0, asleep: 0, overdue: 0, left: 0, down: 0 },
  agreement: { same: 0, differs: 0, unknown: 0 },
  consensus: { inConsensus: 0, inDispute: 0 },
  spread: [],
  beatsPerSecond: 0,
  references: { ok: 0, all: 0 },
  alerts: 0
}

/** An alert that stands. */
export const ALERT: Alert = {
  id: 'node-down/12D3/1000',
  kind: 'node-down',
  subject: '12D3',
  nickname: 'calib-1',
  since: 1_000,
  evidence: 'Its last beat came 60 s ago.'
}

/** The row of a node that beats. */
export function rowFor(peer: string, more: Partial<NodeRow> = {}): NodeRow {
  return {
    peer,
    nickname: '',
    minerAddress: '',
    head: [],
    height: '0',
    route: 'websocket',
    protocol: '/fil/heartbeat/2.0.0',
    streams: 1,
    connected: true,
    status: 'beating',
    beats: 1,
    doubles: 0,
    malformed: 0,
    dropped: 0,
    firstBeatAt: 0,
    lastBeatAt: 0,
    ...more
  }
}

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
      counts: {
        beats: 0,
        late: 0,
        doubles: 0,
        rejected: {},
        dropped: 0,
        resets: 0,
        refused: 0,
        malformed: {}
      },
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
