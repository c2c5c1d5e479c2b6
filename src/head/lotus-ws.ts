import { DEFAULT_RECONNECT_PERIOD, MAX_SILENT_EPOCHS, RPC_TIMEOUT } from '../constants.ts'
import { HeadError } from '../errors.ts'
import { type Clock, MAINNET, retryDelay, sleep, systemClock } from '../timing/index.ts'
import { asHeadError, ask } from './ask.ts'
import type { Head, HeadObserver, HeadSource } from './index.ts'
import { Latest } from './latest.ts'
import { type Call, parseNodeUrl, parseTipset, type RpcMessage } from './lotus.ts'
import { type LotusHttpInit, lotusHttpHead } from './lotus-http.ts'
import { LotusSocket, type LotusSocketInit } from './lotus-socket.ts'
import { parseChanges, Segment } from './segment.ts'
import { HeadDetails } from './settled.ts'

/** What a Lotus node that is listened to over WebSocket may need. */
export interface LotusWebSocketInit extends LotusHttpInit {
  /** First back-off window after a lost socket, in ms; `DEFAULT_RECONNECT_PERIOD` unless given. */
  readonly reconnectPeriod?: number
  readonly WebSocket?: typeof globalThis.WebSocket
}

/**
 * A source that follows a Lotus node by `Filecoin.ChainNotify`. While there is no subscription, and
 * for a read when it is not watched, it asks the same host over HTTP.
 *
 * @param given `'wss://api.node.glif.io/rpc/v1'`
 * @throws {OptionError} when that is no such URL
 */
export function lotusWebSocketHead(given: string | URL, init: LotusWebSocketInit = {}): HeadSource {
  const url = parseNodeUrl(given, ['ws:', 'wss:'])
  const { clock = systemClock, chain = MAINNET } = init
  const http = lotusHttpHead(url.href.replace(/^ws/, 'http'), init)
  const latest = new Latest(clock, MAX_SILENT_EPOCHS * chain.epochPeriod)
  const subscription = new Subscription(url, http, init)
  return {
    name: subscription.name,
    read: async (signal) => {
      signal.throwIfAborted()
      return latest.read() ?? (await http.read(signal))
    },
    watch: (observer, signal) => {
      if (!signal.aborted) void subscription.follow(latest.observe(observer, signal), signal)
    }
  }
}

class Subscription {
  readonly name: string
  readonly #socket: LotusSocketInit
  readonly #http: HeadSource
  readonly #clock: Clock
  readonly #random: () => number
  readonly #reconnectPeriod: number
  readonly #silence: number
  readonly #details: HeadDetails

  constructor(url: URL, http: HeadSource, init: LotusWebSocketInit) {
    const { clock = systemClock, timeout = RPC_TIMEOUT, chain = MAINNET } = init
    this.name = `lotus ws ${url.host}`
    this.#http = http
    this.#clock = clock
    this.#random = init.random ?? Math.random
    this.#reconnectPeriod = init.reconnectPeriod ?? DEFAULT_RECONNECT_PERIOD
    this.#silence = MAX_SILENT_EPOCHS * chain.epochPeriod
    this.#details = new HeadDetails(clock)
    this.#socket = {
      url: withToken(url, init.token),
      name: this.name,
      clock,
      timeout,
      WebSocket: init.WebSocket ?? globalThis.WebSocket
    }
  }

  /** Subscribes again and again, and polls in between. Resolves when the signal aborts. */
  async follow(observer: HeadObserver, signal: AbortSignal): Promise<void> {
    let failures = 0
    const polling = new Polling(this.name, this.#http, observer, signal)
    while (!signal.aborted) {
      const learnt = (head: Head): void => {
        failures = 0
        polling.stop()
        observer.head(head)
      }
      const failure = await this.#subscribe(learnt, signal).catch((error: unknown) => error)
      if (signal.aborted) return
      polling.start(asHeadError(failure, this.name, 'subscribing'))
      const delay = retryDelay(failures++, this.#reconnectPeriod, this.#random)
      await sleep(delay, signal, this.#clock).catch(() => {})
    }
  }

  /** Opens one socket and tells its heads until it fails, with the error that it throws. */
  async #subscribe(learnt: (head: Head) => void, signal: AbortSignal): Promise<never> {
    const socket = new LotusSocket(this.#socket)
    const call: Call = (method, ...rest) => socket.call(method, ...rest)
    const segment = new Segment()
    try {
      await socket.opened(signal)
      const channel = await call('Filecoin.ChainNotify', signal)
      // A node says at once where it is; only later may it be silent, for want of blocks.
      for (let limit = this.#socket.timeout; ; limit = this.#silence) {
        segment.follow(await this.#changes(socket, channel, limit, signal))
        // A revert went deeper than what is remembered.
        if (!segment.head) segment.reset(await this.#askHead(call, signal))
        if (segment.head) learnt(await this.#details.addTo(segment.head, call, this.name, signal))
      }
    } finally {
      socket.close()
    }
  }

  async #askHead(call: Call, signal: AbortSignal): Promise<Head> {
    return parseTipset(await call('Filecoin.ChainHead', signal), this.name)
  }

  #changes(socket: LotusSocket, channel: unknown, timeout: number, signal: AbortSignal) {
    const next = async () => {
      for (;;) {
        const value = readChannel(await socket.next(), channel, this.name)
        if (value !== undefined) return parseChanges(value, this.name)
      }
    }
    const [source, what, clock] = [this.name, 'the next head', this.#clock]
    return ask({ source, what, ask: next, clock, timeout }, signal)
  }
}

// go-jsonrpc's channels: `xrpc.ch.val` with [id, value], `xrpc.ch.close` with [id].
function readChannel({ method, params }: RpcMessage, channel: unknown, source: string): unknown {
  if (!Array.isArray(params) || params[0] !== channel) return undefined
  if (method === 'xrpc.ch.close') throw new HeadError(source, 'the node ended the subscription')
  return method === 'xrpc.ch.val' ? (params[1] ?? null) : undefined
}

// Browsers cannot set a header on a WebSocket: Lotus takes the token as a parameter too.
function withToken(url: URL, token: string | undefined): URL {
  const socketUrl = new URL(url)
  if (token !== undefined) socketUrl.searchParams.set('token', token)
  return socketUrl
}

/** Asks over HTTP while there is no subscription; silent about the socket as long as that works. */
class Polling {
  readonly #name: string
  readonly #http: HeadSource
  readonly #observer: HeadObserver
  readonly #signal: AbortSignal
  #running: AbortController | undefined
  #failure: HeadError | undefined

  constructor(name: string, http: HeadSource, observer: HeadObserver, signal: AbortSignal) {
    this.#name = name
    this.#http = http
    this.#observer = observer
    this.#signal = signal
    signal.addEventListener('abort', () => this.stop(), { once: true })
  }

  start(failure: HeadError): void {
    this.#failure = failure
    if (this.#running) return
    this.#running = new AbortController()
    this.#http.watch?.(
      { head: (head) => this.#observer.head(head), error: (error) => this.#error(error) },
      this.#running.signal
    )
  }

  stop(): void {
    this.#running?.abort(this.#signal.reason)
    this.#running = undefined
  }

  #error(cause: Error): void {
    const problem = this.#failure?.message.replace(`${this.#name}: `, '')
    this.#observer.error(new HeadError(this.#name, `${problem}; ${cause.message}`, { cause }))
  }
}
