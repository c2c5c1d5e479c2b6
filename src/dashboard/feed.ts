import type { FeedEvents } from '../aggregator/index.ts'
import {
  DASHBOARD_RETRY_DOUBLINGS,
  DASHBOARD_RETRY_PERIOD,
  DASHBOARD_SILENCE_TIMEOUT
} from '../constants.ts'
import { AnswerError } from '../errors.ts'
import { type Clock, retryDelay } from '../timing/index.ts'
import type { Connection } from './connection.ts'
import { EventReader, type SentEvent } from './event-reader.ts'
import { refusalOf } from './refusal.ts'

/** One event of the feed, with what it tells. */
export type FeedEvent = {
  [Type in keyof FeedEvents]: { readonly type: Type; readonly data: FeedEvents[Type] }
}[keyof FeedEvents]

/** What the live feed works with. */
export interface LiveFeedInit {
  readonly url: string
  readonly clock: Clock
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly onEvent: (event: FeedEvent) => void
  readonly onConnection: (connection: Connection) => void
}

const TYPES: ReadonlySet<string> = new Set<keyof FeedEvents>([
  'snapshot',
  'node',
  'gone',
  'network',
  'alert'
])

/**
 * Reads the aggregator's feed for as long as the page is open: comes back after every loss, goes on
 * where it was, and notices a connection that is open but silent. An `EventSource` can do neither
 * the last nor tell why it was refused.
 */
export class LiveFeed {
  readonly #init: LiveFeedInit
  #connection: Connection = { phase: 'connecting' }
  #running: AbortController | undefined
  #attempt: AbortController | undefined
  #endWait: (() => void) | undefined
  #lastId: string | undefined
  /** When anything last came, in ms since 1970. */
  #heardAt: number | undefined
  #startedAt = 0

  constructor(init: LiveFeedInit) {
    this.#init = init
  }

  get connection(): Connection {
    return this.#connection
  }

  /** Connects, and comes back until `stop`; begins anew where it was waiting for a token. */
  start(): void {
    this.stop()
    this.#startedAt = this.#init.clock.now()
    this.#running = new AbortController()
    this.#tell({ phase: 'connecting' })
    void this.#run(this.#running.signal)
  }

  /** Ends all that runs. May be called twice. */
  stop(): void {
    this.#running?.abort()
    this.#attempt?.abort()
    this.#endWait?.()
  }

  /** The device woke or has a network again: tries at once, and drops a connection that slept. */
  wake(): void {
    this.#endWait?.()
    const silent = this.#init.clock.now() - (this.#heardAt ?? this.#startedAt)
    if (silent > DASHBOARD_SILENCE_TIMEOUT) this.#attempt?.abort('it was silent')
  }

  /** Another question was refused for want of a token. */
  needToken(): void {
    this.stop()
    this.#tell({ phase: 'token-needed' })
  }

  async #run(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures += 1) {
      const began = this.#heardAt
      const problem = await this.#read(signal)
      if (signal.aborted) return
      if (problem instanceof AnswerError && problem.status === 401) return this.needToken()
      if (this.#heardAt !== began) failures = 0
      this.#lose(problem.message)
      await this.#wait(failures)
    }
  }

  /** Reads until the connection ends, and tells why it did. */
  async #read(signal: AbortSignal): Promise<Error> {
    const { clock, fetch, url } = this.#init
    const attempt = new AbortController()
    this.#attempt = attempt
    const giveUp = (): void => attempt.abort('it has been silent for too long')
    let cancel = clock.after(DASHBOARD_SILENCE_TIMEOUT, giveUp)
    try {
      const headers = {
        accept: 'text/event-stream',
        ...(this.#lastId !== undefined && { 'last-event-id': this.#lastId })
      }
      const response = await fetch(url, { headers, signal: attempt.signal, cache: 'no-store' })
      if (!response.ok || response.body === null) throw await refusalOf(response)
      const events = new EventReader()
      const stream = response.body.pipeThrough(new TextDecoderStream(), { signal: attempt.signal })
      for (const reader = stream.getReader(); ; ) {
        const { done, value } = await reader.read()
        if (done || signal.aborted) return new Error('the aggregator closed it')
        cancel()
        cancel = clock.after(DASHBOARD_SILENCE_TIMEOUT, giveUp)
        this.#hear(events.push(value))
      }
    } catch (error) {
      const reason: unknown = attempt.signal.aborted ? attempt.signal.reason : error
      if (reason instanceof AnswerError) return reason
      if (reason instanceof SyntaxError) return new Error('it cannot be understood')
      return new Error(attempt.signal.aborted ? String(reason) : 'there is no answer')
    } finally {
      cancel()
      attempt.abort()
      this.#attempt = undefined
    }
  }

  #hear(events: readonly SentEvent[]): void {
    this.#heardAt = this.#init.clock.now()
    for (const { type, data, id } of events) {
      if (TYPES.has(type)) this.#init.onEvent({ type, data: JSON.parse(data) } as FeedEvent)
      if (id !== undefined) this.#lastId = id
    }
    // Not by the first bytes alone, which may be a comment: numbers are live once there are any.
    if (events.length > 0 || this.#connection.phase === 'lost') this.#tell({ phase: 'live' })
  }

  #lose(problem: string): void {
    if (this.#connection.phase === 'lost') return this.#tell({ ...this.#connection, problem })
    if (this.#heardAt === undefined) {
      return this.#tell({ phase: 'unreachable', since: this.#startedAt, problem })
    }
    this.#tell({ phase: 'lost', since: this.#heardAt, problem })
  }

  async #wait(failures: number): Promise<void> {
    const { clock } = this.#init
    const delay = retryDelay(Math.min(failures, DASHBOARD_RETRY_DOUBLINGS), DASHBOARD_RETRY_PERIOD)
    await new Promise<void>((resolve) => {
      const cancel = clock.after(delay, resolve)
      this.#endWait = () => {
        cancel()
        resolve()
      }
    })
    this.#endWait = undefined
  }

  #tell(connection: Connection): void {
    if (connection.phase === 'live' && this.#connection.phase === 'live') return
    this.#connection = connection
    this.#init.onConnection(connection)
  }
}
