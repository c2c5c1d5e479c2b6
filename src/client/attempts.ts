// The room's second face, for tools: the ladder's rungs, each tried on its own. Addresses go in, one
// attempt after another comes out. It reports no head, and so puts nobody into an operator's roster.

import { CHECK_TIMEOUT, UPGRADE_ATTEMPTS, UPGRADE_TIMEOUT } from '../constants.ts'
import type { Leg, Version, Way } from '../heartbeat/index.ts'
import { asError } from '../heartbeat/index.ts'
import { createPageNode } from '../net/index.ts'
import { systemClock, withTimeout } from '../timing/index.ts'
import type { Candidate, Circuit } from './addresses.ts'
import { createDirectory } from './directory.ts'
import type { ClientOptions } from './index.ts'
import { checkOptions } from './options.ts'
import { type OpenedLeg, PageWays } from './page-ways.ts'

/** What became of one way to an aggregator. `elapsed` in ms. */
export type Attempt = {
  readonly way: Way
  /** Multiaddr that leads there. */
  readonly address: string
  /** Multiaddr of the socket that it begins with. */
  readonly first: string
  readonly elapsed: number
} & (
  | { readonly works: true; readonly version: Version }
  | { readonly works: false; readonly error: Error }
)

/** What is asked for. */
export type AttemptsInit = Pick<ClientOptions, 'target' | 'relay' | 'routes' | 'iceServers'> & {
  /** Is given each leg that the aggregator accepted, before it is closed. */
  readonly onOpen?: (leg: Leg, signal: AbortSignal) => Promise<void>
}

interface Rung {
  readonly way: Way
  readonly candidate: Candidate
}

/**
 * Tries every way that leads to an aggregator, one after another, each on a node of its own, so that
 * none leans on another.
 *
 * @throws {OptionError} naming the option that is wrong
 * @throws {RouteError} when a discovery document cannot be had, or may not be believed
 */
export async function* attemptWays(
  { onOpen, ...init }: AttemptsInit,
  signal: AbortSignal
): AsyncGenerator<Attempt> {
  const { targets, relays, routes, iceServers } = checkOptions(init)
  const directory = createDirectory({ targets, relays, routes, clock: systemClock })
  const { candidates } = await directory.addresses(signal)
  for (const rung of rungsOf(candidates, routes)) {
    const { way, candidate } = rung
    const startedAt = systemClock.elapsed()
    const common = {
      way,
      address: String(way === 'webrtc' ? (candidate as Circuit).webrtc : candidate.address),
      first: String(candidate.way === 'relayed' ? candidate.relay : candidate.address)
    }
    try {
      const timed = (each: AbortSignal): Promise<Version> => climb(rung, iceServers, onOpen, each)
      const version = await withTimeout('the way', CHECK_TIMEOUT, signal, timed)
      yield { ...common, elapsed: systemClock.elapsed() - startedAt, works: true, version }
    } catch (error) {
      signal.throwIfAborted()
      const elapsed = systemClock.elapsed() - startedAt
      yield { ...common, elapsed, works: false, error: asError(error) }
    }
  }
}

function rungsOf(candidates: readonly Candidate[], routes: readonly Way[]): Rung[] {
  const direct = candidates.filter(({ way }) => way === 'websocket')
  const circuits = candidates.filter(({ way }) => way === 'relayed')
  const at = (way: Way, some: readonly Candidate[]): Rung[] =>
    routes.includes(way) ? some.map((candidate) => ({ way, candidate })) : []
  return [...at('websocket', direct), ...at('relayed', circuits), ...at('webrtc', circuits)]
}

async function climb(
  { way, candidate }: Rung,
  iceServers: RTCIceServer[],
  onOpen: AttemptsInit['onOpen'],
  signal: AbortSignal
): Promise<Version> {
  const node = await createPageNode({
    webrtc: way === 'webrtc',
    iceServers,
    allowPrivateAddresses: true
  })
  try {
    const ways = new PageWays(node)
    const { leg } = await open(ways, way, candidate, signal)
    await leg.accepted
    await onOpen?.(leg, signal)
    const { version } = leg
    await leg.close()
    return version
  } finally {
    await node.stop()
  }
}

// WebRTC is arranged over a circuit, as a wallet arranges it.
async function open(
  ways: PageWays,
  way: Way,
  candidate: Candidate,
  signal: AbortSignal
): Promise<OpenedLeg> {
  const opened = await ways.open(candidate, signal, false)
  if (way !== 'webrtc' || candidate.way !== 'relayed') return opened
  await opened.leg.accepted
  for (let attempt = 1; ; attempt++) {
    try {
      const better = await upgrade(ways, candidate, signal)
      await opened.leg.close()
      return better
    } catch (error) {
      if (attempt === UPGRADE_ATTEMPTS) throw error
      signal.throwIfAborted()
    }
  }
}

async function upgrade(ways: PageWays, circuit: Circuit, outer: AbortSignal): Promise<OpenedLeg> {
  return await withTimeout('WebRTC', UPGRADE_TIMEOUT, outer, async (signal) => {
    const better = await ways.openWebRtc(circuit, signal)
    await better.leg.accepted
    return better
  })
}
