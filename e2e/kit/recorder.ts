import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server that keeps the headers of every request, and refuses to be upgraded. */
export class Recorder implements AsyncDisposable {
  readonly headers: IncomingHttpHeaders[] = []
  /** Of all bodies together. */
  bodyBytes = 0
  readonly #server = createServer((request, response) => {
    this.headers.push(request.headers)
    request.on('data', (chunk: Buffer) => {
      this.bodyBytes += chunk.length
    })
    request.on('end', () => response.end())
  })

  private constructor() {
    this.#server.on('upgrade', (request, socket) => {
      this.headers.push(request.headers)
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    })
  }

  static async start(): Promise<Recorder> {
    const recorder = new Recorder()
    recorder.#server.listen(0, '127.0.0.1')
    await once(recorder.#server, 'listening')
    return recorder
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
