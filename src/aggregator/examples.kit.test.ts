// What tests show and keep, where any will do: a network, counts, an alert and a row.

import type { Alert } from './alert.ts'
import type { IntakeCounts } from './intake.ts'
import type { NetworkState } from './network-state.ts'
import type { NodeRow } from './row.ts'

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

/** What was counted before anything came. */
export const NO_COUNTS: IntakeCounts = {
  beats: 0,
  late: 0,
  doubles: 0,
  rejected: {},
  dropped: 0,
  resets: 0,
  refused: 0,
  malformed: {}
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
