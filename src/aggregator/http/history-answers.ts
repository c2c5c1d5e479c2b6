import type { Context } from 'hono'
import { BUSY_RETRY_SECONDS, DEFAULT_PAST_ALERTS } from '../../constants.ts'
import { ParameterError, StoreError } from '../../errors.ts'
import type { Clock } from '../../timing/index.ts'
import type { Alert } from '../alert.ts'
import type { AlertsPage } from '../api.ts'
import type { Roster } from '../roster.ts'
import type { Store } from '../store/index.ts'
import { Exports } from './export.ts'
import type { Env } from './gate.ts'
import { rangeOf, spanOf } from './history-range.ts'
import { readParameters } from './parameters.ts'
import { ROUTES } from './routes.ts'

/** What answers about the past are made from. */
export interface HistoryAnswersInit {
  readonly roster: Pick<Roster, 'get'>
  readonly store: Store | undefined
  /** Those that stand. */
  readonly alerts: () => readonly Alert[]
  readonly clock: Clock
  /** Streams the present rows. */
  readonly exportRoster: (c: Context<Env>, headers: Record<string, string>) => Response
}

/** Answers what was: of a node, of the network, of alerts, and everything as an export. */
export class HistoryAnswers {
  readonly #init: HistoryAnswersInit
  readonly #exports = new Exports()

  constructor(init: HistoryAnswersInit) {
    this.#init = init
  }

  readonly node = async (c: Context<Env>): Promise<Response> => {
    const { roster, store, clock } = this.#init
    const given = readParameters(ROUTES.nodeHistory.query, queryOf(c))
    const range = rangeOf(given, clock.now(), true)
    const peer = c.req.param('peer') ?? ''
    const row = roster.get(peer)
    if (row === undefined) return c.json({ error: 'peer: no such node is known' }, 404)
    if (row.watched !== true) {
      return c.json({ error: 'peer: is a visitor; only watched nodes have a history' }, 404)
    }
    if (store === undefined) return withoutStore(c)
    return c.json(await store.nodeHistory(peer, range, c.req.raw.signal))
  }

  readonly network = async (c: Context<Env>): Promise<Response> => {
    const { store, clock } = this.#init
    const given = readParameters(ROUTES.networkHistory.query, queryOf(c))
    const range = rangeOf(given, clock.now(), false)
    if (store === undefined) return withoutStore(c)
    return c.json(await store.networkHistory(range, c.req.raw.signal))
  }

  readonly alerts = async (c: Context<Env>): Promise<Response> => {
    const { store, alerts } = this.#init
    const { limit = DEFAULT_PAST_ALERTS, offset = 0 } = readParameters(
      ROUTES.alerts.query,
      queryOf(c)
    )
    const page = { standing: alerts(), past: [] }
    try {
      const kept = (await store?.alerts(limit, offset, c.req.raw.signal)) ?? []
      const past = kept.filter(({ until }) => until !== undefined)
      return c.json({ ...page, past } satisfies AlertsPage)
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      // What stands must be told just when the disk fails.
      return c.json({ ...page, problem: error.message } satisfies AlertsPage)
    }
  }

  readonly export = async (c: Context<Env>): Promise<Response> => {
    const { store, clock, exportRoster } = this.#init
    const { topic, ...given } = readParameters(ROUTES.export.query, queryOf(c))
    if (topic === undefined) throw new ParameterError('topic', 'is missing')
    const headers = exportHeaders(topic, clock.now())
    if (topic === 'roster') return exportRoster(c, headers)
    const span = spanOf(given, clock.now())
    if (store === undefined) return withoutStore(c)
    if (c.req.method === 'HEAD') return c.body(null, 200, headers)
    const stream = await this.#exports.open((signal) => store.export(topic, span, signal))
    if (stream !== undefined) return c.body(stream, 200, headers)
    return c.json({ error: 'too many exports are under way' }, 503, {
      'retry-after': `${BUSY_RETRY_SECONDS}`
    })
  }
}

/** What a request asks. */
export function queryOf(c: Context<Env>): URLSearchParams {
  return new URL(c.req.url).searchParams
}

function withoutStore(c: Context<Env>): Response {
  const error = 'no history is kept here: give the aggregator the option `store` to switch it on'
  return c.json({ error }, 501)
}

function exportHeaders(topic: string, now: number): Record<string, string> {
  const moment = new Date(now).toISOString().slice(0, 19).replaceAll(':', '-')
  return {
    'content-type': 'application/x-ndjson; charset=utf-8',
    'content-disposition': `attachment; filename="fil-heartbeat-${topic}-${moment}.ndjson"`,
    'transfer-encoding': 'chunked'
  }
}
