import { randomBytes } from 'node:crypto'
import { HTTP_SESSION_BYTES, HTTP_SESSION_PERIOD, MAX_HTTP_SESSIONS } from '../../constants.ts'
import { ExpiringSet } from '../expiring-set.ts'

/** Browsers that gave the access token, by random ids. */
export class HttpSessions extends ExpiringSet {
  constructor() {
    super(HTTP_SESSION_PERIOD, MAX_HTTP_SESSIONS)
  }

  /** Begins one. @returns its id, which nobody can guess */
  begin(now: number): string {
    const id = randomBytes(HTTP_SESSION_BYTES).toString('base64url')
    this.add(id, now)
    return id
  }
}
