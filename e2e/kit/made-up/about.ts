import type { AggregatorInfo, Readiness } from '../../../src/aggregator/index.ts'
import { peerOf } from './nodes.ts'
import { DAY, heightAt, MINUTE } from './numbers.ts'

const REFERENCES = ['lotus-1.example', 'lotus-2.example', 'lotus-3.example']
const [SELF, RELAY] = [peerOf(-1), peerOf(-2)]

/** What the aggregator tells of itself; one reference is lost while there is trouble. */
export function aboutOf(isTrouble: boolean, now: number): AggregatorInfo {
  const relay = `/dns4/relay.example/tcp/443/wss/p2p/${RELAY}`
  return {
    peerId: SELF,
    addresses: [
      `/dns4/heartbeat.example/tcp/443/wss/p2p/${SELF}`,
      `${relay}/p2p-circuit/p2p/${SELF}`
    ],
    relays: [{ address: relay, reserved: true }],
    counts: {
      beats: 1_284_113,
      late: 0,
      doubles: 41,
      rejected: {},
      malformed: {},
      dropped: 12,
      resets: 1,
      refused: 3
    },
    store: { state: 'open', since: now - DAY, queued: 0, lost: 0, bytes: 48_211_968 },
    references: REFERENCES.map((name, at) => {
      const isLost = isTrouble && at === REFERENCES.length - 1
      const known = { name, kind: 'rpc' as const, ok: !isLost }
      return isLost
        ? { ...known, problem: 'connection refused', since: now - 5 * MINUTE }
        : { ...known, height: `${heightAt(now)}`, since: now - DAY }
    })
  }
}

/** How many references answer. */
export function referencesOf(isTrouble: boolean): { readonly ok: number; readonly all: number } {
  const all = REFERENCES.length
  return { ok: isTrouble ? all - 1 : all, all }
}

/** Whether it is ready, and what is wrong. */
export function readinessOf(isTrouble: boolean): Readiness {
  return { ready: true, problems: isTrouble ? ['One of 3 references does not answer.'] : [] }
}
