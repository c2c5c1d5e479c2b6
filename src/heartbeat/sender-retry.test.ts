import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FAILURE_REPEAT_PERIOD, MIN_TRY_PERIOD } from '../constants.ts'
import { RouteError } from '../errors.ts'
import { BEGIN, HandLeg, PERIOD, RECONNECT, SUSPICION, setUp } from './sender.kit.test.ts'

const NO = new RouteError('relay', 'no answer')

test('comes back within half a period of losing a leg that worked', async () => {
  const legs = [new HandLeg(), new HandLeg()]
  const { clock, route, sender, types } = setUp({ legs })
  sender.start()
  await clock.tick(PERIOD)
  legs[0]?.cut()
  await clock.tick(0)
  assert.equal(types().at(-1), 'lost')
  await clock.tick(PERIOD / 4)
  assert.equal(route.opened.length, 2)
  assert.equal(legs[1]?.beats.length, 1)
  await sender.stop()
})

test('takes the end of a stream without an error for a loss', async () => {
  const leg = new HandLeg()
  const { clock, sender, last } = setUp({ legs: [leg] })
  sender.start()
  await clock.tick(PERIOD)
  leg.cut()
  await clock.tick(0)
  assert.match(last('lost')?.error.message ?? '', /websocket leg was closed/)
  await sender.stop()
})

test('never gives up, with a window that doubles up to a minute', async () => {
  const { clock, route, sender, all } = setUp({ make: () => NO })
  sender.start()
  await clock.tick(60 * 60_000)
  const waits = all('failed').map(
    ({ retryAt }, index, failures) =>
      retryAt - (index === 0 ? BEGIN : (failures[index - 1]?.retryAt ?? 0))
  )
  assert.deepEqual(waits.slice(0, 5), [5_000, 10_000, 20_000, 30_000, 30_000])
  assert.ok(route.opened.length > 100, `${route.opened.length} tries in an hour`)
  await sender.stop()
})

test('draws each wait evenly from its whole window', async () => {
  for (const share of [0.01, 0.99]) {
    const { clock, sender, all } = setUp({ make: () => NO, random: () => share })
    sender.start()
    await clock.tick(0)
    const [failed] = all('failed')
    assert.equal((failed?.retryAt ?? 0) - BEGIN, share * RECONNECT)
    await sender.stop()
  }
})

test('leaves time between tries that fail within the call, whatever is drawn', async () => {
  // The guard keeps a sender that spins from keeping this test from ever failing.
  const { clock, route, sender, last } = setUp({
    make: (index) => (index < 1_000 ? NO : 'hangs'),
    random: () => 0
  })
  sender.start()
  await clock.tick(0)
  assert.equal(route.opened.length, 1)
  assert.equal(last('failed')?.retryAt, BEGIN + MIN_TRY_PERIOD)
  for (let round = 0; round < 10; round++) sender.wake()
  await clock.tick(10 * MIN_TRY_PERIOD)
  assert.equal(route.opened.length, 11)
  await sender.stop()
})

test('backs off from the beginning when another layer fails: something came back', async () => {
  const make = (index: number) => (index < 3 ? NO : new RouteError('aggregator', 'no'))
  const { clock, sender, all } = setUp({ make })
  sender.start()
  await clock.tick(50_000)
  const attempts = all('failed').map((event) => event.attempts)
  assert.deepEqual(attempts.slice(0, 5), [1, 2, 3, 1, 2])
  await sender.stop()
})

test('warns once, keeps quiet, and says an error every ten minutes', async () => {
  const { clock, sender, all } = setUp({ make: () => NO })
  sender.start()
  await clock.tick(2 * FAILURE_REPEAT_PERIOD + 60_000)
  const levels = all('failed').map(({ level }) => level)
  assert.equal(levels[0], 'warning')
  assert.equal(levels.filter((level) => level === 'warning').length, 1)
  assert.equal(levels.filter((level) => level === 'error').length, 2)
  await sender.stop()
})

test('counts failures from new once a beat was acknowledged', async () => {
  const good = new HandLeg()
  const { clock, sender, last } = setUp({ make: (index) => (index === 2 ? good : NO) })
  sender.start()
  await clock.tick(15_000)
  assert.equal(good.beats.length, 1)
  good.cut()
  await clock.tick(PERIOD)
  assert.equal(last('failed')?.attempts, 1)
  await sender.stop()
})

test('counts a leg that the aggregator refuses as a failure, so that it backs off', async () => {
  const refusing = () => {
    const leg = new HandLeg({ accept: false })
    leg.refuse(new Error('na'))
    return leg
  }
  const { clock, route, sender, last } = setUp({ make: refusing })
  sender.start()
  await clock.tick(60_000)
  assert.ok(route.opened.length <= 5, `${route.opened.length} tries in a minute`)
  assert.match(last('failed')?.error.message ?? '', /takes no heartbeats/)
  await sender.stop()
})

test('backs off from a server that accepts the protocol and then closes', async () => {
  const closing = () => {
    const leg = new HandLeg({ isPrompt: false })
    const send = leg.send.bind(leg)
    leg.send = (beat) => {
      queueMicrotask(() => leg.cut())
      return send(beat)
    }
    return leg
  }
  const { clock, route, sender, types } = setUp({ make: closing })
  sender.start()
  await clock.tick(60_000)
  assert.ok(route.opened.length <= 5, `${route.opened.length} tries in a minute`)
  assert.ok(!types().includes('lost'))
  await sender.stop()
})

test('backs off from a server that takes every stream and answers no beat', async () => {
  const { clock, route, sender, last } = setUp({ make: () => new HandLeg({ isPrompt: false }) })
  sender.start()
  await clock.tick(600_000)
  assert.ok(route.opened.length <= 25, `${route.opened.length} tries in ten minutes`)
  const failed = last('failed')
  assert.equal(failed?.isKept, true)
  assert.equal(failed?.error instanceof RouteError && failed.error.layer, 'aggregator-silent')
  assert.ok(route.legs.filter(({ isClosed }) => !isClosed).length <= 2)
  await sender.stop()
})

test('backs off while it keeps a leg in doubt, and says that it keeps it', async () => {
  const first = new HandLeg()
  const { clock, route, sender, last } = setUp({ make: (index) => (index === 0 ? first : NO) })
  sender.start()
  await clock.tick(PERIOD)
  first.isPrompt = false
  await clock.tick(PERIOD + SUSPICION)
  assert.equal(last('failed')?.isKept, true)
  const begin = clock.elapsed()
  await clock.tick(600_000)
  const waits = route.times.filter((at) => at >= begin).map((at) => at - begin)
  assert.deepEqual(waits.slice(0, 4), [0, 5_000, 15_000, 35_000])
  assert.equal(waits.at(-1), 575_000, 'it never gives up')
  assert.equal(first.isClosed, false)
  first.ack()
  await clock.tick(0)
  assert.equal(last('alive')?.type, 'alive')
  await sender.stop()
})

test('never opens two legs at once, whatever wakes it', async () => {
  const { clock, route, sender } = setUp({ make: () => 'hangs' })
  sender.start()
  await clock.tick(0)
  for (let round = 0; round < 5; round++) {
    sender.wake()
    sender.doubt()
    sender.setOnline(round % 2 === 0)
    await clock.tick(PERIOD)
  }
  assert.equal(route.mostUnderWay, 1)
  await sender.stop()
})

test('tries at once when it is woken', async () => {
  const { clock, route, sender } = setUp({ make: () => NO })
  sender.start()
  await clock.tick(100)
  sender.wake()
  await clock.tick(0)
  assert.deepEqual(route.times, [0, 100])
  await sender.stop()
})

test('tries once a minute at most while the browser reports no network', async () => {
  const { clock, route, sender } = setUp({ make: () => NO })
  sender.start()
  sender.setOnline(false)
  await clock.tick(600_000)
  const gaps = route.times.slice(1).map((at, index) => at - (route.times[index] ?? 0))
  assert.equal(gaps.length, 10)
  assert.ok(gaps.every((gap) => gap >= 60_000))
  sender.setOnline(true)
  await clock.tick(0)
  assert.equal(route.times.at(-1), 600_000)
  await sender.stop()
})

test('takes to a better leg that is at hand when the old one goes', async () => {
  const circuit = new HandLeg({ way: 'relayed' })
  const direct = new HandLeg({ way: 'webrtc' })
  const { clock, route, sender } = setUp({ legs: [circuit] })
  sender.start()
  await clock.tick(0)
  route.offer(direct)
  circuit.cut()
  await clock.tick(PERIOD)
  assert.deepEqual(direct.heights, [2n])
  assert.equal(route.opened.length, 1)
  await sender.stop()
  assert.equal(direct.isClosed, true)
})

test('moves to a better leg and closes the old one afterwards, without missing a beat', async () => {
  const circuit = new HandLeg({ way: 'relayed' })
  const direct = new HandLeg({ way: 'webrtc' })
  const { clock, route, sender, last } = setUp({ legs: [circuit] })
  sender.start()
  await clock.tick(PERIOD)
  route.offer(direct)
  await clock.tick(0)
  assert.equal(last('connected')?.way, 'webrtc')
  assert.equal(circuit.isClosed, true)
  assert.equal(route.opened[0]?.signal.aborted, false, 'what brought it looks on')
  await clock.tick(2 * PERIOD)
  assert.deepEqual([...circuit.heights, ...direct.heights], [1n, 2n, 3n, 4n])
  direct.cut()
  await clock.tick(0)
  assert.equal(route.opened[0]?.signal.aborted, true)
  await sender.stop()
})

test('closes a better leg that comes up when its own leg is gone', async () => {
  const direct = new HandLeg({ way: 'webrtc' })
  const { clock, route, sender } = setUp({ legs: [new HandLeg({ way: 'relayed' })] })
  sender.start()
  await clock.tick(0)
  await sender.stop()
  route.offer(direct)
  assert.equal(direct.isClosed, true)
})

test('survives a thousand outages, and leaves neither legs nor timers nor openings', async () => {
  const { clock, route, sender } = setUp({
    make: (index) => (index % 3 === 1 ? NO : new HandLeg())
  })
  sender.start()
  for (let outage = 0; outage < 1_000; outage++) {
    await clock.tick(2 * PERIOD)
    const leg = route.legs.at(-1)
    if (leg === undefined) continue
    if (outage % 2 === 0) leg.cut()
    else leg.isPrompt = false
    await clock.tick(20_000)
  }
  await clock.tick(60_000)
  const living = route.legs.filter(({ isClosed }) => !isClosed)
  assert.equal(living.length, 1)
  assert.ok(route.opened.length > 1_000)
  assert.equal(route.opened.filter(({ signal }) => !signal.aborted).length, 1 + failedOpens(route))
  assert.ok(clock.pending.length <= 2, 'the next beat, and a check')
  await sender.stop()
  assert.ok(route.legs.every(({ isClosed }) => isClosed))
  assert.deepEqual(clock.pending, [])
})

/** Opens that failed: nothing is left of them that their signal could end. */
function failedOpens({ opened }: { opened: readonly unknown[] }): number {
  return opened.filter((_, index) => index % 3 === 1).length
}
