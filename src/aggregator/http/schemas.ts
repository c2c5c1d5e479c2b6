// What answers look like, as JSON Schemas: the types of `../api.ts`, told to those who read JSON.

import type { AlertKind } from '../alert.ts'
import type { Liveness } from '../liveness.ts'
import type { JsonSchema } from './parameters.ts'

/** Every kind of alert. */
export const ALERT_KINDS = [
  'node-down',
  'node-stalled',
  'node-behind',
  'node-on-other-chain',
  'duplicate-identity',
  'references-disagree',
  'references-lost',
  'nothing-heard',
  'observer-unwell'
] as const satisfies readonly AlertKind[]

/** Every status of a node. */
export const STATUSES = [
  'beating',
  'asleep',
  'overdue',
  'left',
  'down'
] as const satisfies readonly Liveness[]

const string: JsonSchema = { type: 'string' }
const number: JsonSchema = { type: 'number' }
const boolean: JsonSchema = { type: 'boolean' }
const count: JsonSchema = { type: 'integer', minimum: 0 }
const at: JsonSchema = { type: 'number', description: 'In ms since 1970.' }
const height: JsonSchema = { type: 'string', pattern: '^[0-9]+$' }
const status: JsonSchema = { type: 'string', enum: STATUSES }

const list = (items: JsonSchema): JsonSchema => ({ type: 'array', items })
const ref = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` })

/** An object of these properties; a name that ends in `?` may be absent. */
function object(properties: Record<string, JsonSchema>): JsonSchema {
  const entries = Object.entries(properties)
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, each]) => [name.replace('?', ''), each])),
    required: entries.map(([name]) => name).filter((name) => !name.endsWith('?'))
  }
}

const counts = object(Object.fromEntries(STATUSES.map((each) => [each, count])))
const spread = list(object({ from: count, nodes: count }))
const range = { from: at, to: at, step: { ...count, description: 'In ms; 0 for every beat.' } }
const byReason: JsonSchema = { type: 'object', additionalProperties: count }

/** Schemas by name, for every answer of the interface. */
export const SCHEMAS = {
  ApiError: object({
    error: { ...string, description: 'What was wrong, and in which parameter.' }
  }),
  NodeRow: object({
    peer: string,
    'watched?': boolean,
    nickname: { ...string, description: 'As a stranger wrote it, fit for display as plain text.' },
    minerAddress: string,
    head: list(string),
    height,
    'headAt?': at,
    'genesis?': string,
    'stale?': boolean,
    'page?': string,
    'agreement?': string,
    'behindNetwork?': number,
    'rtt?': number,
    'route?': string,
    'protocol?': string,
    streams: count,
    connected: boolean,
    status,
    'nextBy?': at,
    'rejected?': string,
    'duplicateIdentity?': object({ since: at, at }),
    beats: count,
    doubles: count,
    malformed: count,
    dropped: count,
    'firstBeatAt?': at,
    'lastBeatAt?': at
  }),
  NodesPage: object({ total: count, offset: count, nodes: list(ref('NodeRow')) }),
  Alert: object({
    id: string,
    kind: { type: 'string', enum: ALERT_KINDS },
    subject: string,
    'nickname?': string,
    since: at,
    'until?': at,
    evidence: string
  }),
  AlertsPage: object({
    standing: list(ref('Alert')),
    past: list(ref('Alert')),
    'problem?': string
  }),
  NetworkState: object({
    at,
    nodes: counts,
    watched: counts,
    agreement: object({ same: count, differs: count, unknown: count }),
    consensus: object({ inConsensus: count, inDispute: count }),
    'networkHeight?': height,
    'topHeight?': height,
    'topSince?': at,
    spread,
    beatsPerSecond: number,
    'rtt?': object({ p50: number, p95: number }),
    references: object({ ok: count, all: count }),
    alerts: count,
    'frozen?': string
  }),
  NodeHistory: object({
    peer: string,
    ...range,
    points: list(
      object({ at, beats: count, 'height?': height, 'behind?': number, 'rtt?': number })
    ),
    statuses: list(object({ at, status })),
    alerts: list(ref('Alert')),
    network: list(object({ at, height }))
  }),
  NetworkHistory: object({
    ...range,
    points: list(
      object({
        at,
        nodes: count,
        down: count,
        same: count,
        differs: count,
        unknown: count,
        inConsensus: count,
        inDispute: count,
        beats: count,
        'networkHeight?': height,
        'rttP50?': number,
        'rttP95?': number,
        spread
      })
    ),
    alerts: list(ref('Alert'))
  }),
  Readiness: object({ ready: boolean, problems: list(string) }),
  Liveness: object({ status: string }),
  AggregatorInfo: object({
    peerId: string,
    addresses: list(string),
    relays: list(object({ address: string, reserved: boolean, 'problem?': string })),
    counts: object({
      beats: count,
      late: count,
      doubles: count,
      rejected: byReason,
      dropped: count,
      resets: count,
      refused: count,
      malformed: byReason
    }),
    references: list(
      object({
        name: string,
        kind: string,
        ok: boolean,
        'height?': height,
        'problem?': string,
        since: at
      })
    ),
    'store?': object({
      state: string,
      'problem?': string,
      since: at,
      queued: count,
      lost: count,
      bytes: count
    }),
    'webhook?': object({ queued: count, lost: count, 'problem?': string })
  }),
  Discovery: object({
    peer: string,
    multiaddrs: list(string),
    relays: list(string),
    'genesis?': string,
    protocols: list(string)
  })
} as const satisfies Record<string, JsonSchema>

/** Name of a schema. */
export type SchemaName = keyof typeof SCHEMAS
