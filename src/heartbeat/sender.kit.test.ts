// What the tests of the sender share: legs that a test holds both ends of, a clock that can sleep,
// and a sender on both. No tests of its own.

import type { Head } from '../head/index.ts'
import { FakeClock } from '../timing/fake-clock.ts'
import type { Ack, Answer, Beat } from '../wire/index.ts'
import { encodeBeat, encodeV1 } from '../wire/index.ts'
import { BeatSource } from './beat-source.ts'
import type { Leg, Route, Version, Way } from './route.ts'
import { Sender } from './sender.ts'
import type { SenderEvent } from './sender-event.ts'

export const PERIOD = 3_000
export const RECONNECT = 10_000
/** How long an answer may take where round trips are quick. */
export const SUSPICION = 5_000
/** Milliseconds since 1970 at which the clocks begin. */
export const BEGIN = 1_000_000

/** What a leg is to be. */
export interface HandLegInit {
  readonly way?: Way
  readonly version?: Version
  /** Round trip of the protocol's acceptance; `false`: it is never accepted by itself. */
  readonly accept?: number | false
  /** Acknowledges each beat at once. */
  readonly isPrompt?: boolean
}

/** A leg that a test holds both ends of. */
export class HandLeg implements Leg {
  readonly address = '/memory/1'
  readonly beats: Beat[] = []
  readonly way: Way
  readonly #closed = Promise.withResolvers<void>()
  readonly #accepted = Promise.withResolvers<number | undefined>()
  readonly accepted = this.#accepted.promise
  readonly closed = this.#closed.promise
  version: Version
  isPrompt: boolean
  isFull = false
  isClosed = false
  isAborted = false
  probes = 0
  #probing = Promise.withResolvers<void>()
  #onAnswer: (answer: Answer) => void = () => {}

  constructor({ way = 'websocket', version = 2, accept = 20, isPrompt = true }: HandLegInit = {}) {
    this.way = way
    this.version = version
    this.isPrompt = isPrompt
    if (accept !== false) this.#accepted.resolve(accept)
    this.accepted.catch(() => {})
  }

  get heights(): bigint[] {
    return this.beats.map(({ height }) => height)
  }

  get seqs(): number[] {
    return this.beats.map(({ seq }) => seq)
  }

  get last(): Beat | undefined {
    return this.beats.at(-1)
  }

  listen(onAnswer: (answer: Answer) => void): void {
    this.#onAnswer = onAnswer
  }

  send(beat: Beat): Uint8Array | undefined {
    if (this.isClosed) throw new Error('closed')
    if (this.isFull) return undefined
    this.beats.push(beat)
    if (this.isPrompt) queueMicrotask(() => this.ack(beat.seq))
    return this.version === 1 ? encodeV1(beat) : encodeBeat(beat)
  }

  /** Answers as an aggregator does: the last beat, unless told. */
  ack(seq = this.last?.seq ?? 0, rest: Omit<Ack, 'type' | 'seq'> = {}): void {
    if (!this.isClosed && this.version === 2) this.#onAnswer({ type: 'ack', seq, ...rest })
  }

  bye(retry: number): void {
    this.#onAnswer({ type: 'bye', retry })
  }

  probe: Leg['probe'] = async (signal) => {
    this.probes++
    if (this.isPrompt) return
    const gone = Promise.withResolvers<never>()
    signal.addEventListener('abort', () => gone.reject(signal.reason), { once: true })
    await Promise.race([this.#probing.promise, gone.promise])
  }

  /** Answers the probe under way. */
  pong(): void {
    this.#probing.resolve()
    this.#probing = Promise.withResolvers()
  }

  async close(): Promise<void> {
    this.cut()
  }

  abort(): void {
    this.isAborted = true
    this.cut()
  }

  cut(): void {
    this.isClosed = true
    this.#closed.resolve()
  }

  acceptIn(version: Version, rtt?: number): void {
    this.version = version
    this.#accepted.resolve(rtt)
  }

  refuse(error: Error): void {
    this.#accepted.reject(error)
  }
}

/** A clock of a machine that can sleep: time goes on, and timers stand still. */
export class SleepyClock extends FakeClock {
  #slept = 0

  override now(): number {
    return super.now() + this.#slept
  }

  override elapsed(): number {
    return super.elapsed() + this.#slept
  }

  sleep(period: number): void {
    this.#slept += period
  }
}

/** A route whose legs the test opens, one call of `open` after another. */
export class HandRoute implements Route {
  readonly opened: { at: number; doubt: boolean; signal: AbortSignal }[] = []
  readonly legs: HandLeg[] = []
  readonly #clock: FakeClock
  readonly #make: (index: number) => HandLeg | Error | 'hangs'
  offer: (leg: Leg) => void = () => {}
  underWay = 0
  mostUnderWay = 0

  /** @param make what the open of that index gives; the later ones the same as the last */
  constructor(clock: FakeClock, make: (index: number) => HandLeg | Error | 'hangs') {
    this.#clock = clock
    this.#make = make
  }

  async open(
    signal: AbortSignal,
    onBetter: (leg: Leg) => void,
    { doubt = false }: { doubt?: boolean } = {}
  ): Promise<Leg> {
    const made = this.#make(this.opened.length)
    this.opened.push({ at: this.#clock.elapsed(), doubt, signal })
    this.mostUnderWay = Math.max(this.mostUnderWay, ++this.underWay)
    this.offer = onBetter
    try {
      // No open is answered within the call.
      await Promise.resolve()
      if (made instanceof Error) throw made
      if (made === 'hangs') return await untilAborted(signal)
      this.legs.push(made)
      return made
    } finally {
      this.underWay--
    }
  }

  /** When legs were opened, by the clock's measure. */
  get times(): number[] {
    return this.opened.map(({ at }) => at)
  }
}

/** What a sender's test may choose. */
export interface SetUp {
  readonly legs?: readonly (HandLeg | Error | 'hangs')[]
  readonly make?: (index: number) => HandLeg | Error | 'hangs'
  readonly head?: () => Head | Promise<Head>
  readonly random?: () => number
  readonly beatPeriod?: number
}

/** A sender that is ready to start, by default with one leg after another that answers at once. */
export function setUp({ legs, make, head, random = () => 0.5, beatPeriod = PERIOD }: SetUp = {}) {
  const clock = new SleepyClock(BEGIN)
  const route = new HandRoute(
    clock,
    make ?? ((index) => (legs === undefined ? new HandLeg() : (legs[index] ?? 'hangs')))
  )
  const events: SenderEvent[] = []
  let height = 0n
  const ask = head ?? (() => ({ cids: [], height: ++height }))
  const sender = new Sender({
    route,
    source: new BeatSource({
      head: { name: 'test', read: async () => await ask() },
      nickname: 'n',
      minerAddress: '',
      clock,
      onError: () => {}
    }),
    beatPeriod,
    reconnectPeriod: RECONNECT,
    clock,
    random,
    onEvent: (event) => events.push(event)
  })
  const types = (): string[] => events.map(({ type }) => type)
  const all = <T extends SenderEvent['type']>(type: T) =>
    events.filter((event): event is SenderEvent & { type: T } => event.type === type)
  const last = <T extends SenderEvent['type']>(type: T) => all(type).at(-1)
  return { clock, route, events, sender, types, all, last }
}

async function untilAborted(signal: AbortSignal): Promise<never> {
  return await new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
