import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RACE_STAGGER } from '../constants.ts'
import { HandLeg } from '../heartbeat/sender.kit.test.ts'
import { DIRECT, failed, RELAY_IDS, RELAYS, setUp } from './ladder.kit.test.ts'

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

test('names the addresses that it may not try, where no other leads on', async () => {
  const { ways, open } = setUp({ refused: ['/dns4/far.example/tcp/443/wss'] })
  ways.results.set('relay0.example', failed('relay', 'dead'))
  await assert.rejects(open(), {
    message: 'dead; not tried, of another domain: /dns4/far.example/tcp/443/wss'
  })
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
