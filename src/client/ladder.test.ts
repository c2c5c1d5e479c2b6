import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  ACCEPT_TIMEOUT,
  CIRCUIT_CHECK_PERIOD,
  RACE_STAGGER,
  UPGRADE_TIMEOUT
} from '../constants.ts'
import { RouteError } from '../errors.ts'
import type { Leg, Way } from '../heartbeat/index.ts'
import { HandLeg } from '../heartbeat/sender.kit.test.ts'
import { FakeClock } from '../timing/fake-clock.ts'
import { type Candidate, findCandidates } from './addresses.ts'
import type { LimitsLeft } from './circuit-limits.ts'
import { Ladder } from './ladder.ts'
import type { OpenedLeg, Ways } from './page-ways.ts'

const PEER = '12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5'
const RELAY_IDS = [
  '12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq',
  '12D3KooWRm8J3iL796zPFi2EtGGtUJn58AG67gcRzQ4FENEemvpg'
]
const BARE = `/p2p/${PEER}`
const DIRECT = `/dns4/direct.example/tcp/443/wss/p2p/${PEER}`
const RELAYS = RELAY_IDS.map((id, index) => `/dns4/relay${index}.example/tcp/443/wss/p2p/${id}`)
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
}

function setUp({
  targets = [BARE],
  relays = [RELAYS[0] ?? ''],
  routes = WAYS,
  webrtc = true
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
    addresses: async () => findCandidates(targets, relays, routes),
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

const failed = (layer: 'relay' | 'aggregator', text: string) => () => new RouteError(layer, text)

test('goes straight to a direct address, and climbs no further', async () => {
  const { clock, ways, upgrades, open } = setUp({ targets: [DIRECT] })
  assert.equal((await open()).way, 'websocket')
  await clock.tick(60_000)
  assert.deepEqual([upgrades, ways.webrtcTries], [[], []])
  assert.deepEqual(ways.left, [undefined], 'no relay is needed')
})

test('asks the next way a little later when the first does not answer', async () => {
  const { clock, ways, open } = setUp({ relays: RELAYS })
  ways.results.set('relay0.example', () => 'hangs')
  const opening = open()
  await clock.tick(RACE_STAGGER)
  assert.equal((await opening).way, 'relayed')
  assert.deepEqual(
    ways.opened.map(({ host, at }) => [host, at]),
    [
      ['relay0.example', 0],
      ['relay1.example', RACE_STAGGER]
    ]
  )
  assert.deepEqual(ways.left, [RELAY_IDS[1]], 'the other relay is left')
})

test('asks the next way at once when the first fails', async () => {
  const { clock, ways, open } = setUp({ relays: RELAYS })
  ways.results.set('relay0.example', failed('relay', 'dead'))
  await open()
  assert.equal(clock.elapsed(), 0)
})

test('blames the relay only where no relay answers', async () => {
  const { ways, open } = setUp({ relays: RELAYS })
  ways.results.set('relay0.example', failed('relay', 'one is dead'))
  ways.results.set('relay1.example', failed('relay', 'the other too'))
  await assert.rejects(open(), { layer: 'relay', message: 'one is dead; the other too' })
  ways.results.set('relay1.example', failed('aggregator', 'nobody behind it'))
  await assert.rejects(open(), { name: 'RouteError', layer: 'aggregator' })
})

test("ends with the signal's reason, and leaves no timer", async () => {
  const { clock, ways, stop, open } = setUp({ relays: RELAYS })
  ways.results.set('relay0.example', () => 'hangs')
  const opening = open()
  opening.catch(() => {})
  await clock.tick(10)
  stop.abort(new Error('stopped'))
  await assert.rejects(opening, /stopped/)
  await clock.tick(0)
  assert.deepEqual(clock.pending, [])
})

test('hands over WebRTC behind the circuit once that is accepted', async () => {
  const { clock, ways, circuits, upgrades, better, open } = setUp()
  const direct = new HandLeg({ way: 'webrtc' })
  ways.webrtc = () => direct
  await open()
  await clock.tick(0)
  assert.deepEqual([better, upgrades], [[direct], ['trying']])
  assert.equal(circuits[0]?.isClosed, false, 'the sender closes it, once it has moved')
})

test('tries WebRTC three times, with a wait between, and then says that it failed', async () => {
  const { clock, ways, upgrades, open } = setUp()
  await open()
  await clock.tick(60_000)
  assert.deepEqual(ways.webrtcTries, [0, 1_000, 3_000])
  assert.deepEqual(upgrades, ['trying', 'failed'])
  assert.deepEqual(clock.pending, [])
})

test('gives up an attempt at WebRTC that never connects', async () => {
  const { clock, ways, upgrades, open } = setUp()
  ways.webrtc = () => 'hangs'
  await open()
  await clock.tick(60_000)
  assert.deepEqual(ways.webrtcTries, [0, UPGRADE_TIMEOUT + 1_000, 2 * UPGRADE_TIMEOUT + 3_000])
  assert.deepEqual(upgrades, ['trying', 'failed'])
})

test('does not try WebRTC where it may not, or cannot', async () => {
  const { clock, ways, upgrades, open } = setUp({ webrtc: false })
  await open()
  await clock.tick(60_000)
  assert.deepEqual([upgrades, ways.webrtcTries], [['off'], []])
})

test('stops to try WebRTC when the circuit is gone', async () => {
  const { clock, ways, circuits, open } = setUp()
  ways.webrtc = () => 'hangs'
  await open()
  await clock.tick(100)
  circuits[0]?.cut()
  await clock.tick(60_000)
  assert.deepEqual(ways.webrtcTries, [0])
  assert.deepEqual(clock.pending, [])
})

test('closes a WebRTC leg that comes up after its attempt was given up', async () => {
  const { clock, ways, open } = setUp()
  const late = Promise.withResolvers<OpenedLeg>()
  ways.openWebRtc = () => late.promise
  await open()
  await clock.tick(UPGRADE_TIMEOUT)
  const leg = new HandLeg({ way: 'webrtc' })
  late.resolve({ leg })
  await clock.tick(0)
  assert.equal(leg.isClosed, true)
})

test('gives no leg but WebRTC where only that is allowed, and closes the circuit', async () => {
  const { ways, circuits, open } = setUp({ routes: ['webrtc'] })
  ways.webrtc = () => new HandLeg({ way: 'webrtc' })
  assert.equal((await open()).way, 'webrtc')
  assert.equal(circuits[0]?.isClosed, true)
  ways.webrtc = () => new Error('refused')
  await assert.rejects(open(), { layer: 'aggregator', message: /no direct connection/ })
  assert.equal(circuits[1]?.isClosed, true)
})

test('tells its ways that what is open is in doubt, and leaves relays only once one is sure', async () => {
  const { clock, ways, open } = setUp({ relays: RELAYS })
  await open()
  const unsure = new HandLeg({ way: 'relayed', accept: false })
  ways.results.set('relay0.example', () => 'hangs')
  ways.results.set('relay1.example', () => ({ leg: unsure }))
  const opening = open(true)
  await clock.tick(RACE_STAGGER)
  await opening
  assert.deepEqual(
    ways.opened.map(({ doubt }) => doubt),
    [false, true, true]
  )
  assert.deepEqual(ways.left, [RELAY_IDS[0]])
  unsure.acceptIn(2, 10)
  await clock.tick(0)
  assert.deepEqual(ways.left, [RELAY_IDS[0], RELAY_IDS[1]])
})

test('goes back to the relay that it had when the new way leads nowhere', async () => {
  const { clock, ways, open } = setUp({ relays: RELAYS })
  await open()
  const unsure = new HandLeg({ way: 'relayed', accept: false })
  ways.results.set('relay0.example', failed('relay', 'dead'))
  ways.results.set('relay1.example', () => ({ leg: unsure }))
  await open(true)
  unsure.refuse(new Error('no'))
  await clock.tick(0)
  assert.deepEqual(ways.left, [RELAY_IDS[0], RELAY_IDS[0]])
})

for (const seconds of [120, 120_000]) {
  test(`replaces a circuit of two minutes that is stated as ${seconds} before it is cut`, async () => {
    const { clock, ways, via, circuits, better, open } = setUp({ webrtc: false })
    ways.results.set('relay0.example', via({ seconds }))
    await open()
    await clock.tick(89_999)
    assert.deepEqual(better, [])
    await clock.tick(CIRCUIT_CHECK_PERIOD)
    assert.deepEqual(better, [circuits[1]])
  })
}

test('replaces a circuit before its bytes are used up', async () => {
  const { clock, ways, via, better, open } = setUp({ webrtc: false })
  const limits = { bytes: 131_072n }
  ways.results.set('relay0.example', via(limits))
  await open()
  await clock.tick(60_000)
  assert.equal(better.length, 0)
  limits.bytes = 30_000n
  await clock.tick(CIRCUIT_CHECK_PERIOD)
  assert.equal(better.length, 1)
})

test('replaces each circuit in turn, for as long as it is used', async () => {
  const { clock, ways, via, circuits, stop, open } = setUp({ webrtc: false })
  ways.results.set('relay0.example', via({ seconds: 120 }))
  await open()
  for (let round = 1; round <= 20; round++) {
    await clock.tick(90_000)
    circuits.at(-2)?.cut()
    await clock.tick(0)
    assert.equal(circuits.length, 1 + round)
  }
  stop.abort(new Error('stopped'))
  await clock.tick(0)
  assert.deepEqual(clock.pending, [])
})

test('goes on trying to replace a circuit until it is cut', async () => {
  const { clock, ways, via, circuits, better, open } = setUp({ webrtc: false })
  ways.results.set('relay0.example', via({ seconds: 120 }))
  await open()
  ways.results.set('relay0.example', failed('relay', 'busy'))
  await clock.tick(110_000)
  assert.ok(ways.opened.length > 3)
  circuits[0]?.cut()
  const tries = ways.opened.length
  await clock.tick(60_000)
  assert.equal(ways.opened.length, tries)
  assert.deepEqual([better, clock.pending], [[], []])
})

test('offers no further circuit once something else took its place', async () => {
  const { clock, ways, via, circuits, better, open } = setUp({ webrtc: false })
  ways.results.set('relay0.example', via({ seconds: 120 }))
  await open()
  const late = Promise.withResolvers<OpenedLeg>()
  ways.open = () => late.promise
  await clock.tick(95_000)
  circuits[0]?.cut()
  const leg = new HandLeg({ way: 'relayed' })
  await clock.tick(0)
  late.resolve({ leg })
  await clock.tick(0)
  assert.deepEqual(better, [])
  assert.equal(leg.isClosed, true)
})

test('hands over a renewed circuit only once that is accepted, and keeps the old one until then', async () => {
  const { clock, ways, circuits, better, open } = setUp({ webrtc: false })
  const renewals = [new HandLeg({ way: 'relayed', accept: false }), new HandLeg()]
  const [mute, good] = renewals
  ways.results.set('relay0.example', () => ({ leg: new HandLeg(), limits: { seconds: 240 } }))
  await open()
  ways.results.set('relay0.example', () => ({ leg: renewals.shift() ?? new HandLeg() }))
  await clock.tick(180_000 + ACCEPT_TIMEOUT - 1)
  assert.deepEqual([better, mute?.isClosed, ways.opened.length], [[], false, 2])
  await clock.tick(1)
  assert.deepEqual([better, mute?.isClosed], [[], true])
  await clock.tick(CIRCUIT_CHECK_PERIOD)
  assert.deepEqual(better, [good])
  assert.deepEqual(circuits, [])
})

test('tries again when the server refuses a renewed circuit, and closes that', async () => {
  const { clock, ways, via, circuits, better, open } = setUp({ webrtc: false })
  ways.results.set('relay0.example', via({ seconds: 120 }))
  await open()
  const refused = new HandLeg({ way: 'relayed', accept: false })
  refused.refuse(new Error('no'))
  ways.results.set('relay0.example', () => ({ leg: refused }))
  await clock.tick(90_000)
  assert.deepEqual([better, refused.isClosed, circuits[0]?.isClosed], [[], true, false])
  ways.results.set('relay0.example', via())
  await clock.tick(CIRCUIT_CHECK_PERIOD)
  assert.deepEqual(better, [circuits[1]])
})

test('goes on to climb behind the circuit that replaces another meanwhile', async () => {
  const { clock, ways, via, circuits, better, upgrades, open } = setUp()
  ways.webrtc = () => 'hangs'
  ways.results.set('relay0.example', via({ seconds: 8 }))
  await open()
  await clock.tick(6_000)
  assert.deepEqual(better, [circuits[1]])
  circuits[0]?.cut()
  const direct = new HandLeg({ way: 'webrtc' })
  ways.webrtc = () => direct
  await clock.tick(UPGRADE_TIMEOUT)
  assert.ok(better.includes(direct))
  assert.deepEqual(upgrades, ['trying'])
})

test('hands over no circuit after WebRTC, though the one in use is not yet closed', async () => {
  const { clock, ways, via, circuits, better, open } = setUp()
  ways.results.set('relay0.example', via({ seconds: 120 }))
  const direct = new HandLeg({ way: 'webrtc' })
  ways.webrtc = () => direct
  await open()
  await clock.tick(200_000)
  assert.deepEqual(better, [direct])
  assert.deepEqual([circuits.length, clock.pending], [1, []])
})

test('tells that the climb behind the circuit that is left failed, once the other is gone', async () => {
  const { clock, ways, circuits, upgrades, open } = setUp()
  await open()
  await clock.tick(60_000)
  ways.webrtc = () => 'hangs'
  await open(true)
  assert.deepEqual(upgrades, ['trying', 'failed', 'trying'])
  circuits[1]?.cut()
  await clock.tick(0)
  assert.deepEqual(upgrades, ['trying', 'failed', 'trying', 'failed'])
})
