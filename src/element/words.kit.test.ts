// Every state and every view that the words are held against, and what is read of a drawn template.

import type { ClientState, ConnectionState, View } from '../client/index.ts'
import { Language } from './language.ts'
import { ar } from './messages/ar.ts'
import { en } from './messages/en.ts'
import { zh } from './messages/zh.ts'

export const NOW = Date.UTC(2026, 10, 28, 14, 2)

export const ENGLISH = new Language('en', en)
export const LANGUAGES = [ENGLISH, new Language('zh', zh), new Language('ar', ar)]

const beating = {
  phase: 'beating',
  route: 'relayed',
  lastBeat: { at: NOW, height: 7n },
  nextBeatAt: NOW,
  suspect: false
} as const

/** Reports that are known to arrive. */
export const arriving: ConnectionState = {
  ...beating,
  delivery: { kind: 'acknowledged', at: NOW }
}

const failing = {
  phase: 'failing',
  since: NOW,
  attempts: 1,
  via: 'relay.example',
  problem: 'p',
  nextTryAt: NOW + 12_000
} as const

const LAYERS = ['discovery', 'relay', 'aggregator', 'aggregator-silent'] as const
const REASONS = [
  'wrong-network',
  'too-often',
  'replayed',
  'duplicate-identity',
  'malformed',
  'refused'
] as const

/** States in which reports are not known to arrive, and what another tab says of them. */
export const troubled: readonly ConnectionState[] = [
  { phase: 'misconfigured', option: 'target', problem: 'p' },
  { phase: 'unsupported', problem: 'p' },
  { phase: 'offline', since: 1 },
  { phase: 'connecting', attempt: 1 },
  { phase: 'connecting', attempt: 1, via: 'relay.example' },
  { phase: 'connecting', attempt: 2, via: 'relay.example' },
  { phase: 'connecting', attempt: 1, waitingFor: 'head' },
  ...LAYERS.map((layer) => ({ ...failing, layer })),
  ...REASONS.map((reason) => ({ phase: 'rejected', reason, since: 1 }) as const),
  { phase: 'rejected', reason: 'refused', since: 1, nextTryAt: NOW + 600_000 },
  { phase: 'asleep', since: 1 },
  { ...beating, delivery: { kind: 'unconfirmed' } },
  { ...beating, route: 'websocket', delivery: { kind: 'unconfirmed' } },
  ...REASONS.map((reason) => ({ ...beating, delivery: { kind: 'rejected', reason } }) as const)
]

export const states: readonly ClientState[] = [
  { phase: 'idle' },
  ...troubled,
  arriving,
  { ...arriving, upgrade: 'trying' },
  { ...arriving, upgrade: 'failed' },
  { ...arriving, route: 'websocket' },
  { ...arriving, route: 'webrtc', rtt: 23.4 },
  { ...arriving, suspect: true },
  { phase: 'following', since: 1, leader: arriving },
  ...troubled.map((leader) => ({ phase: 'following', since: 1, leader }) as const)
]

const seen = { height: 5_123_456n, age: 180_000, behindClock: 6, checkedAt: NOW }

export const views: readonly View[] = [
  { verdict: 'fresh', ...seen, witnesses: 0 },
  { verdict: 'fresh', ...seen, witnesses: 1 },
  { verdict: 'fresh', ...seen, witnesses: 2 },
  { verdict: 'fresh', ...seen, witnesses: 11 },
  { verdict: 'fresh-by-clock', ...seen },
  { verdict: 'behind-by-clock', ...seen },
  { verdict: 'provider-behind', ...seen, behindNetwork: 6 },
  { verdict: 'network-slow', ...seen },
  { verdict: 'clock-wrong', ...seen },
  { verdict: 'other-chain', ...seen },
  { verdict: 'unknown', ...seen },
  { verdict: 'unknown', checkedAt: NOW }
]

/** What stands in a template, in the order of reading. */
export function textOf(drawn: unknown): string {
  if (Array.isArray(drawn)) return drawn.map(textOf).join('')
  if (typeof drawn === 'string') return drawn
  if (typeof drawn !== 'object' || drawn === null || !('strings' in drawn)) return ''
  const { strings, values } = drawn as { strings: string[]; values: unknown[] }
  const text = strings.map((string, at) => string + textOf(values[at])).join('')
  return text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')
}
