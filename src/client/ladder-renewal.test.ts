import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ACCEPT_TIMEOUT, CIRCUIT_CHECK_PERIOD } from '../constants.ts'
import { HandLeg } from '../heartbeat/sender.kit.test.ts'
import { failed, setUp } from './ladder.kit.test.ts'
import type { OpenedLeg } from './page-ways.ts'

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
