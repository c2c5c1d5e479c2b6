import { createHash, timingSafeEqual } from 'node:crypto'
import type { HttpBindings } from '@hono/node-server'
import type { Context, MiddlewareHandler } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import {
  HTTP_SESSION_PERIOD,
  MAX_REQUEST_BODY_BYTES,
  MAX_WRONG_TOKENS,
  WRONG_TOKEN_DELAY,
  WRONG_TOKENS_PER_SECOND
} from '../../constants.ts'
import type { Clock } from '../../timing/index.ts'
import { TokenBucket } from '../token-bucket.ts'
import { HttpSessions } from './http-sessions.ts'

/** What the app's answers are made with. */
export type Env = { Bindings: HttpBindings }

const COOKIE = 'fil-heartbeat-session'
const UNAUTHORIZED = { 'www-authenticate': 'Bearer' }
const RETRY_AFTER = { 'retry-after': `${WRONG_TOKEN_DELAY / 1_000}` }

/** Lets those in who have the access token, or a session that was begun with it. */
export class Gate {
  readonly #token: Buffer | undefined
  readonly #clock: Clock
  readonly #sessions = new HttpSessions()
  readonly #wrong: TokenBucket

  /** @param token without one everybody is let in */
  constructor(token: string | undefined, clock: Clock) {
    this.#token = token === undefined ? undefined : digest(token)
    this.#clock = clock
    const allowance = { capacity: MAX_WRONG_TOKENS, perSecond: WRONG_TOKENS_PER_SECOND }
    this.#wrong = new TokenBucket(allowance, clock.elapsed())
  }

  /** Stands before all that needs the token. */
  readonly check: MiddlewareHandler<Env> = async (c, next) => {
    if (this.#token === undefined || this.#hasSession(c)) return await next()
    const [, given] = /^Bearer ([^\s]+)$/i.exec(c.req.header('authorization') ?? '') ?? []
    if (given === undefined) {
      return c.json({ error: 'an access token is needed' }, 401, UNAUTHORIZED)
    }
    if (this.#isRight(given)) return await next()
    return await this.#refuse(c)
  }

  /** Whether a request shows neither a session nor a token, where one is needed. */
  isStranger(c: Context<Env>): boolean {
    if (this.#token === undefined || this.#hasSession(c)) return false
    return c.req.header('authorization') === undefined
  }

  /** Begins a session for a browser that gives the token. */
  readonly login = async (c: Context<Env>): Promise<Response> => {
    if (this.#token === undefined) return c.body(null, 204)
    const given = await tokenOf(c)
    if (given === undefined) return c.json({ error: 'token: is not given as JSON' }, 400)
    if (!this.#isRight(given)) return await this.#refuse(c)
    this.#setCookie(c, this.#sessions.begin(this.#clock.elapsed()), HTTP_SESSION_PERIOD / 1_000)
    return c.body(null, 204)
  }

  /** Ends the session that the request belongs to, if there is one. */
  readonly logout = (c: Context<Env>): Response => {
    const id = getCookie(c, COOKIE)
    if (id !== undefined) {
      this.#sessions.delete(id)
      this.#setCookie(c, '', 0)
    }
    return c.body(null, 204)
  }

  #setCookie(c: Context<Env>, id: string, maxAge: number): void {
    const secure = /^https\b/.test(c.req.header('x-forwarded-proto') ?? '')
    setCookie(c, COOKIE, id, { path: '/', httpOnly: true, sameSite: 'Strict', secure, maxAge })
  }

  #hasSession(c: Context<Env>): boolean {
    const id = getCookie(c, COOKIE)
    return id !== undefined && this.#sessions.has(id, this.#clock.elapsed())
  }

  // Digests are of one length, so that not even the token's own length shows.
  #isRight(given: string): boolean {
    return this.#token !== undefined && timingSafeEqual(digest(given), this.#token)
  }

  // Whoever has the token never waits for those who guess it.
  async #refuse(c: Context<Env>): Promise<Response> {
    if (this.#wrong.take(this.#clock.elapsed())) {
      return c.json({ error: 'the access token is wrong' }, 401, UNAUTHORIZED)
    }
    await new Promise<void>((resolve) => {
      this.#clock.after(WRONG_TOKEN_DELAY, resolve)
    })
    return c.json({ error: 'too many wrong access tokens came' }, 429, RETRY_AFTER)
  }
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** The token in the body of a request; `undefined` where there is none. */
async function tokenOf(c: Context<Env>): Promise<string | undefined> {
  const text = await readBody(c.req.raw)
  try {
    const token: unknown = JSON.parse(text ?? '').token
    return typeof token === 'string' ? token : undefined
  } catch {
    return undefined
  }
}

/** A body of a bounded length; `undefined` where it is longer, or breaks off. */
async function readBody({ body }: Request): Promise<string | undefined> {
  let text = ''
  const decoder = new TextDecoder()
  try {
    for await (const chunk of body ?? []) {
      text += decoder.decode(chunk, { stream: true })
      if (text.length > MAX_REQUEST_BODY_BYTES) return undefined
    }
    return text
  } catch {
    return undefined
  }
}
