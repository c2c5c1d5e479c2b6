import type { Logger } from '@libp2p/interface'
import {
  MAX_WEBHOOK_QUEUE,
  MAX_WEBHOOK_RETRY_DOUBLINGS,
  WEBHOOK_RETRY_PERIOD,
  WEBHOOK_TIMEOUT
} from '../constants.ts'
import { type Clock, retryDelay, sleep, withTimeout } from '../timing/index.ts'
import type { Alert } from './alert.ts'

/** What a webhook is told, as JSON. */
export interface WebhookMessage {
  readonly event: 'raised' | 'cleared'
  readonly alert: Alert
  /** Peer id of the aggregator that says so. */
  readonly aggregator: string
}

/** What a webhook works with. */
export interface WebhookInit {
  /** Where to POST to. It may hold a secret, and is never logged. */
  readonly url: string
  readonly clock: Clock
  readonly log: Logger
  readonly random?: () => number
}

/** How a webhook is. */
export interface WebhookStatus {
  /** Messages that wait. */
  readonly queued: number
  /** Messages that were given up since there were too many. */
  readonly lost: number
  /** Why the last try failed; absent when it did not. */
  readonly problem?: string
}

/**
 * Tells one URL of each alert, in order, until it answers that it has it (any 2xx). Each message has
 * a key of its own in `Idempotency-Key`, since an answer may be lost and the message told twice.
 */
export class Webhook {
  readonly #init: WebhookInit
  readonly #queue: WebhookMessage[] = []
  readonly #controller = new AbortController()
  #running: Promise<void> | undefined
  #lost = 0
  #problem: string | undefined

  constructor(init: WebhookInit) {
    this.#init = init
  }

  get status(): WebhookStatus {
    const problem = this.#problem
    return {
      queued: this.#queue.length,
      lost: this.#lost,
      ...(problem !== undefined && { problem })
    }
  }

  /** Has a message told as soon as can be. */
  tell(message: WebhookMessage): void {
    this.#queue.push(message)
    if (this.#queue.length > MAX_WEBHOOK_QUEUE) {
      this.#queue.shift()
      this.#lost += 1
    }
    this.#running ??= this.#run(this.#controller.signal)
  }

  /** Tells what waits once more, each once, and ends. Never throws. */
  async stop(): Promise<void> {
    this.#controller.abort()
    await this.#running
    const signal = AbortSignal.timeout(WEBHOOK_TIMEOUT)
    for (const message of this.#queue.splice(0)) {
      if (!(await this.#post(message, signal))) return
    }
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock, random = Math.random } = this.#init
    let failures = 0
    for (let [message] = this.#queue; message !== undefined; [message] = this.#queue) {
      if (signal.aborted) return
      if (await this.#post(message, signal)) {
        failures = 0
        if (this.#queue[0] === message) this.#queue.shift()
        continue
      }
      const window = Math.min(failures++, MAX_WEBHOOK_RETRY_DOUBLINGS)
      const delay = retryDelay(window, WEBHOOK_RETRY_PERIOD, random)
      await sleep(delay, signal, clock).catch(() => {})
    }
    // At once, so that what is told in the same moment begins anew.
    this.#running = undefined
  }

  /** @returns whether the other side has it */
  async #post(message: WebhookMessage, signal: AbortSignal): Promise<boolean> {
    const { url, clock, log } = this.#init
    try {
      await withTimeout(
        'the webhook',
        WEBHOOK_TIMEOUT,
        signal,
        (each) => send(url, message, each),
        clock
      )
      this.#problem = undefined
      return true
    } catch (error) {
      if (signal.aborted) return false
      this.#problem = error instanceof Error ? error.message : String(error)
      log('the webhook did not take %s of %s: %s', message.event, message.alert.id, this.#problem)
      return false
    }
  }
}

async function send(url: string, message: WebhookMessage, signal: AbortSignal): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': `${message.alert.id}.${message.event}`
    },
    body: JSON.stringify(message),
    redirect: 'error',
    signal
  }).catch((cause) => {
    // Its own message may hold the URL.
    throw new Error('it could not be reached', { cause })
  })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`it answered ${response.status}`)
}
