import {
  DEFAULT_PAGE_NODES,
  DEFAULT_PAST_ALERTS,
  MAX_ALERTS_OFFSET,
  MAX_EVENT_ID_CHARACTERS,
  MAX_MOMENT,
  MAX_PAGE_NODES,
  MAX_PAST_ALERTS,
  MAX_SEARCH_CHARACTERS
} from '../../constants.ts'
import type { NodesOrder } from '../api.ts'
import type { ExportTopic } from '../store/index.ts'
import { FEED_NODES } from './feed-changes.ts'
import { choice, integer, moment, type Parameters, text } from './parameters.ts'
import { type SchemaName, STATUSES } from './schemas.ts'

/** One thing that can be asked for: what checks its query, and what its description is made of. */
export interface Route {
  readonly method: 'get' | 'post' | 'delete'
  /** As Hono writes it. */
  readonly path: string
  readonly summary: string
  readonly query: Parameters
  /** What a good answer holds: JSON of this schema, or text of this type. */
  readonly answer: SchemaName | { readonly type: string } | 'nothing'
  /** Other answers, by status. */
  readonly others?: Readonly<Record<number, string>>
  /** Whether it is answered without the access token. */
  readonly open?: true
}

/** Where clients look for an aggregator on its operator's site. */
export const DISCOVERY_PATH = '/.well-known/fil-heartbeat.json'

const ORDERS: readonly NodesOrder[] = [
  'height',
  'delay',
  'nickname',
  'status',
  'beats',
  'rtt',
  'first-beat'
]
const TOPICS = ['roster', 'beats', 'nodes', 'network', 'alerts'] as const satisfies readonly (
  | ExportTopic
  | 'roster'
)[]
const from = moment('Begin of the range; six hours before its end by default.')
const to = moment('End of the range, not included; now by default.')
const step = integer('Length of each point in ms, a multiple of a minute; chosen by default.', {
  minimum: 0,
  maximum: MAX_MOMENT
})
const WITHOUT_STORE = { 501: 'No history is kept.', 503: 'The history cannot be read now.' }

/** Everything that can be asked for. */
export const ROUTES = {
  nodes: {
    method: 'get',
    path: '/api/nodes',
    summary: 'A page of the nodes that are there, searched and sorted.',
    query: {
      search: text(
        "Part of a nickname, a peer id or a miner's address, in any case.",
        MAX_SEARCH_CHARACTERS
      ),
      sort: choice('What they are sorted by; height by default.', ORDERS),
      order: choice('Which way; by default what matters comes first.', ['ascending', 'descending']),
      group: choice("Only the operator's own nodes, or only all others.", ['watched', 'visitors']),
      status: choice('Only those of this status.', STATUSES),
      offset: integer('How many to leave out.', {
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        default: 0
      }),
      limit: integer('How many to tell.', {
        minimum: 1,
        maximum: MAX_PAGE_NODES,
        default: DEFAULT_PAGE_NODES
      })
    },
    answer: 'NodesPage'
  },
  node: {
    method: 'get',
    path: '/api/nodes/:peer',
    summary: 'One node.',
    query: {},
    answer: 'NodeRow',
    others: { 404: 'No such node is known.' }
  },
  nodeHistory: {
    method: 'get',
    path: '/api/nodes/:peer/history',
    summary: 'What is kept of one watched node. A step of 0 tells every beat.',
    query: { from, to, step },
    answer: 'NodeHistory',
    others: { 404: 'No such node is watched.', ...WITHOUT_STORE }
  },
  network: {
    method: 'get',
    path: '/api/network',
    summary: 'The network now, as it is heard here.',
    query: {},
    answer: 'NetworkState'
  },
  networkHistory: {
    method: 'get',
    path: '/api/network/history',
    summary: 'What is kept of the network.',
    query: { from, to, step },
    answer: 'NetworkHistory',
    others: WITHOUT_STORE
  },
  alerts: {
    method: 'get',
    path: '/api/alerts',
    summary: 'Alerts that stand, and those that are over, the newest first.',
    query: {
      offset: integer('How many of those kept to leave out.', {
        minimum: 0,
        maximum: MAX_ALERTS_OFFSET,
        default: 0
      }),
      limit: integer('How many of those kept to look at.', {
        minimum: 1,
        maximum: MAX_PAST_ALERTS,
        default: DEFAULT_PAST_ALERTS
      })
    },
    answer: 'AlertsPage'
  },
  export: {
    method: 'get',
    path: '/api/export',
    summary: 'Everything of a topic in a range, a JSON object on each line. The roster is of now.',
    query: { topic: choice('What to export; required.', TOPICS), from, to },
    answer: { type: 'application/x-ndjson' },
    others: WITHOUT_STORE
  },
  aggregator: {
    method: 'get',
    path: '/api/aggregator',
    summary: 'What the aggregator says of itself.',
    query: {},
    answer: 'AggregatorInfo'
  },
  login: {
    method: 'post',
    path: '/api/session',
    summary:
      'Lets a browser in that gives the access token, as JSON with the one property `token`.',
    query: {},
    answer: 'nothing',
    others: { 429: 'Too many wrong tokens came.' },
    open: true
  },
  logout: {
    method: 'delete',
    path: '/api/session',
    summary: 'Ends what the access token began.',
    query: {},
    answer: 'nothing',
    open: true
  },
  feed: {
    method: 'get',
    path: '/feed',
    summary:
      'Server-sent events: `snapshot`, then `node`, `gone`, `network` and `alert` as they happen. A reader that comes back with `Last-Event-ID` gets what changed meanwhile.',
    query: {
      nodes: choice('Which nodes to tell of; all by default.', FEED_NODES),
      lastEventId: text(
        'Id of the last event, where the header cannot be sent.',
        MAX_EVENT_ID_CHARACTERS
      )
    },
    answer: { type: 'text/event-stream' },
    others: { 503: 'There are too many readers.' }
  },
  metrics: {
    method: 'get',
    path: '/metrics',
    summary: 'Figures for Prometheus.',
    query: {},
    answer: { type: 'text/plain' }
  },
  livez: {
    method: 'get',
    path: '/livez',
    summary: 'Whether the process lives.',
    query: {},
    answer: 'Liveness',
    open: true
  },
  readyz: {
    method: 'get',
    path: '/readyz',
    summary: 'Whether it can do its work, and to whoever has the access token what is wrong.',
    query: {},
    answer: 'Readiness',
    others: { 503: 'It is not ready; the answer is the same otherwise.' },
    open: true
  },
  discovery: {
    method: 'get',
    path: DISCOVERY_PATH,
    summary: 'Where clients reach the aggregator. Pages of every site may read it.',
    query: {},
    answer: 'Discovery',
    open: true
  },
  openapi: {
    method: 'get',
    path: '/openapi.json',
    summary: 'This description.',
    query: {},
    answer: { type: 'application/json' }
  },
  dashboard: {
    method: 'get',
    path: '/',
    summary: 'The dashboard.',
    query: {},
    answer: { type: 'text/html' },
    open: true
  },
  assets: {
    method: 'get',
    path: '/assets/*',
    summary: 'A file of the dashboard.',
    query: {},
    answer: { type: 'application/octet-stream' },
    others: { 404: 'There is no such file.' },
    open: true
  }
} as const satisfies Record<string, Route>

/** Name of a route. */
export type RouteName = keyof typeof ROUTES
