import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ALERT_CLEAR_DELAY, MINUTE, NOTHING_HEARD_PERIOD } from '../constants.ts'
import { FakeClock } from '../timing/fake-clock.ts'
import type { Alert } from './alert.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { Monitor } from './monitor.ts'
import type { ReferencesState } from './references.ts'
import { Roster } from './roster.ts'
import type { Store, StoreRecord } from './store/index.ts'
import { beatOf } from './test-kit.ts'
import { Uptime } from './uptime.ts'
import type { WebhookMessage } from './webhook.ts'

const { sweepPeriod, maxSweepLag } = DEFAULT_LIMITS

/** A monitor over a roster, with everything it tells. */
function setUp(watched: readonly string[] = ['a']) {
  const clock = new FakeClock(1_700_000_000_000)
  const uptime = new Uptime(clock, sweepPeriod, maxSweepLag)
  const written: StoreRecord[] = []
  const told: WebhookMessage[] = []
  const alerts: Alert[] = []
  let beats = 0
  const references: { state: ReferencesState } = { state: { ok: 0, all: 0 } }
  const roster = new Roster(DEFAULT_LIMITS, { onChange: (peer) => monitor.note(peer), watched })
  const monitor = new Monitor({
    roster,
    uptime,
    references,
    watched,
    epochPeriod: 30_000,
    beats: () => beats,
    store: { write: (record) => void written.push(record) } as Store,
    webhook: { tell: (message) => void told.push(message) },
    peerId: 'self',
    period: sweepPeriod,
    clock,
    onNetwork: () => {},
    onAlert: (alert) => void alerts.push(alert)
  })
  const origin = { route: 'websocket', protocol: 'p' } as const
  const beat = (peer: string, more = {}): void => {
    beats += 1
    const at = { now: clock.now(), elapsed: uptime.elapsed() }
    roster.beat(peer, { beat: beatOf(beats, more), origin, at })
    monitor.heard(peer)
  }
  const connect = (peer: string): void => roster.open(peer, uptime.elapsed())
  return { clock, roster, monitor, written, told, alerts, references, beat, connect }
}

describe('Monitor', () => {
  test('finds a dead watched node in time, tells everybody once, and clears it when it is back', () => {
    const { clock, monitor, roster, told, alerts, beat, connect } = setUp()
    monitor.start()
    connect('a')
    beat('a')
    clock.advance(46_000)
    assert.equal(roster.get('a')?.status, 'down')
    assert.deepEqual(
      told.map(({ event, alert }) => [event, alert.kind, alert.subject]),
      [['raised', 'node-down', 'a']]
    )
    assert.deepEqual(monitor.network.alerts, 1)
    clock.advance(10_000)
    beat('a')
    clock.advance(ALERT_CLEAR_DELAY)
    assert.deepEqual(
      told.slice(1).map(({ event, alert }) => [event, alert.kind]),
      [['cleared', 'node-down']]
    )
    assert.deepEqual(
      alerts.map(({ until }) => until === undefined),
      [true, false]
    )
    assert.deepEqual(monitor.alerts, [])
  })

  test('has beats, statuses, rows and minutes of watched nodes remembered, and none of visitors', () => {
    const { clock, monitor, written, beat, connect } = setUp()
    monitor.start()
    for (const peer of ['a', 'visitor']) {
      connect(peer)
      beat(peer, { height: 9n, rtt: 23 })
    }
    for (let time = 0; time < 12; time++) {
      clock.advance(10_000)
      beat('visitor')
    }
    monitor.stop()
    const of = <K extends StoreRecord['kind']>(kind: K) =>
      written.filter((record) => record.kind === kind) as Extract<StoreRecord, { kind: K }>[]
    assert.deepEqual(of('beat'), [
      {
        kind: 'beat',
        peer: 'a',
        at: 1_700_000_000_000,
        height: 9n,
        rtt: 23,
        route: 'websocket'
      }
    ])
    assert.deepEqual(
      of('status').map(({ peer, status }) => `${peer} ${status}`),
      ['a overdue', 'a beating', 'a overdue', 'a down']
    )
    assert.ok(of('row').every(({ row }) => row.peer === 'a'))
    assert.equal(of('network').length, 3)
    assert.equal(
      of('network').reduce((sum, { point }) => sum + point.beats, 0),
      13
    )
    assert.doesNotMatch(
      JSON.stringify(written, (_, v) => `${v}`),
      /visitor/
    )
  })

  test('freezes its verdicts when all fall silent at once, and says so about itself alone', () => {
    const watched = Array.from({ length: 12 }, (_, n) => `w${n}`)
    const { clock, monitor, roster, told, beat, connect } = setUp(watched)
    monitor.start()
    for (const peer of watched) {
      connect(peer)
      beat(peer)
    }
    clock.advance(70_000)
    assert.match(monitor.network.frozen ?? '', /^12 nodes fell silent within 15s/)
    assert.ok(watched.every((peer) => roster.get(peer)?.status === 'overdue'))
    assert.deepEqual(
      told.map(({ alert }) => alert.kind),
      ['observer-unwell']
    )
    for (const peer of watched) beat(peer)
    clock.advance(1_000)
    assert.equal(monitor.network.frozen, undefined)
    for (let time = 0; time < 4; time++) {
      clock.advance(10_000)
      for (const peer of watched) beat(peer)
    }
    assert.deepEqual(
      told.map(({ event, alert }) => `${event} ${alert.kind}`),
      ['raised observer-unwell', 'cleared observer-unwell']
    )
  })

  test('blames itself once, and no node, for a halt of its process', () => {
    const { clock, monitor, roster, told, beat, connect } = setUp()
    let isHalted = false
    const look = clock.after.bind(clock)
    clock.after = (delay, run) => look(isHalted ? 20_000 : delay, run)
    monitor.start()
    connect('a')
    beat('a')
    clock.advance(25_000)
    isHalted = true
    clock.advance(1_000)
    isHalted = false
    clock.advance(20_000)
    beat('a')
    clock.advance(5_000)
    assert.equal(roster.get('a')?.status, 'beating')
    assert.deepEqual(
      told.map(({ alert }) => alert.kind),
      ['observer-unwell']
    )
    assert.match(told[0]?.alert.evidence ?? '', /stood still for 19s/)
  })

  test('takes no jump of the time of day for a silence', () => {
    const { clock, monitor, told, beat, connect } = setUp()
    monitor.start()
    connect('a')
    beat('a')
    clock.advance(5_000)
    const now = clock.now.bind(clock)
    for (const jump of [60 * MINUTE, -60 * MINUTE]) {
      clock.now = () => now() + jump
      clock.advance(5_000)
      beat('a')
    }
    assert.equal(told.length, 0)
    clock.advance(NOTHING_HEARD_PERIOD + 1_000)
    assert.ok(told.some(({ alert }) => alert.kind === 'nothing-heard'))
  })

  test('goes on from what is remembered: rows as they were, alerts not raised again', () => {
    const before = setUp()
    before.monitor.start()
    before.clock.advance(80_000)
    const rows = before.roster.rows()
    const standing = before.monitor.alerts
    assert.deepEqual(
      standing.map(({ kind }) => kind),
      ['node-down']
    )
    const { clock, monitor, told } = setUp()
    const none: WebhookMessage[] = []
    monitor.remember({ rows, alerts: standing })
    monitor.start()
    clock.advance(20_000)
    assert.deepEqual(told, none)
    assert.deepEqual(monitor.alerts, standing)
  })

  test('a thousand visitors that agree on a false head, and vanish, change no verdict and no alert', () => {
    const watched = ['a', 'b']
    const { clock, monitor, roster, told, references, beat, connect } = setUp(watched)
    const beatAll = (): void => {
      for (const peer of watched) beat(peer, { height: 100n })
    }
    references.state = { ok: 1, all: 1, networkHeight: 100n }
    monitor.start()
    for (const peer of watched) connect(peer)
    beatAll()
    for (let n = 0; n < 1_000; n++) {
      connect(`sybil${n}`)
      beat(`sybil${n}`, { height: 999_999n })
    }
    clock.advance(20_000)
    beatAll()
    assert.equal(monitor.network.topHeight, '100')
    for (let n = 0; n < 1_000; n++) roster.close(`sybil${n}`, clock.elapsed())
    clock.advance(25_000)
    beatAll()
    clock.advance(25_000)
    assert.deepEqual(told, [])
    assert.equal(roster.get('a')?.status, 'beating')
  })
})
