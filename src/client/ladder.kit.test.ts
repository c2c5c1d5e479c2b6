// What the tests of the ladder share: ways that go where a test says. No tests of its own.

import { RouteError } from '../errors.ts'
import type { Leg, Way } from '../heartbeat/index.ts'
import { HandLeg } from '../heartbeat/sender.kit.test.ts'
import { FakeClock } from '../timing/fake-clock.ts'
import { type Candidate, findCandidates } from './addresses.ts'
import type { LimitsLeft } from './circuit-limits.ts'
import { Ladder } from './ladder.ts'
import type { OpenedLeg, Ways } from './page-ways.ts'

const PEER = '12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5'
export const RELAY_IDS = [
  '12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq',
  '12D3KooWRm8J3iL796zPFi2EtGGtUJn58AG67gcRzQ4FENEemvpg'
]
const BARE = `/p2p/${PEER}`
export const DIRECT = `/dns4/direct.example/tcp/443/wss/p2p/${PEER}`
export const RELAYS = RELAY_IDS.map(
  (id, index) => `/dns4/relay${index}.example/tcp/443/wss/p2p/${id}`
)
const WAYS: readonly Way[] = ['websocket', 'relayed', 'webrtc']

type Result<T> = T | Error | 'hangs'

/** Ways that go where a test says. */
class HandWays implements Ways {
  readonly opened: { host: string; at: number; doubt: boolean }[] = []
  readonly webrtcTries: number[] = []
  readonly left: (string | undefined)[] = []
  readonly #clock: FakeClock
  /** What opening a candidate gives, by its host. */
  results = new Map<string, () => Result<OpenedLeg>>()
  webrtc: () => Result<Leg> = () => new Error('refused')

  constructor(clock: FakeClock) {
    this.#clock = clock
  }

  async open(candidate: Candidate, signal: AbortSignal, doubt: boolean): Promise<OpenedLeg> {
    const host = candidate.address.getComponents()[0]?.value ?? ''
    this.opened.push({ host, at: this.#clock.elapsed(), doubt })
    return await settle(this.results.get(host)?.() ?? 'hangs', signal)
  }

  async openWebRtc(_: Candidate, signal: AbortSignal): Promise<OpenedLeg> {
    this.webrtcTries.push(this.#clock.elapsed())
    return { leg: await settle(this.webrtc(), signal) }
  }

  leaveRelays(except: string | undefined): void {
    this.left.push(except)
  }
}

async function settle<T>(result: Result<T>, signal: AbortSignal): Promise<T> {
  if (result instanceof Error) throw result
  if (result !== 'hangs') return result
  return await new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

interface SetUp {
  readonly targets?: readonly string[]
  readonly relays?: readonly string[]
  readonly routes?: readonly Way[]
  readonly webrtc?: boolean
  readonly refused?: readonly string[]
}

export function setUp({
  targets = [BARE],
  relays = [RELAYS[0] ?? ''],
  routes = WAYS,
  webrtc = true,
  refused = []
}: SetUp = {}) {
  const clock = new FakeClock()
  const ways = new HandWays(clock)
  const circuits: HandLeg[] = []
  const via = (limits?: LimitsLeft) => (): OpenedLeg => {
    const leg = new HandLeg({ way: 'relayed' })
    circuits.push(leg)
    return { leg, ...(limits && { limits }) }
  }
  ways.results.set('relay0.example', via())
  ways.results.set('relay1.example', via())
  ways.results.set('direct.example', () => ({ leg: new HandLeg() }))
  const upgrades: (string | undefined)[] = []
  const better: Leg[] = []
  const ladder = new Ladder({
    ways,
    addresses: async () => ({ ...findCandidates(targets, relays, routes), refused }),
    routes,
    webrtc,
    clock,
    random: () => 0.5,
    onUpgrade: (upgrade) => upgrades.push(upgrade)
  })
  const stop = new AbortController()
  const open = (doubt = false): Promise<Leg> =>
    ladder.open(stop.signal, (leg) => better.push(leg), { doubt })
  return { clock, ways, circuits, via, upgrades, better, stop, open }
}

/** A way that fails. */
export const failed = (layer: 'relay' | 'aggregator', text: string) => () =>
  new RouteError(layer, text)
