import {
  RECONNECT_SHARE,
  REFUSAL_PERIOD,
  SUSPICION_PERIOD,
  SUSPICION_PERIODS
} from '../constants.ts'
import { RouteError } from '../errors.ts'
import type { Ack, Bye, RejectReason } from '../wire/index.ts'
import { BackOff } from './back-off.ts'
import { Beater } from './beater.ts'
import type { PageVisibility } from './cadence.ts'
import { FailureLog } from './failure-log.ts'
import { Legs } from './legs.ts'
import type { Leg } from './route.ts'
import { Seeker, type SeekObserver } from './seeker.ts'
import type { SenderInit } from './sender.ts'
import { Session } from './session.ts'
import type { LegObserver, WatchedLeg } from './watched-leg.ts'

/**
 * One run of a sender, from its start to its stop: what it remembers ends with it. It ties the
 * parts, and reacts to what becomes of the search for legs and of the legs.
 */
export class Run implements SeekObserver, LegObserver {
  readonly beater: Beater
  readonly #init: SenderInit
  readonly #session = new Session()
  readonly #failures = new FailureLog()
  readonly #backOff: BackOff
  readonly #legs: Legs
  readonly #seeker: Seeker
  readonly #stopping = new AbortController()
  #loops: Promise<unknown> | undefined
  /** Since when the leg in use has yet to prove that beats are taken there; absent once it has. */
  #provingSince: number | undefined

  constructor(init: SenderInit, page: PageVisibility, isOnline: boolean) {
    const { clock, onEvent } = init
    const beatPeriod = (): number => init.beatPeriod
    const suspicionPeriod = (): number =>
      Math.min(SUSPICION_PERIOD, SUSPICION_PERIODS * beatPeriod())
    this.#init = init
    this.#backOff = new BackOff(init, isOnline)
    this.#legs = new Legs({ clock, suspicionPeriod, observer: this, onEvent })
    const parts = { ...init, session: this.#session, legs: this.#legs, backOff: this.#backOff }
    this.beater = new Beater(
      {
        ...parts,
        beatPeriod,
        suspicionPeriod,
        onEvent: (event) => {
          onEvent(event)
          if (event.type === 'sent') this.#noteWork()
        }
      },
      page
    )
    this.#seeker = new Seeker({ ...parts, observer: this })
  }

  start(): void {
    const { signal } = this.#stopping
    this.#loops = Promise.all([this.beater.run(signal), this.#seeker.run(signal)])
  }

  /** Resolves when every leg is closed. */
  async stop(): Promise<void> {
    this.#abort()
    await Promise.all([this.#loops, this.#legs.end()])
  }

  /** Says farewell and ends every leg within this call. */
  leave(): void {
    this.beater.leave()
    this.#legs.abort()
    this.#abort()
  }

  /** Tries again at once if it waits for the next try, and doubts its leg after a sleep. */
  wake(): void {
    this.seekNow()
    if (this.beater.hasSlept) this.beater.doubt()
  }

  setOnline(isOnline: boolean): void {
    this.#backOff.isOnline = isOnline
  }

  /** The next leg may be opened at a time drawn from the `window` that begins now, in ms. */
  seekNow(window?: number): void {
    this.#backOff.comeBack(this.#init.clock.elapsed(), window)
    this.#seeker.look()
  }

  #abort(): void {
    this.#stopping.abort()
    this.#seeker.giveUp()
  }

  // ── What becomes of the search ───────────────────────────────────────────

  seeking(): void {
    if (this.#legs.isEmpty) {
      this.#init.onEvent({ type: 'connecting', attempt: this.#backOff.attempts + 1 })
    }
  }

  found(leg: Leg, climb: AbortController, openingTime: number): void {
    this.#provingSince = this.#init.clock.elapsed()
    this.#legs.adopt(leg, climb, openingTime)
    this.beater.beatNow()
  }

  foundBetter(leg: Leg, climb: AbortController): void {
    this.#seeker.giveUp()
    const wasEmpty = this.#legs.isEmpty
    this.#legs.moveTo(leg, climb)
    if (wasEmpty) this.beater.beatNow()
  }

  failed(error: Error): void {
    this.#backOff.failed(error, this.#init.clock.elapsed())
    this.#tellFailure(error)
  }

  // ── What becomes of the legs ─────────────────────────────────────────────

  accepted(leg: WatchedLeg, rtt: number | undefined): void {
    const { version } = leg.leg
    if (leg === this.#legs.shown) {
      this.#init.onEvent({ type: 'accepted', version, ...(rtt !== undefined && { rtt }) })
    }
    if (leg.wasMisunderstood) this.beater.beatNow()
  }

  alive(leg: WatchedLeg, rtt: number | undefined): void {
    this.#seeker.giveUp()
    this.#legs.keepOnly(leg)
    this.#init.onEvent({ type: 'alive', ...(rtt !== undefined && { rtt }) })
  }

  acknowledged(leg: WatchedLeg, ack: Ack, rtt: number | undefined): void {
    const { clock, onEvent } = this.#init
    this.#worked()
    this.#legs.keepOnly(leg)
    if (rtt !== undefined) this.beater.answered(rtt)
    if (ack.pace !== undefined) this.beater.obey(ack.pace)
    if (ack.reason !== undefined) return this.#rejected(ack.reason, ack.seq)
    const beat = this.#session.find(ack.seq)
    onEvent({
      type: 'acknowledged',
      ack,
      at: clock.now(),
      ...(beat && { beat }),
      ...(rtt !== undefined && { rtt })
    })
  }

  // Every leg leads to the same server.
  farewell(_: WatchedLeg, { retry }: Bye): void {
    this.#dropLegs()
    this.seekNow(retry)
    this.#tellFailure(
      new RouteError('aggregator', 'the server goes down, and asks to come back later')
    )
  }

  doubted(): void {
    this.seekNow()
  }

  suspect(leg: WatchedLeg): void {
    if (leg === this.#legs.shown) this.#init.onEvent({ type: 'suspect' })
    this.seekNow()
    // A leg that never worked is no better than one that could not be opened: a server that takes
    // streams and answers no beat is not to be dialled without end.
    if (this.#provingSince !== undefined) {
      this.failed(new RouteError('aggregator-silent', 'the server answers no beat'))
    }
  }

  // Another way is being opened, which may take long: until then this is what there is to say.
  silent(leg: WatchedLeg): void {
    if (leg !== this.#legs.shown || this.#provingSince !== undefined) return
    this.#tellFailure(new RouteError('aggregator-silent', 'the server answers no beat'))
  }

  lost(leg: WatchedLeg, error: Error): void {
    const { beatPeriod, reconnectPeriod, onEvent } = this.#init
    const hadWorked = leg === this.#legs.shown && this.#provingSince === undefined
    this.#legs.drop(leg)
    this.seekNow(Math.min(reconnectPeriod, beatPeriod * RECONNECT_SHARE))
    if (hadWorked && this.#legs.isEmpty) onEvent({ type: 'lost', error })
    else this.failed(error)
  }

  #rejected(reason: RejectReason, seq: number): void {
    const { clock, onEvent } = this.#init
    // What was under way in a session that was given up says nothing of the one after it.
    const ofSession = reason === 'replayed' || reason === 'duplicate-identity'
    if (ofSession && this.#session.isOver(seq)) return
    switch (reason) {
      case 'too-often':
        return onEvent({ type: 'rejected', reason })
      case 'replayed':
        this.#session.renew()
        return onEvent({ type: 'rejected', reason })
      case 'refused':
        this.#backOff.refuse(clock.elapsed() + REFUSAL_PERIOD)
        this.#dropLegs()
        return onEvent({ type: 'rejected', reason, retryAt: clock.now() + REFUSAL_PERIOD })
      case 'wrong-network':
      case 'duplicate-identity':
      case 'malformed':
        // However often these beats are sent, they will not be taken.
        this.#backOff.refuse(Infinity)
        this.#dropLegs()
        return onEvent({ type: 'rejected', reason, isFinal: true })
      default:
        reason satisfies never
    }
  }

  #dropLegs(): void {
    this.#seeker.giveUp()
    void this.#legs.end()
    this.#seeker.look()
  }

  // ── Whether beats arrive ─────────────────────────────────────────────────

  // A server that refuses in its handler has accepted the protocol first, so where nothing is
  // acknowledged, a leg has worked only once it was still there for its second beat.
  #noteWork(): void {
    const { shown } = this.#legs
    if (this.#provingSince === undefined || !shown?.isAccepted || shown.leg.version === 2) return
    if (this.#init.clock.elapsed() - this.#provingSince >= this.beater.period) this.#worked()
  }

  #worked(): void {
    this.#provingSince = undefined
    this.#backOff.worked()
    this.#failures.recovered()
  }

  #tellFailure(error: Error): void {
    const { clock, onEvent } = this.#init
    const { attempts, retryAt } = this.#backOff
    const now = clock.now()
    const level = this.#failures.failed(now)
    onEvent({
      type: 'failed',
      error,
      level,
      attempts,
      since: this.#failures.since ?? now,
      retryAt: now + retryAt - clock.elapsed(),
      isKept: !this.#legs.isEmpty
    })
  }
}
