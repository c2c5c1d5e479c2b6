import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RouteError } from '../errors.ts'
import { FakeClock } from '../timing/fake-clock.ts'
import { seededRandom } from '../timing/seeded-random.ts'
import { BeatSource } from './beat-source.ts'
import { HandLeg } from './sender.kit.test.ts'
import { Sender } from './sender.ts'

const CLIENTS = 200
const PERIOD = 30_000
const RECONNECT = 10_000
/** How long the relay is away. */
const OUTAGE = 40_000

test('a relay that restarts sees no more dials a second than three times its clients by window', async () => {
  const clock = new FakeClock()
  const legs: HandLeg[] = []
  const opens: number[] = []
  let isUp = true
  const open = async (): Promise<HandLeg> => {
    opens.push(clock.elapsed())
    await Promise.resolve()
    if (!isUp) throw new RouteError('relay', 'no answer')
    const leg = new HandLeg()
    legs.push(leg)
    return leg
  }
  const source = new BeatSource({
    head: { name: 'test', read: async () => ({ cids: [], height: 1n }) },
    nickname: '',
    minerAddress: '',
    clock,
    onError: () => {}
  })
  const random = seededRandom(7)
  const senders = Array.from({ length: CLIENTS }, () => {
    const init = { beatPeriod: PERIOD, reconnectPeriod: RECONNECT, clock, random }
    return new Sender({ ...init, route: { open }, source, onEvent: () => {} })
  })
  for (const sender of senders) sender.start()
  await clock.tick(PERIOD)
  opens.length = 0
  isUp = false
  for (const leg of legs) leg.cut()
  await clock.tick(OUTAGE)
  isUp = true
  await clock.tick(120_000)

  const most = (CLIENTS * 3) / (RECONNECT / 1_000)
  const seconds = Map.groupBy(opens, (at) => Math.floor(at / 1_000))
  for (const [second, { length }] of seconds) {
    assert.ok(length <= most, `${length} dials in second ${second}`)
  }
  assert.equal(legs.filter(({ isClosed }) => !isClosed).length, CLIENTS, 'all are back')
  await Promise.all(senders.map((sender) => sender.stop()))
  assert.deepEqual(clock.pending, [])
})
