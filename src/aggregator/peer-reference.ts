import { MAX_REFERENCE_SILENT_EPOCHS, REFERENCE_PREFETCH, STALLED_EPOCHS } from '../constants.ts'
import type { Clock } from '../timing/index.ts'
import type { Beat } from '../wire/index.ts'
import { tipsetKey } from './agreement.ts'
import type { Reference, ReferenceStatus } from './reference.ts'

/** What a watched peer's reference is told. */
export interface PeerReferenceInit {
  readonly clock: Clock
  /** How long a beat is waited for after it was due, in ms. */
  readonly grace: number
  readonly epochPeriod: number
}

/** A peer that the operator trusts: what its own beats say of the chain, while it beats. */
export class PeerReference implements Reference {
  readonly #peer: string
  readonly #init: PeerReferenceInit
  /** Its settled tipsets by height, as many as may be asked about; the newest last. */
  readonly #tipsets = new Map<bigint, string>()
  /** Until when its last beat speaks for it, in ms that never jump. */
  #until: number
  /** Since when it beats, in ms since 1970. */
  #beatsSince: number
  /** When its head last rose, or was first told, in ms that never jump. */
  #risenAt: number | undefined
  height = 0n

  constructor(peer: string, init: PeerReferenceInit) {
    this.#peer = peer
    this.#init = init
    this.#until = init.clock.elapsed()
    this.#beatsSince = init.clock.now()
  }

  get status(): ReferenceStatus {
    const { clock } = this.#init
    const now = clock.elapsed()
    const ok = this.isLive(now)
    return {
      name: this.#peer,
      kind: 'peer',
      ok,
      ...(this.#tipsets.size > 0 && { height: this.height.toString() }),
      ...(!ok && { problem: 'does not beat' }),
      since: ok ? this.#beatsSince : Math.round(clock.now() - (now - this.#until))
    }
  }

  /** Whether its last beat speaks for it at `now`, in ms that never jump. */
  isLive(now: number): boolean {
    return now < this.#until
  }

  /** Whether its head has stood still at `now`, in ms that never jump, for longer than null rounds last. */
  isStalled(now: number): boolean {
    return now - (this.#risenAt ?? now) >= STALLED_EPOCHS * this.#init.epochPeriod
  }

  settledAt(height: bigint): string | undefined {
    return this.#tipsets.get(height)
  }

  /** A beat of the peer was taken. */
  hear({ height, settled, next, stale, page }: Beat): void {
    const { clock, grace, epochPeriod } = this.#init
    if (stale === true) return
    const now = clock.elapsed()
    if (!this.isLive(now)) this.#beatsSince = clock.now()
    const patience = Math.min(next + grace, MAX_REFERENCE_SILENT_EPOCHS * epochPeriod)
    this.#until = page === 'leaving' ? now : now + patience
    if (height > this.height || this.#risenAt === undefined) this.#risenAt = now
    this.height = height
    if (settled === undefined || settled.head.length === 0) return
    this.#tipsets.delete(settled.height)
    this.#tipsets.set(settled.height, tipsetKey(settled.head))
    const [eldest] = this.#tipsets.keys()
    if (this.#tipsets.size > 2 * REFERENCE_PREFETCH && eldest !== undefined) {
      this.#tipsets.delete(eldest)
    }
  }
}
