import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UPGRADE_TIMEOUT } from '../constants.ts'
import { HandLeg } from '../heartbeat/sender.kit.test.ts'
import { setUp } from './ladder.kit.test.ts'
import type { OpenedLeg } from './page-ways.ts'

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
