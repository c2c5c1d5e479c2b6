import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import {
  FEED_CHUNK_BYTES,
  HTTP_IDLE_TIMEOUT,
  MAX_HTTP_CONNECTIONS,
  MAX_HTTP_QUEUED_BYTES,
  STREAM_CLOSE_TIMEOUT
} from '../constants.ts'
import { ListenError } from '../errors.ts'

/** Where to listen. Port 0 is any free one. */
export interface HttpAddress {
  readonly host: string
  readonly port: number
}

/** Where an HTTP server listens, and how patient it is. */
export interface HttpServerInit extends HttpAddress {
  /** For how long nothing may move on a connection, in ms. */
  readonly idleTimeout?: number
}

const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff'
}

/** Answers one request. */
export type HttpAnswer = (request: Request, bindings: HttpBindings) => Response | Promise<Response>

/** Serves an app over HTTP, each answer with the headers that keep a browser from misusing it. */
export class HttpServer {
  readonly #server: Server
  readonly #host: string
  readonly #port: number

  constructor(fetch: HttpAnswer, init: HttpServerInit) {
    const { host, port, idleTimeout = HTTP_IDLE_TIMEOUT } = init
    this.#host = host
    this.#port = port
    // Its type allows for HTTP/2, which this server does not speak.
    const callback = fetch as Parameters<typeof getRequestListener>[0]
    const answer = getRequestListener(callback, { overrideGlobalObjects: false })
    // A write that reaches the mark is the last until all is drained.
    const highWaterMark = MAX_HTTP_QUEUED_BYTES - FEED_CHUNK_BYTES
    this.#server = createServer({ highWaterMark }, (request, response) => {
      for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value)
      void answer(request, response)
    })
    this.#server.maxConnections = MAX_HTTP_CONNECTIONS
    this.#server.timeout = idleTimeout
  }

  /** Where it listens, `http://host:port`; `undefined` while it does not. */
  get url(): string | undefined {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') return undefined
    return `http://${inUrl(this.#host)}:${address.port}`
  }

  /** @throws {ListenError} when the port is taken, or the host is not this machine's */
  async listen(): Promise<void> {
    this.#server.listen(this.#port, this.#host)
    try {
      await once(this.#server, 'listening')
    } catch (cause) {
      const address = `http://${inUrl(this.#host)}:${this.#port}`
      throw new ListenError(address, cause instanceof Error ? cause.message : String(cause), {
        cause
      })
    }
  }

  /** Takes no more requests, and waits for those under way, but not for ever. */
  async close(): Promise<void> {
    if (!this.#server.listening) return
    const timer = setTimeout(() => this.#server.closeAllConnections(), STREAM_CLOSE_TIMEOUT)
    await new Promise((resolve) => this.#server.close(resolve))
    clearTimeout(timer)
  }
}

function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
