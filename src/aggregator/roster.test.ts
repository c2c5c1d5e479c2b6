import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { FakeClock } from '../timing/fake-clock.ts'
import type { Beat } from '../wire/index.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { Roster } from './roster.ts'
import { routeOf } from './route.ts'
import { beatOf, beatOfV1, came } from './test-kit.ts'
import { Uptime } from './uptime.ts'

const limits = { ...DEFAULT_LIMITS, maxRows: 3, goneRowPeriod: 100, livenessGrace: 50 }

/** A roster in which these peers have a stream and one beat each. */
function rosterOf(...peers: string[]): Roster {
  const roster = new Roster(limits)
  for (const peer of peers) {
    roster.open(peer, 0)
    roster.beat(peer, came(0))
  }
  return roster
}

const peersOf = (roster: Roster): string[] => roster.rows().map(({ peer }) => peer)

describe('Roster', () => {
  test('updates every field with every beat', () => {
    const roster = rosterOf('a')
    roster.beat('a', came(5, beatOfV1(1, { nickname: 'zoë', genesis: 'g' })))
    assert.equal(roster.get('a')?.genesis, 'g')
    const next = {
      head: ['c'],
      height: 2n ** 64n - 1n,
      nickname: 'bob\u202e',
      minerAddress: 'f0\u202e1'
    }
    roster.beat('a', came(9, next, { route: 'webrtc', protocol: 'p' }))
    assert.deepEqual(roster.rows(), [
      {
        peer: 'a',
        nickname: 'bob',
        minerAddress: 'f01',
        head: ['c'],
        height: '18446744073709551615',
        headAt: 9,
        route: 'webrtc',
        protocol: 'p',
        streams: 1,
        connected: true,
        status: 'beating',
        beats: 3,
        doubles: 0,
        malformed: 0,
        dropped: 0,
        firstBeatAt: 0,
        lastBeatAt: 9
      }
    ])
  })

  test('keeps no trace of a peer that leaves before its first beat', () => {
    const changes: string[] = []
    const roster = new Roster(limits, { onChange: (peer) => changes.push(peer) })
    roster.open('a', 0)
    roster.malformed('a')
    roster.close('a', 0)
    roster.sweep(1_000)
    assert.deepEqual(roster.rows(), [])
    assert.deepEqual(changes, [])
    roster.open('a', 0)
    roster.beat('a', came(0))
    assert.equal(roster.get('a')?.malformed, 0)
  })

  test('counts what came before the first beat, too', () => {
    const roster = new Roster(limits)
    roster.open('a', 0)
    roster.malformed('a')
    roster.dropped('a')
    roster.beat('a', came(0))
    roster.malformed('a')
    roster.dropped('a')
    const { malformed, dropped } = roster.get('a') ?? {}
    assert.deepEqual({ malformed, dropped }, { malformed: 2, dropped: 2 })
  })

  test('keeps a peer that closes one of two streams', () => {
    const roster = rosterOf('a')
    roster.open('a', 0)
    assert.equal(roster.get('a')?.streams, 2)
    roster.close('a', 0)
    assert.equal(roster.get('a')?.streams, 1)
    assert.equal(roster.get('a')?.connected, true)
    roster.sweep(1_000)
    assert.deepEqual(peersOf(roster), ['a'])
  })

  test('keeps the row of a peer that left for a while', () => {
    const roster = rosterOf('a', 'b')
    roster.close('a', 10)
    assert.equal(roster.get('a')?.connected, false)
    roster.sweep(109)
    assert.deepEqual(peersOf(roster), ['a', 'b'])
    roster.sweep(110)
    assert.deepEqual(peersOf(roster), ['b'])
  })

  test('goes on counting for a peer that comes back in time', () => {
    const roster = rosterOf('a')
    roster.close('a', 0)
    roster.open('a', 0)
    roster.sweep(1_000)
    roster.beat('a', came(50))
    const { beats, firstBeatAt, connected } = roster.get('a') ?? {}
    assert.deepEqual(
      { beats, firstBeatAt, connected },
      { beats: 2, firstBeatAt: 0, connected: true }
    )
  })

  test('makes room for a new peer by dropping the one that left earliest', () => {
    const roster = rosterOf('a', 'b', 'c')
    roster.close('b', 1)
    roster.close('a', 2)
    roster.open('d', 0)
    assert.equal(roster.beat('d', came(3)), true)
    assert.deepEqual(peersOf(roster), ['a', 'c', 'd'])
  })

  test('drops no node in trouble before one that has left, however short ago', () => {
    const roster = rosterOf('a', 'b', 'c')
    roster.close('a', 1)
    roster.beat('b', came(2, beatOf(1, { page: 'leaving' })))
    roster.close('b', 3)
    assert.deepEqual([roster.get('a')?.status, roster.get('b')?.status], ['overdue', 'left'])
    roster.open('d', 4)
    assert.equal(roster.beat('d', came(4)), true)
    assert.deepEqual(peersOf(roster), ['a', 'c', 'd'])
  })

  test('has no room for a new peer while all others are there', () => {
    const roster = rosterOf('a', 'b', 'c')
    roster.open('d', 0)
    assert.equal(roster.beat('d', came(3)), false)
    assert.equal(roster.beat('a', came(3)), true)
    assert.deepEqual(peersOf(roster), ['a', 'b', 'c'])
  })

  test('tells of every change, and of nothing else', () => {
    const changes: (number | undefined)[] = []
    const onChange = (peer: string) => changes.push(roster.get(peer)?.beats)
    const roster = new Roster(limits, { onChange })
    roster.open('a', 0)
    roster.beat('a', came(0))
    roster.beat('a', came(0))
    roster.close('a', 0)
    roster.sweep(99)
    roster.sweep(100)
    assert.deepEqual(changes, [1, 2, 2, 2, undefined])
  })

  test('never counts below nothing, whatever happens in whatever order', () => {
    const peers = fc.constantFrom('a', 'b', 'c', 'd', 'e')
    const steps = fc.constantFrom('open', 'close', 'beat', 'malformed', 'dropped', 'sweep')
    fc.assert(
      fc.property(fc.array(fc.tuple(steps, peers)), (happenings) => {
        const roster = new Roster(limits)
        const open: Record<string, number> = {}
        happenings.forEach(([step, peer], now) => {
          const streams = open[peer] ?? 0
          if (step === 'open') open[peer] = streams + 1
          if (step === 'close') open[peer] = Math.max(0, streams - 1)
          if (step === 'open') roster.open(peer, 0)
          else if (step === 'close') roster.close(peer, now * 40)
          else if (step === 'sweep') roster.sweep(now * 40)
          else if (streams === 0) return
          else if (step === 'beat') roster.beat(peer, came(now))
          else roster[step](peer)
          assert.ok(roster.rows().length <= limits.maxRows)
          for (const row of roster.rows()) {
            assert.equal(row.streams, open[row.peer] ?? 0)
            assert.equal(row.connected, row.streams > 0)
            assert.ok(row.beats > 0)
          }
        })
      })
    )
  })
})

describe('the status of a row', () => {
  /** What is told of a beat of version 2 that came at `now`. */
  const announced = (now: number, more: Partial<Beat> = {}) => came(now, beatOf(1, more))

  test('follows the time, and is told once for each change', () => {
    const changes: (string | undefined)[] = []
    const onChange = (peer: string) => changes.push(roster.get(peer)?.status)
    const roster = new Roster(DEFAULT_LIMITS, { onChange })
    roster.open('a', 0)
    roster.beat('a', announced(0))
    for (let now = 1_000; now <= 60_000; now += 1_000) roster.sweep(now)
    assert.deepEqual(changes, ['beating', 'overdue', 'left'])
    roster.beat('a', announced(61_000))
    assert.equal(roster.get('a')?.status, 'beating')
  })

  test('is overdue without a stream, and not with a new one', () => {
    const roster = new Roster(DEFAULT_LIMITS)
    roster.open('a', 0)
    roster.beat('a', announced(0))
    roster.close('a', 1)
    assert.equal(roster.get('a')?.status, 'overdue')
    roster.open('a', 2)
    assert.equal(roster.get('a')?.status, 'beating')
  })

  test('blames nobody for a halt of the process', () => {
    const clock = new FakeClock()
    const { sweepPeriod, maxSweepLag } = DEFAULT_LIMITS
    const uptime = new Uptime(clock, sweepPeriod, maxSweepLag)
    const roster = new Roster(DEFAULT_LIMITS)
    const peers = Array.from({ length: 1_000 }, (_, n) => `peer${n}`)
    for (const peer of peers) {
      roster.open(peer, 0)
      roster.beat(peer, announced(0))
    }
    clock.advance(600_000)
    roster.sweep(uptime.elapsed())
    assert.ok(peers.every((peer) => roster.get(peer)?.status === 'beating'))
    // From there on the grace is what it was.
    for (let wait = 0; wait < 43_000; wait += sweepPeriod) {
      clock.advance(sweepPeriod)
      roster.sweep(uptime.elapsed())
    }
    assert.ok(peers.every((peer) => roster.get(peer)?.status === 'overdue'))
    clock.advance(sweepPeriod)
    roster.sweep(uptime.elapsed())
    assert.ok(peers.every((peer) => roster.get(peer)?.status === 'left'))
  })
})

test('a route is told by the remote address', () => {
  assert.equal(routeOf('/ip4/127.0.0.1/tcp/1/ws/p2p/a'), 'websocket')
  assert.equal(routeOf('/ip4/127.0.0.1/tcp/1/ws/p2p/a/p2p-circuit/p2p/b'), 'relayed')
  assert.equal(routeOf('/ip4/127.0.0.1/tcp/1/ws/p2p/a/p2p-circuit/webrtc/p2p/b'), 'webrtc')
  assert.equal(routeOf('/webrtc'), 'webrtc')
})
