import type {
  AggregatorInfo,
  AlertsPage,
  NetworkHistory,
  NodeHistory,
  NodeRow,
  NodesPage,
  NodesQuery,
  Range,
  Readiness
} from '../aggregator/index.ts'
import { DASHBOARD_ANSWER_TIMEOUT } from '../constants.ts'
import { AnswerError } from '../errors.ts'
import { refusalOf } from './refusal.ts'

/** What the questions to the aggregator work with. */
export interface ApiInit {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  /** A question was refused for want of a token. */
  readonly onTokenNeeded: () => void
}

/**
 * The questions that the dashboard asks its aggregator, each single and abortable.
 *
 * All throw {@link AnswerError} when they are refused, and what `fetch` throws when there is no answer.
 */
export class Api {
  readonly #init: ApiInit

  constructor(init: ApiInit) {
    this.#init = init
  }

  async nodes(query: NodesQuery, signal: AbortSignal): Promise<NodesPage> {
    return await this.#get(`/api/nodes${queryOf(query)}`, signal)
  }

  async node(peer: string, signal: AbortSignal): Promise<NodeRow> {
    return await this.#get(`/api/nodes/${encodeURIComponent(peer)}`, signal)
  }

  async nodeHistory(peer: string, range: Range, signal: AbortSignal): Promise<NodeHistory> {
    const path = `/api/nodes/${encodeURIComponent(peer)}/history`
    return await this.#get(path + queryOf(range), signal)
  }

  async networkHistory(range: Range, signal: AbortSignal): Promise<NetworkHistory> {
    return await this.#get(`/api/network/history${queryOf(range)}`, signal)
  }

  async alerts(signal: AbortSignal): Promise<AlertsPage> {
    return await this.#get('/api/alerts', signal)
  }

  async aggregator(signal: AbortSignal): Promise<AggregatorInfo> {
    return await this.#get('/api/aggregator', signal)
  }

  /** Answers also while the aggregator is not ready. */
  async readiness(signal: AbortSignal): Promise<Readiness> {
    return await this.#get('/readyz', signal, [503])
  }

  /** Hands in the token; the cookie that comes back opens everything else. */
  async open(token: string): Promise<void> {
    const response = await this.#init.fetch('/api/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
      signal: AbortSignal.timeout(DASHBOARD_ANSWER_TIMEOUT)
    })
    if (!response.ok) throw await refusalOf(response)
  }

  async #get<T>(url: string, signal: AbortSignal, fine: readonly number[] = []): Promise<T> {
    const timeout = AbortSignal.timeout(DASHBOARD_ANSWER_TIMEOUT)
    const response = await this.#init.fetch(url, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.any([signal, timeout])
    })
    if (response.status === 401) this.#init.onTokenNeeded()
    if (!response.ok && !fine.includes(response.status)) throw await refusalOf(response)
    return (await response.json()) as T
  }
}

function queryOf(values: object): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== '') query.set(name, String(value))
  }
  return query.size === 0 ? '' : `?${query}`
}

/** What to say of a question that failed, in one sentence. */
export function problemOf(error: unknown): string {
  if (error instanceof AnswerError) return `The aggregator says: ${error.message}.`
  const isLate = error instanceof DOMException && error.name === 'TimeoutError'
  return isLate ? 'The aggregator takes too long to answer.' : 'The aggregator does not answer.'
}
