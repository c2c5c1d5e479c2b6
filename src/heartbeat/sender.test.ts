import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ACCEPT_TIMEOUT, FAILURE_REPEAT_PERIOD } from '../constants.ts'
import { RouteError } from '../errors.ts'
import type { Head } from '../head/index.ts'
import { FakeClock } from '../timing/fake-clock.ts'
import { decodeV1 } from '../wire/index.ts'
import { BeatSource } from './beat-source.ts'
import type { Leg, Route, Way } from './route.ts'
import { Sender, type SenderEvent } from './sender.ts'

const PERIOD = 3_000
const RECONNECT = 10_000

/** A leg that a test holds both ends of. */
class HandLeg implements Leg {
  readonly address = '/memory/1'
  readonly sent: bigint[] = []
  readonly #closed = Promise.withResolvers<void>()
  readonly #accepted = Promise.withResolvers<number | undefined>()
  readonly accepted = this.#accepted.promise
  readonly closed = this.#closed.promise
  readonly way: Way
  isFull = false
  isClosed = false

  constructor(way: Way = 'websocket', { accept = true } = {}) {
    this.way = way
    if (accept) this.#accepted.resolve(undefined)
  }

  send(bytes: Uint8Array): boolean {
    if (this.isClosed) throw new Error('closed')
    if (this.isFull) return false
    this.sent.push(decodeV1(bytes).height)
    return true
  }

  async close(): Promise<void> {
    this.cut()
  }

  cut(): void {
    this.isClosed = true
    this.#closed.resolve()
  }

  refuse(error: Error): void {
    this.#accepted.reject(error)
  }
}

function setUp({ open, head }: { open: Route['open']; head?: () => Head | Promise<Head> }) {
  const clock = new FakeClock(1_000_000)
  const events: SenderEvent[] = []
  let height = 0n
  const ask = head ?? (() => ({ cids: [], height: ++height }))
  const sender = new Sender({
    route: { open },
    source: new BeatSource({
      head: { name: 'test', read: async () => await ask() },
      nickname: 'n',
      minerAddress: '',
      clock,
      onError: () => {}
    }),
    beatPeriod: PERIOD,
    reconnectPeriod: RECONNECT,
    clock,
    random: () => 0.5,
    onEvent: (event) => events.push(event)
  })
  const types = (): string[] => events.map(({ type }) => type)
  const last = <T extends SenderEvent['type']>(type: T) =>
    events.findLast((event): event is SenderEvent & { type: T } => event.type === type)
  return { clock, events, sender, types, last }
}

test('sends the first beat as soon as there is a leg, then one a period', async () => {
  const leg = new HandLeg()
  const { clock, sender } = setUp({ open: async () => leg })
  sender.start()
  await clock.tick(0)
  assert.deepEqual(leg.sent, [1n])
  await clock.tick(PERIOD - 1)
  assert.deepEqual(leg.sent, [1n])
  await clock.tick(1)
  assert.deepEqual(leg.sent, [1n, 2n])
  await clock.tick(3 * PERIOD)
  assert.deepEqual(leg.sent, [1n, 2n, 3n, 4n, 5n])
  await sender.stop()
})

test('keeps its pace when the clock is set an hour back or forth', async () => {
  const leg = new HandLeg()
  const { clock, sender } = setUp({ open: async () => leg })
  sender.start()
  await clock.tick(0)
  for (const hour of [-3_600_000, 7_200_000]) {
    clock.jump(clock.now() + hour)
    await clock.tick(PERIOD)
  }
  assert.deepEqual(leg.sent, [1n, 2n, 3n])
  await sender.stop()
})

test('sends one beat, not several, after it was held up for many periods', async () => {
  const leg = new HandLeg()
  const { clock, sender } = setUp({ open: async () => leg })
  sender.start()
  await clock.tick(0)
  clock.advance(100 * PERIOD)
  await clock.tick(0)
  assert.deepEqual(leg.sent, [1n, 2n])
  await clock.tick(PERIOD)
  assert.deepEqual(leg.sent, [1n, 2n, 3n])
  await sender.stop()
})

test('drops a beat while the stream wants to drain, and queues none', async () => {
  const leg = new HandLeg()
  const { clock, sender, last } = setUp({ open: async () => leg })
  sender.start()
  await clock.tick(0)
  leg.isFull = true
  await clock.tick(3 * PERIOD)
  assert.equal(last('skipped')?.reason, 'needs-drain')
  leg.isFull = false
  await clock.tick(PERIOD)
  assert.deepEqual(leg.sent, [1n, 5n])
  await sender.stop()
})

test('comes back within half a period of losing a leg that worked', async () => {
  const legs = [new HandLeg(), new HandLeg()]
  let opened = 0
  const { clock, sender, types } = setUp({ open: async () => legs[opened++] as HandLeg })
  sender.start()
  await clock.tick(PERIOD)
  legs[0]?.cut()
  await clock.tick(0)
  assert.equal(types().at(-1), 'lost')
  await clock.tick(PERIOD / 4)
  assert.equal(opened, 2)
  assert.equal(legs[1]?.sent.length, 1)
  await sender.stop()
})

test('takes the end of a stream without an error for a loss', async () => {
  const leg = new HandLeg()
  const { clock, sender, last } = setUp({ open: async () => leg })
  sender.start()
  await clock.tick(PERIOD)
  leg.cut()
  await clock.tick(0)
  assert.match(last('lost')?.error.message ?? '', /websocket leg was closed/)
  await sender.stop()
})

test('never gives up, with a window that doubles up to a minute', async () => {
  let tries = 0
  const { clock, sender, events } = setUp({
    open: async () => {
      tries++
      throw new RouteError('relay', 'no answer')
    }
  })
  sender.start()
  await clock.tick(0)
  await clock.tick(60 * 60_000)
  const waits = events
    .filter((event) => event.type === 'failed')
    .map(
      (event, index, all) =>
        event.retryAt - (index === 0 ? 1_000_000 : (all[index - 1]?.retryAt ?? 0))
    )
  assert.deepEqual(waits.slice(0, 5), [5_000, 10_000, 20_000, 30_000, 30_000])
  assert.ok(tries > 100, `${tries} tries in an hour`)
  await sender.stop()
})

test('backs off from the beginning when another layer fails: something came back', async () => {
  let tries = 0
  const { clock, sender, events } = setUp({
    open: async () => {
      throw new RouteError(++tries <= 3 ? 'relay' : 'aggregator', 'no answer')
    }
  })
  sender.start()
  await clock.tick(50_000)
  const attempts = events.filter((event) => event.type === 'failed').map((event) => event.attempts)
  assert.deepEqual(attempts.slice(0, 5), [1, 2, 3, 1, 2])
  await sender.stop()
})

test('warns once, keeps quiet, and says an error every ten minutes', async () => {
  const { clock, sender, events } = setUp({
    open: async () => {
      throw new Error('no')
    }
  })
  sender.start()
  await clock.tick(2 * FAILURE_REPEAT_PERIOD + 60_000)
  const levels = events.filter((event) => event.type === 'failed').map(({ level }) => level)
  assert.equal(levels[0], 'warning')
  assert.equal(levels.filter((level) => level === 'warning').length, 1)
  assert.equal(levels.filter((level) => level === 'error').length, 2)
  await sender.stop()
})

test('counts failures from new once a leg has worked for a period', async () => {
  const good = new HandLeg()
  let tries = 0
  const { clock, sender, last } = setUp({
    open: async () => {
      if (++tries === 3) return good
      throw new Error('no')
    }
  })
  sender.start()
  await clock.tick(15_000)
  assert.equal(good.sent.length, 1)
  await clock.tick(PERIOD)
  good.cut()
  await clock.tick(PERIOD / 4)
  assert.equal(last('failed')?.attempts, 1)
  await sender.stop()
})

test('counts a leg that the aggregator refuses as a failure, so that it backs off', async () => {
  let opened = 0
  const { clock, sender, last } = setUp({
    open: async () => {
      opened++
      const leg = new HandLeg('websocket', { accept: false })
      leg.refuse(new Error('na'))
      return leg
    }
  })
  sender.start()
  await clock.tick(60_000)
  assert.ok(opened <= 5, `${opened} tries in a minute`)
  assert.match(last('failed')?.error.message ?? '', /takes no heartbeats/)
  await sender.stop()
})

test('backs off from a server that accepts the protocol and then closes, as one that refuses does', async () => {
  let opened = 0
  const { clock, sender, types } = setUp({
    open: async () => {
      opened++
      const leg = new HandLeg()
      const send = leg.send.bind(leg)
      leg.send = (bytes) => {
        queueMicrotask(() => leg.cut())
        return send(bytes)
      }
      return leg
    }
  })
  sender.start()
  await clock.tick(60_000)
  assert.ok(opened <= 5, `${opened} tries in a minute`)
  assert.ok(!types().includes('lost'))
  await sender.stop()
})

test('gives up a leg whose server never answers, and names the silence', async () => {
  const legs: HandLeg[] = []
  const { clock, sender, last } = setUp({
    open: async () => {
      const leg = new HandLeg('websocket', { accept: false })
      legs.push(leg)
      return leg
    }
  })
  sender.start()
  await clock.tick(ACCEPT_TIMEOUT)
  const error = last('failed')?.error
  assert.equal(error instanceof RouteError && error.layer, 'aggregator-silent')
  assert.equal(legs[0]?.isClosed, true)
  await sender.stop()
})

test('beats at once when the first head arrives, not a period later', async () => {
  const leg = new HandLeg()
  let head: Head | undefined
  const { clock, sender } = setUp({
    open: async () => leg,
    head: () => {
      if (head === undefined) throw new Error('not yet')
      return head
    }
  })
  sender.start()
  await clock.tick(PERIOD / 2)
  head = { cids: [], height: 5n }
  sender.headArrived()
  await clock.tick(0)
  assert.deepEqual(leg.sent, [5n])
  sender.headArrived()
  await clock.tick(PERIOD - 1)
  assert.deepEqual(leg.sent, [5n])
  await clock.tick(1)
  assert.deepEqual(leg.sent, [5n, 5n])
  await sender.stop()
})

test('takes to a better leg that is at hand when the old one goes', async () => {
  const circuit = new HandLeg('relayed')
  const direct = new HandLeg('webrtc')
  const head = Promise.withResolvers<Head>()
  let offer: (leg: Leg) => void = () => {}
  let opened = 0
  const { clock, sender } = setUp({
    head: () => head.promise,
    open: async (_, onBetter) => {
      opened++
      offer = onBetter
      return circuit
    }
  })
  sender.start()
  await clock.tick(0)
  offer(direct)
  circuit.cut()
  head.resolve({ cids: [], height: 7n })
  await clock.tick(0)
  assert.deepEqual(direct.sent, [7n])
  assert.equal(opened, 1)
  await sender.stop()
  assert.equal(direct.isClosed, true)
})

test('closes a better leg that it has no use for any more', async () => {
  const direct = new HandLeg('webrtc')
  let offer: (leg: Leg) => void = () => {}
  const { clock, sender } = setUp({
    open: async (_, onBetter) => {
      offer = onBetter
      return new HandLeg('relayed')
    },
    head: () => new Promise<Head>(() => {})
  })
  sender.start()
  await clock.tick(0)
  offer(direct)
  await sender.stop()
  assert.equal(direct.isClosed, true)
})

test('tries at once when it is woken', async () => {
  let tries = 0
  const { clock, sender } = setUp({
    open: async () => {
      tries++
      throw new Error('no')
    }
  })
  sender.start()
  await clock.tick(0)
  sender.wake()
  await clock.tick(0)
  assert.equal(tries, 2)
  await sender.stop()
})

test('moves to a better leg and closes the old one afterwards, without missing a beat', async () => {
  const circuit = new HandLeg('relayed')
  const direct = new HandLeg('webrtc')
  let offer: (leg: Leg) => void = () => {}
  const { clock, sender, last } = setUp({
    open: async (_, onBetter) => {
      offer = onBetter
      return circuit
    }
  })
  sender.start()
  await clock.tick(PERIOD)
  offer(direct)
  await clock.tick(0)
  assert.equal(last('connected')?.way, 'webrtc')
  assert.equal(circuit.isClosed, true)
  await clock.tick(2 * PERIOD)
  assert.deepEqual([...circuit.sent, ...direct.sent], [1n, 2n, 3n, 4n])
  await sender.stop()
  assert.equal(direct.isClosed, true)
})

test('moves to a better leg that comes up while a head is awaited', async () => {
  const circuit = new HandLeg('relayed')
  const direct = new HandLeg('webrtc')
  const head = Promise.withResolvers<Head>()
  let offer: (leg: Leg) => void = () => {}
  const { clock, sender } = setUp({
    head: () => head.promise,
    open: async (_, onBetter) => {
      offer = onBetter
      return circuit
    }
  })
  sender.start()
  await clock.tick(0)
  offer(direct)
  head.resolve({ cids: [], height: 7n })
  await clock.tick(0)
  assert.equal(circuit.isClosed, true)
  await clock.tick(PERIOD)
  assert.deepEqual([circuit.sent, direct.sent], [[7n], [7n]])
  await sender.stop()
})

test('beats with the last known head, marked stale, while the source fails', async () => {
  const leg = new HandLeg()
  const answers: (Head | Error)[] = [
    { cids: [], height: 5n },
    new Error('no'),
    { cids: [], height: 6n }
  ]
  const { clock, sender, events } = setUp({
    open: async () => leg,
    head: () => {
      const answer = answers.shift()
      if (answer === undefined || answer instanceof Error) throw answer ?? new Error('done')
      return answer
    }
  })
  sender.start()
  await clock.tick(2 * PERIOD)
  const stale = events.filter((event) => event.type === 'sent').map((event) => event.stale)
  assert.deepEqual(stale, [false, true, false])
  assert.deepEqual(leg.sent, [5n, 5n, 6n])
  await sender.stop()
})

test('does not wait longer than its timeout for a head', async () => {
  const leg = new HandLeg()
  let asked = 0
  const { clock, sender } = setUp({
    open: async () => leg,
    head: () => (asked++ === 0 ? { cids: [], height: 5n } : new Promise<Head>(() => {}))
  })
  sender.start()
  await clock.tick(PERIOD + 2_000)
  assert.deepEqual(leg.sent, [5n, 5n])
  await sender.stop()
})

test('sends nothing while no head was ever known, and keeps the leg', async () => {
  const leg = new HandLeg()
  const { clock, sender, last } = setUp({
    open: async () => leg,
    head: () => {
      throw new Error('no head yet')
    }
  })
  sender.start()
  await clock.tick(5 * PERIOD)
  assert.deepEqual(leg.sent, [])
  assert.equal(last('skipped')?.reason, 'no-head')
  assert.equal(leg.isClosed, false)
  await sender.stop()
})

test('takes a head that cannot be encoded for none', async () => {
  const leg = new HandLeg()
  const { clock, sender, last } = setUp({
    open: async () => leg,
    head: () => ({ cids: ['not a cid'], height: 1n })
  })
  sender.start()
  await clock.tick(PERIOD)
  assert.equal(last('skipped')?.reason, 'no-head')
  await sender.stop()
})

test('stops twice, closes its leg, and leaves no timer', async () => {
  const leg = new HandLeg()
  const { clock, sender } = setUp({ open: async () => leg })
  sender.start()
  await clock.tick(0)
  await Promise.all([sender.stop(), sender.stop()])
  assert.equal(leg.isClosed, true)
  assert.deepEqual(clock.pending, [])
  assert.deepEqual(leg.sent, [1n])
})

test('stops in the middle of opening a leg', async () => {
  const { clock, sender } = setUp({
    open: (signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  })
  sender.start()
  await clock.tick(0)
  await sender.stop()
  assert.deepEqual(clock.pending, [])
})

test('starts again after a stop', async () => {
  const legs = [new HandLeg(), new HandLeg()]
  let opened = 0
  const { clock, sender } = setUp({ open: async () => legs[opened++] as HandLeg })
  sender.start()
  await clock.tick(0)
  await sender.stop()
  sender.start()
  await clock.tick(0)
  assert.equal(legs[1]?.sent.length, 1)
  await sender.stop()
})
