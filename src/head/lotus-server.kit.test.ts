// A small Lotus for the tests of this room: a real server on loopback that speaks the real shapes.
// Holds no test itself.

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { SETTLED_EPOCHS } from '../constants.ts'
import type { Head, HeadObserver } from './index.ts'

export interface Tipset {
  readonly Cids: ReadonlyArray<{ readonly '/': string }>
  readonly Blocks: ReadonlyArray<{ readonly Timestamp: number; readonly Height: number }> | null
  readonly Height: number
}

export const GENESIS_CID = 'bafy2bzacecnamqgqmifpluoeldx7zzglxcljo6oja4vrmtj7432rphldpdmm2'

/** A tipset of two blocks as Lotus would give it. `fork` tells tipsets of one height apart. */
export function tipset(height: number, fork = 'a'): Tipset {
  const cids = [0, 1].map((block) => ({ '/': `bafy2bzace${fork}${height}block${block}` }))
  const blocks = cids.map((cid, index) => ({
    Miner: `f0100${index}`,
    Ticket: { VRFProof: 'AA==' },
    Parents: [{ '/': `bafy2bzace${fork}${height - 1}block0` }],
    ParentWeight: '130000000000',
    ParentStateRoot: cid,
    Height: height,
    Timestamp: 1_598_306_400 + 30 * height
  }))
  return { Cids: cids, Blocks: blocks, Height: height }
}

/** The head that a source makes of `tipset(height, fork)`. */
export function headAt(height: number, fork = 'a'): Head {
  const { cids, height: settled } = bareHeadAt(height - SETTLED_EPOCHS)
  const details = height < SETTLED_EPOCHS ? {} : { settled: { cids, height: settled } }
  return { ...bareHeadAt(height, fork), genesis: GENESIS_CID, ...details }
}

/** The same without its genesis, and without the tipset settled below. */
export function bareHeadAt(height: number, fork = 'a'): Head {
  return {
    cids: tipset(height, fork).Cids.map((cid) => cid['/']),
    height: BigInt(height),
    timestamp: 1_598_306_400 + 30 * height
  }
}

/** Lets a test wait for something to happen for the n-th time, also when it already has. */
export class Counter {
  count = 0
  #waiting = new Set<{ count: number; resolve: () => void }>()

  add(): void {
    this.count++
    for (const waiter of this.#waiting) if (waiter.count <= this.count) waiter.resolve()
  }

  async reaches(count: number): Promise<void> {
    if (this.count >= count) return
    await new Promise<void>((resolve) => this.#waiting.add({ count, resolve }))
  }
}

/** Writes down what a source tells, and lets a test wait for it. */
export class Recorder implements HeadObserver {
  readonly heads: Head[] = []
  readonly errors: Error[] = []
  readonly #heads = new Counter()
  readonly #errors = new Counter()

  head(head: Head): void {
    this.heads.push(head)
    this.#heads.add()
  }

  error(error: Error): void {
    this.errors.push(error)
    this.#errors.add()
  }

  get heights(): number[] {
    return this.heads.map(({ height }) => Number(height))
  }

  /** The n-th head told, counted from 1. */
  async headNumber(count: number): Promise<Head | undefined> {
    await this.#heads.reaches(count)
    return this.heads[count - 1]
  }

  /** The n-th error told, counted from 1. */
  async errorNumber(count: number): Promise<Error | undefined> {
    await this.#errors.reaches(count)
    return this.errors[count - 1]
  }
}

export interface HttpCall {
  readonly method: string
  readonly id: number
  readonly params: readonly unknown[]
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

interface Subscriber {
  readonly socket: WebSocket
  readonly channel: number
}

/**
 * Speaks `ChainHead`, `ChainGetGenesis` and `ChainGetTipSetByHeight` over HTTP and WebSocket, and
 * `ChainNotify` over the latter.
 */
export class LotusServer implements AsyncDisposable {
  head: Tipset = tipset(100)
  /** What HTTP requests get instead of the usual answer, by method. */
  readonly http = new Map<string, (call: HttpCall) => void>()
  /** What calls over WebSocket get instead of the usual answer, by method. */
  readonly ws = new Map<string, (socket: WebSocket, id: number) => void>()
  readonly calls: string[] = []
  readonly requests: IncomingMessage[] = []
  readonly called = new Map<string, Counter>()
  readonly subscribed = new Counter()
  readonly disconnected = new Counter()
  refusesSockets = false
  subscribers: Subscriber[] = []
  readonly #server = createServer((request, response) => this.#answerHttp(request, response))
  readonly #sockets = new WebSocketServer({ noServer: true })
  #lastChannel = 6

  static async start(): Promise<LotusServer> {
    const lotus = new LotusServer()
    lotus.#server.on('upgrade', (request, socket, first) => {
      lotus.requests.push(request)
      if (lotus.refusesSockets) return socket.destroy()
      lotus.#sockets.handleUpgrade(request, socket, first, (ws) => lotus.#welcome(ws))
    })
    lotus.#server.listen(0, '127.0.0.1')
    await once(lotus.#server, 'listening')
    return lotus
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get httpUrl(): string {
    return `http://${this.host}/rpc/v1`
  }

  get wsUrl(): string {
    return `ws://${this.host}/rpc/v1`
  }

  /** Counts calls of a method: `'http Filecoin.ChainHead'`. */
  counter(call: string): Counter {
    const counter = this.called.get(call) ?? new Counter()
    this.called.set(call, counter)
    return counter
  }

  /** Tells every subscriber of changes: `notify(['revert', tipset(3)], ['apply', tipset(3, 'b')])`. */
  notify(...changes: ReadonlyArray<readonly [string, Tipset]>): void {
    const value = changes.map(([Type, Val]) => ({ Type, Val }))
    for (const { socket, channel } of this.subscribers) send(socket, valueOn(channel, value))
  }

  /** Ends every subscription, but no socket. */
  endSubscriptions(): void {
    for (const { socket, channel } of this.subscribers) {
      send(socket, { jsonrpc: '2.0', method: 'xrpc.ch.close', params: [channel] })
    }
    this.subscribers = []
  }

  /** Cuts every socket as a lost network does: without a closing handshake. */
  cut(): void {
    for (const socket of this.#sockets.clients) socket.terminate()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut()
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }

  #result(method: string, params: readonly unknown[]): unknown {
    if (method === 'Filecoin.ChainHead') return this.head
    if (method === 'Filecoin.ChainGetGenesis') {
      return { Cids: [{ '/': GENESIS_CID }], Blocks: [], Height: 0 }
    }
    if (method === 'Filecoin.ChainGetTipSetByHeight') return tipset(Number(params[0]))
    return undefined
  }

  #note(call: string): void {
    this.calls.push(call)
    this.counter(call).add()
  }

  async #answerHttp(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests.push(request)
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { id, method, params } = JSON.parse(Buffer.concat(chunks).toString())
    const special = this.http.get(method)
    if (special) special({ id, method, params, request, response })
    else answerWith(response, 200, { jsonrpc: '2.0', result: this.#result(method, params), id })
    this.#note(`http ${method}`)
  }

  #welcome(socket: WebSocket): void {
    socket.on('close', () => {
      this.subscribers = this.subscribers.filter((each) => each.socket !== socket)
      this.disconnected.add()
    })
    socket.on('message', (data) => {
      const { id, method, params } = JSON.parse(data.toString())
      const special = this.ws.get(method)
      if (special) special(socket, id)
      else if (method === 'Filecoin.ChainNotify') this.subscribe(socket, id)
      else send(socket, { jsonrpc: '2.0', result: this.#result(method, params), id })
      this.#note(`ws ${method}`)
    })
  }

  /** Answers a subscription as go-jsonrpc does: the channel, then the head as its first value. */
  subscribe(socket: WebSocket, id: number): void {
    const channel = ++this.#lastChannel
    this.subscribers.push({ socket, channel })
    send(socket, { jsonrpc: '2.0', result: channel, id })
    send(socket, valueOn(channel, [{ Type: 'current', Val: this.head }]))
    this.subscribed.add()
  }
}

/** Answers one HTTP request with JSON. */
export function answerWith(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

/** Sends one JSON-RPC message. */
export function send(socket: WebSocket, message: unknown): void {
  socket.send(JSON.stringify(message))
}

function valueOn(channel: number, value: unknown): unknown {
  return { jsonrpc: '2.0', method: 'xrpc.ch.val', params: [channel, value] }
}
