// A stand-in for the aggregator's HTTP side, with a network that is made up: it shows the dashboard
// states that a real one cannot easily be brought into, such as ten thousand nodes, or trouble.

import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import type { FeedEvents } from '../../src/aggregator/index.ts'
import { MadeUpNetwork } from './made-up/network.ts'
import type { MadeUpNodesInit } from './made-up/nodes.ts'

const FOLDER = join(import.meta.dirname, '../../dist/dashboard')
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.map': 'application/json'
}
/** What the page may do, as the aggregator tells it to browsers. */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "require-trusted-types-for 'script'",
  'trusted-types lit-html',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join('; ')
const COOKIE = 'stand=open'

/** What a stand shows. */
export interface StandInit extends MadeUpNodesInit {
  /** Asked for before anything else is answered. */
  readonly token?: string
}

/** A running stand-in. */
export class OperatorStand implements AsyncDisposable {
  readonly network: MadeUpNetwork
  readonly #token: string | undefined
  readonly #readers = new Set<ServerResponse>()
  readonly #server = createServer((request, response) => void this.#answer(request, response))
  readonly #ticking: ReturnType<typeof setInterval>
  /** Paths that were asked for, with their queries. */
  readonly asked: string[] = []
  #lastId = 0

  private constructor({ token, ...init }: StandInit) {
    this.#token = token
    this.network = new MadeUpNetwork(init)
    this.#ticking = setInterval(() => this.#tick(), 1_000)
  }

  /** Starts one on a free port of loopback. */
  static async start(init: StandInit = {}): Promise<OperatorStand> {
    const stand = new OperatorStand(init)
    await stand.listen(0)
    return stand
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve))
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** Tells every reader of the feed. */
  tell<Type extends keyof FeedEvents>(type: Type, data: FeedEvents[Type]): void {
    this.#lastId += 1
    for (const reader of this.#readers) this.#write(reader, type, data)
  }

  /** Ends every connection and answers nobody until `listen`. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#ticking)
    if (this.#server.listening) await this.close()
  }

  #tick(): void {
    for (const row of this.network.beat()) this.tell('node', row)
    this.tell('network', this.network.state())
  }

  #write<Type extends keyof FeedEvents>(
    reader: ServerResponse,
    type: Type,
    data: FeedEvents[Type]
  ): void {
    reader.write(`id: ${this.#lastId}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`)
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    this.asked.push(url.pathname + url.search)
    if (url.pathname === '/' || url.pathname.startsWith('/assets/')) {
      return await this.#file(url.pathname, response)
    }
    if (url.pathname === '/api/session') return await this.#open(request, response)
    const isOpen = this.#token === undefined || (request.headers.cookie ?? '').includes(COOKIE)
    if (!isOpen) return json(response, 401, { error: 'an access token is needed' })
    if (url.pathname === '/feed') return this.#feed(response)
    const answer = this.network.answer(url.pathname, url.searchParams)
    if (answer === undefined) return json(response, 404, { error: 'no such node is known' })
    json(response, 200, answer)
  }

  #feed(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    this.#write(response, 'snapshot', this.network.snapshot())
    this.#readers.add(response)
    response.on('close', () => this.#readers.delete(response))
  }

  async #open(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = ''
    for await (const chunk of request) text += chunk
    if (JSON.parse(text).token !== this.#token) {
      return json(response, 401, { error: 'the access token is wrong' })
    }
    response.writeHead(204, { 'set-cookie': `${COOKIE}; Path=/; HttpOnly; SameSite=Strict` }).end()
  }

  async #file(path: string, response: ServerResponse): Promise<void> {
    const name = path === '/' ? '/index.html' : path
    try {
      const body = await readFile(join(FOLDER, name))
      const type = TYPES[extname(name)] ?? 'text/plain'
      response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY }).end(body)
    } catch {
      response.writeHead(404).end()
    }
  }
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}
