// Every state and every view that the element can show, by name.

import type { ClientOptions, ClientState, ConnectionState, View } from '../../src/client/index.ts'

/** One thing to be seen. */
export interface Scene {
  readonly name: string
  readonly state: ClientState
  readonly view: View
  /** The chain that the wallet is set to, where that changes what is said. */
  readonly chain?: ClientOptions['chain']
}

const HEIGHT = 5_123_456n
const RELAY = 'relay.example'
const MINUTE = 60_000
/** A page's own chain has no name that the element could say. */
const OWN_CHAIN = { genesisTimestamp: 1_700_000_000, epochPeriod: 30_000 }
const UNNAMED = 'Not accepted: network of its own'

/** Scenes as they would be at a moment. `now` is in ms since 1970. */
export function scenesAt(now: number): { readonly reports: Scene[]; readonly views: Scene[] } {
  const view = (verdict: View['verdict'], facts: Partial<View> = {}): View => ({
    verdict,
    height: HEIGHT,
    behindClock: 0,
    age: 0,
    checkedAt: now,
    ...facts
  })
  const fresh = view('fresh', {
    behindNetwork: 0,
    networkHeight: HEIGHT,
    agreement: 'same',
    comparedAt: HEIGHT - 10n,
    witnesses: 3
  })
  const byClock = view('fresh-by-clock')
  const states = statesAt(now)
  const late = { behindClock: 6, age: 3 * MINUTE }
  const views = {
    'Up to date': fresh,
    'Up to date by the clock': byClock,
    Old: view('behind-by-clock', late),
    'Provider is behind': view('provider-behind', { ...late, behindNetwork: 6 }),
    'Network is slow': view('network-slow', { ...late, behindNetwork: 0 }),
    'Clock is wrong': view('clock-wrong', { behindClock: -240, age: -120 * MINUTE }),
    'Different chain': view('other-chain', { agreement: 'differs', witnesses: 0 }),
    'Provider fails': view('unknown'),
    'Chain unknown': { verdict: 'unknown', checkedAt: now } as const
  }
  const isConfirmed = (state: ClientState): boolean =>
    state.phase === 'beating' && state.delivery.kind === 'acknowledged'
  return {
    reports: Object.entries(states).map(([name, state]) => ({
      name,
      state,
      view: isConfirmed(state) ? fresh : byClock,
      ...(name === UNNAMED && { chain: OWN_CHAIN })
    })),
    views: Object.entries(views).map(([name, view]) => ({
      name,
      state: view === byClock ? { phase: 'idle' } : (states['Through a relay'] as ClientState),
      view
    }))
  }
}

function statesAt(now: number): Record<string, ClientState> {
  const since = now - 4 * MINUTE
  const confirmed = { kind: 'acknowledged', at: now - 2_000 } as const
  const beating = {
    phase: 'beating',
    route: 'relayed',
    delivery: confirmed,
    rtt: 84,
    lastBeat: { at: now - 2_000, height: HEIGHT },
    nextBeatAt: now + 28_000,
    suspect: false
  } as const
  const failing = {
    phase: 'failing',
    layer: 'relay',
    since,
    attempts: 3,
    via: RELAY,
    problem: 'nobody answers',
    nextTryAt: now + 12_000
  } as const
  const rejected = { phase: 'rejected', reason: 'refused', since } as const
  const direct: ConnectionState = { ...beating, route: 'webrtc', rtt: 23 }
  return {
    Off: { phase: 'idle' },
    'Wrong option': {
      phase: 'misconfigured',
      option: 'target',
      problem: 'target: "/dns4/agg.example" is not a multiaddr that ends in /p2p/<peer id>'
    },
    'Not supported': { phase: 'unsupported', problem: 'the page was not loaded over https' },
    'Device offline': { phase: 'offline', since },
    'Getting ready': { phase: 'connecting', attempt: 1 },
    'Reaching a relay': { phase: 'connecting', attempt: 2, via: RELAY },
    'Waiting for a head': { phase: 'connecting', attempt: 1, via: RELAY, waitingFor: 'head' },
    'Through a relay': { ...beating, upgrade: 'off' },
    'Through a relay, trying WebRTC': { ...beating, upgrade: 'trying' },
    'Direct, WebRTC': direct,
    'Direct, WebSocket': { ...beating, route: 'websocket', rtt: 31 },
    'Not confirmed yet': { ...beating, suspect: true },
    'Never confirmed': { ...beating, delivery: { kind: 'unconfirmed' } },
    'Address list fails': {
      ...failing,
      layer: 'discovery',
      via: 'heartbeat.example',
      problem: 'it answered 503'
    },
    'Relay is silent': failing,
    'Server is unreachable': { ...failing, layer: 'aggregator' },
    'Server is silent': { ...failing, layer: 'aggregator-silent' },
    'Not accepted: network': { ...rejected, reason: 'wrong-network' },
    [UNNAMED]: { ...rejected, reason: 'wrong-network' },
    'Not accepted: too often': {
      ...beating,
      delivery: { kind: 'rejected', reason: 'too-often' }
    },
    'Not accepted: replayed': { ...beating, delivery: { kind: 'rejected', reason: 'replayed' } },
    'Not accepted: identity': { ...rejected, reason: 'duplicate-identity' },
    'Not accepted: malformed': { ...rejected, reason: 'malformed' },
    'Not accepted: for now': { ...rejected, nextTryAt: now + 10 * MINUTE },
    'In another tab': { phase: 'following', since, leader: direct },
    'In another tab, paused': { phase: 'following', since, leader: failing },
    Resting: { phase: 'asleep', since }
  }
}
