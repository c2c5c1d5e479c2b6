import { randomBytes } from 'node:crypto'
import { HTTP_SESSION_BYTES, HTTP_SESSION_PERIOD, MAX_HTTP_SESSIONS } from '../../constants.ts'

/** Browsers that gave the access token. Bounded: a new one drives out the eldest. Pure: takes `now`. */
export class HttpSessions {
  /** Random id to when it ends, in ms that never jump; the eldest first. */
  readonly #until = new Map<string, number>()

  get size(): number {
    return this.#until.size
  }

  /** Begins one. @returns its id, which nobody can guess */
  begin(now: number): string {
    const id = randomBytes(HTTP_SESSION_BYTES).toString('base64url')
    this.#until.set(id, now + HTTP_SESSION_PERIOD)
    const [eldest] = this.#until.keys()
    if (this.#until.size > MAX_HTTP_SESSIONS && eldest !== undefined) this.#until.delete(eldest)
    return id
  }

  has(id: string, now: number): boolean {
    const until = this.#until.get(id)
    if (until === undefined) return false
    if (now < until) return true
    this.#until.delete(id)
    return false
  }

  end(id: string): void {
    this.#until.delete(id)
  }
}
