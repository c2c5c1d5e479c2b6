import { MAX_QUEUED_NOTIFICATIONS, MAX_RPC_ANSWER_BYTES } from '../constants.ts'
import { HeadError } from '../errors.ts'
import type { Clock } from '../timing/index.ts'
import { asHeadError, ask } from './ask.ts'
import { formatRequest, parseMessage, type RpcMessage, readResult } from './lotus.ts'

/** What a socket to a node is made of. */
export interface LotusSocketInit {
  readonly url: URL
  /** Name of the source, for messages. */
  readonly name: string
  readonly clock: Clock
  /** Longest wait for the connection or one answer, in ms. */
  readonly timeout: number
  readonly WebSocket: typeof globalThis.WebSocket
}

/** One JSON-RPC connection over WebSocket, as go-jsonrpc speaks it. Never reconnects. */
export class LotusSocket {
  readonly #init: LotusSocketInit
  readonly #socket: WebSocket
  readonly #opened = Promise.withResolvers<void>()
  readonly #calls = new Map<number, PromiseWithResolvers<RpcMessage>>()
  readonly #listening = new AbortController()
  #notifications: RpcMessage[] = []
  #arrived = Promise.withResolvers<void>()
  #failure: HeadError | undefined
  #lastId = 0

  /** @throws {HeadError} when a page may not open this socket */
  constructor(init: LotusSocketInit) {
    this.#init = init
    // Nobody need wait for the opening when the socket fails.
    this.#opened.promise.catch(() => {})
    try {
      this.#socket = new init.WebSocket(init.url)
    } catch (error) {
      // The message would show the URL, and the token in it.
      const { name } = error as Error
      throw new HeadError(init.name, `the socket may not be opened: ${name}`)
    }
    this.#listen()
  }

  /**
   * Resolves once the socket is open.
   *
   * @throws {HeadError} when it fails, or takes too long
   */
  opened(signal: AbortSignal): Promise<void> {
    const { name: source, clock, timeout } = this.#init
    const opened = () => this.#opened.promise
    return ask({ source, what: 'connecting', ask: opened, clock, timeout }, signal)
  }

  /**
   * Calls a method, and gives its result.
   *
   * @throws {HeadError} when the socket fails, the node answers with an error or takes too long
   */
  async call(
    method: string,
    signal: AbortSignal,
    timeout = this.#init.timeout,
    params: readonly unknown[] = []
  ): Promise<unknown> {
    if (this.#failure) throw this.#failure
    const { name: source, clock } = this.#init
    const id = ++this.#lastId
    const answer = Promise.withResolvers<RpcMessage>()
    // The call may be over, by timeout or abort, before the socket fails.
    answer.promise.catch(() => {})
    this.#calls.set(id, answer)
    const request = async () => {
      this.#socket.send(formatRequest(id, method, params))
      return readResult(await answer.promise, source, method)
    }
    try {
      return await ask({ source, what: method, ask: request, clock, timeout }, signal)
    } finally {
      this.#calls.delete(id)
    }
  }

  /**
   * The next message that answers no call; those that came before a failure are still given.
   *
   * @throws {HeadError} when the socket failed or was closed
   */
  async next(): Promise<RpcMessage> {
    for (;;) {
      const message = this.#notifications.shift()
      if (message) return message
      if (this.#failure) throw this.#failure
      this.#arrived = Promise.withResolvers()
      await this.#arrived.promise
    }
  }

  /** Closes the socket; what still waits for it fails. */
  close(): void {
    this.#fail('closed')
  }

  #listen(): void {
    const { signal } = this.#listening
    const on = (type: string, listener: (event: Event) => void): void =>
      this.#socket.addEventListener(type, listener, { signal })
    on('open', () => this.#opened.resolve())
    on('message', (event) => this.#receive((event as MessageEvent).data))
    on('error', () => this.#fail('the socket failed'))
    on('close', (event) => {
      this.#fail(`the socket was closed with code ${(event as CloseEvent).code}`)
    })
  }

  #receive(data: unknown): void {
    const { name } = this.#init
    try {
      if (typeof data !== 'string') throw new HeadError(name, 'the node sent bytes, not text')
      if (data.length > MAX_RPC_ANSWER_BYTES) {
        throw new HeadError(name, `a message is longer than ${MAX_RPC_ANSWER_BYTES} bytes`)
      }
      const message = parseMessage(data, name)
      if (message.method === undefined) this.#calls.get(Number(message.id))?.resolve(message)
      else this.#queue(message)
    } catch (error) {
      this.#fail(asHeadError(error, name, 'reading a message'))
    }
  }

  #queue(message: RpcMessage): void {
    if (this.#notifications.length >= MAX_QUEUED_NOTIFICATIONS) {
      throw new HeadError(this.#init.name, 'notifications come faster than they are read')
    }
    this.#notifications.push(message)
    this.#arrived.resolve()
  }

  #fail(problem: string | HeadError): void {
    if (this.#failure) return
    const { name } = this.#init
    const failure = typeof problem === 'string' ? new HeadError(name, problem) : problem
    this.#failure = failure
    this.#listening.abort()
    this.#socket.close()
    this.#opened.reject(failure)
    this.#arrived.resolve()
    for (const { reject } of this.#calls.values()) reject(failure)
    this.#calls.clear()
  }
}
