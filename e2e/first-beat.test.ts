// How long the first beat takes from the first packet of a wallet to the aggregator, counted in
// round trips of a distance that is the same on every leg. Beside it plain js-libp2p, with a relay
// and an aggregator of its own, over wires of the same kind.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { cleanup } from 'node-datachannel'
import { first, type Net, type Routes, until } from './kit/net.ts'
import { startOurs } from './kit/ours.ts'
import { startPlain } from './kit/plain.ts'
import { startWire, type Wire } from './kit/wire.ts'

/** Under way between any two places, in ms: so long that what is computed at the ends counts little. */
const ONE_WAY_DELAY = 150

const ROUND_TRIP = 2 * ONE_WAY_DELAY

/** Of so many runs the median counts. */
const RUNS = 3

interface FirstBeat {
  readonly roundTrips: number
  /** What the client's own leg carried until then. */
  readonly trace: string
}

describe('the first beat', () => {
  let ours: Net
  let plain: Net

  before(async () => {
    ours = await startOurs(ONE_WAY_DELAY)
    plain = await startPlain(ONE_WAY_DELAY)
  })

  after(async () => {
    await ours?.stop()
    await plain?.stop()
    // A native peer connection that closed while it was agreed on keeps the process alive otherwise.
    cleanup()
  })

  // TCP 1, HTTP 1, noise 1, and ½ for the beat, which shares a flight with all that asks for it.
  test('arrives within 4 round trips when the aggregator is dialled directly', async () => {
    compare('direct', await median(ours, 'websocket'), await median(plain, 'websocket'), 4)
  })

  // TCP 1, HTTP 1 and noise 1 with the relay; the circuit 2, from end to end like all that follows:
  // noise 2, and 1 for the beat.
  test('arrives within 9.5 round trips of one leg through a relay, WebRTC or not', async () => {
    const usual = await median(plain, 'relayed')
    compare('relayed', await median(ours, 'relayed'), usual, 9.5)
    compare('relayed, WebRTC to follow', await median(ours, 'relayed webrtc'), usual, 9.5)
  })

  // Packets of WebRTC itself have no distance here: a real network only adds to what is waited for.
  test('arrives through the relay before WebRTC would be there', async () => {
    const wire = await startWire(ours.addressOf('relay'), ONE_WAY_DELAY)
    const known = ours.heard()
    const beating = await ours.beat(wire, 'relayed webrtc')
    try {
      await until('the first beat', () => ours.heard() > known)
      const { roundTrips: relayed } = report(wire)
      assert.equal(beating.isDirect(), false)
      await until('WebRTC', () => beating.isDirect())
      const { roundTrips: direct } = report(wire)
      console.log(`first beat ${relayed.toFixed(1)} RTT, WebRTC ${direct.toFixed(1)} RTT`)
      assert.ok(relayed < direct)
    } finally {
      await beating.stop()
      await wire.close()
    }
  })
})

/** Prints both, and fails with what travelled when. */
function compare(way: string, own: FirstBeat, usual: FirstBeat, bound: number): void {
  const [count, usualCount] = [own, usual].map(({ roundTrips }) => roundTrips.toFixed(1))
  console.log(`first beat, ${way}: ${count} RTT (plain js-libp2p ${usualCount})`)
  assert.ok(
    own.roundTrips <= bound,
    `${own.roundTrips.toFixed(2)} round trips, more than ${bound}:\n${own.trace}`
  )
}

async function median(net: Net, routes: Routes): Promise<FirstBeat> {
  const runs: FirstBeat[] = []
  for (let run = 0; run < RUNS; run++) runs.push(await firstBeat(net, routes))
  runs.sort((a, b) => a.roundTrips - b.roundTrips)
  return first(runs.slice(RUNS >> 1))
}

/** Counts from the first packet of a fresh client to its first beat. */
async function firstBeat(net: Net, routes: Routes): Promise<FirstBeat> {
  const address = net.addressOf(routes === 'websocket' ? 'aggregator' : 'relay')
  const wire = await startWire(address, ONE_WAY_DELAY)
  const known = net.heard()
  const starting = net.beat(wire, routes)
  try {
    const heard = until('the first beat', () => net.heard() > known).then(() => report(wire))
    const [beating, result] = await Promise.all([starting, heard])
    if (routes === 'relayed webrtc') await until('an attempt at WebRTC', () => beating.climbs())
    return result
  } finally {
    await (await starting).stop()
    await wire.close()
  }
}

function report({ dialledAt, events }: Wire): FirstBeat {
  assert.ok(dialledAt !== undefined, 'the beat went around the wire')
  const count = (at: number): number => (at - dialledAt) / ROUND_TRIP
  const lines = events.map(
    ({ at, direction, bytes }) => `${count(at).toFixed(2)} ${direction} ${bytes} bytes`
  )
  return { roundTrips: count(performance.now()), trace: lines.join('\n') }
}
