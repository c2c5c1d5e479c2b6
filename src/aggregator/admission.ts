import { ExpiringSet } from './expiring-set.ts'
import type { Limits } from './limits.ts'
import { TokenBucket } from './token-bucket.ts'

/** What becomes of a line: read, left out, or the reason to refuse its peer from now on. */
export type Admittance = 'accepted' | 'dropped' | 'refused'

interface Account {
  readonly lines: TokenBucket
  readonly excess: TokenBucket
  readonly bytes: TokenBucket
}

/**
 * Says how much each peer may send, over all its streams and however often it opens new ones, and
 * remembers who had far too much. Pure: `now` is ms that never jump.
 */
export class Admission {
  readonly #limits: Limits
  readonly #accounts = new Map<string, Account>()
  /** Peers that are refused for a while. */
  readonly #refused: ExpiringSet

  constructor(limits: Limits) {
    this.#limits = limits
    this.#refused = new ExpiringSet(limits.refusalPeriod, limits.maxRefusedPeers)
  }

  isRefused(peer: string, now: number): boolean {
    return this.#refused.has(peer, now)
  }

  /** Counts one more line. Lines beyond the allowance are dropped; too many of those, and the peer is refused. */
  line(peer: string, now: number): Admittance {
    const { lines, excess } = this.#account(peer, now)
    if (lines.take(now)) return 'accepted'
    if (excess.take(now)) return 'dropped'
    return this.#refuse(peer, now)
  }

  /** Counts bytes, whether they make lines or not. */
  bytes(peer: string, length: number, now: number): Admittance {
    return this.#account(peer, now).bytes.take(now, length) ? 'accepted' : this.#refuse(peer, now)
  }

  #refuse(peer: string, now: number): Admittance {
    this.#refused.add(peer, now)
    this.#accounts.delete(peer)
    return 'refused'
  }

  #account(peer: string, now: number): Account {
    const known = this.#accounts.get(peer)
    if (known !== undefined) return known
    const account = {
      lines: new TokenBucket(this.#limits.lines, now),
      excess: new TokenBucket(this.#limits.excess, now),
      bytes: new TokenBucket(this.#limits.bytes, now)
    }
    // The oldest is forgotten, which gives it its allowance anew: no more than a new key would get.
    const [oldest] = this.#accounts.keys()
    if (this.#accounts.size >= this.#limits.maxRows && oldest !== undefined) {
      this.#accounts.delete(oldest)
    }
    this.#accounts.set(peer, account)
    return account
  }
}
