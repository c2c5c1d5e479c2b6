import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { until } from './net.ts'
import { TcpProxy } from './tcp-proxy.ts'

/** How much earlier than it is set a timer may fire, and how much rounding costs, in ms. */
const TIMER_SLACK = 2

/** Two ends of a connection through a proxy, with what each has heard. */
class Pair implements AsyncDisposable {
  readonly proxy: TcpProxy
  readonly near: End
  readonly #far: () => End | undefined
  readonly #close: () => void

  private constructor(proxy: TcpProxy, near: End, far: () => End | undefined, close: () => void) {
    this.proxy = proxy
    this.near = near
    this.#far = far
    this.#close = close
  }

  /** @param prepare is given the proxy before anything is dialled */
  static async open(prepare: (proxy: TcpProxy) => void = () => {}): Promise<Pair> {
    const ends: End[] = []
    const server = createServer({ allowHalfOpen: true }, (socket) => ends.push(new End(socket)))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const proxy = await TcpProxy.start({ to: (server.address() as AddressInfo).port })
    prepare(proxy)
    const socket = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true })
    await once(socket, 'connect')
    return new Pair(
      proxy,
      new End(socket),
      () => ends[0],
      () => {
        for (const end of ends) end.socket.destroy()
        server.close()
      }
    )
  }

  get isAnswered(): boolean {
    return this.#far() !== undefined
  }

  get far(): End {
    const far = this.#far()
    assert.ok(far, 'the far end was never dialled')
    return far
  }

  async answered(): Promise<this> {
    await until('the far end', () => this.isAnswered)
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.near.socket.destroy()
    await this.proxy.close()
    this.#close()
  }
}

class End {
  readonly socket: Socket
  text = ''
  ended = false
  error = ''

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk) => {
      this.text += chunk
    })
    socket.on('end', () => {
      this.ended = true
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.error = error.code ?? error.message
    })
  }
}

/** Resolves once what was on its way before has come: a byte sent now has gone around. */
async function settled(): Promise<void> {
  await using pair = await Pair.open()
  pair.near.socket.write('x')
  await pair.answered()
  await until('an echo of the machine', () => pair.far.text === 'x')
}

test('carries bytes both ways and counts them', async () => {
  await using pair = await Pair.open()
  pair.near.socket.write('ping')
  await pair.answered()
  pair.far.socket.write('answer')
  await until('both texts', () => pair.far.text === 'ping' && pair.near.text === 'answer')
  assert.equal(pair.proxy.bytes, 10)
  assert.equal(pair.proxy.connections, 1)
  assert.equal(pair.proxy.open, 1)
})

test('passes on an orderly end, one direction at a time', async () => {
  await using pair = await Pair.open()
  await pair.answered()
  pair.near.socket.end('last')
  await until('the end', () => pair.far.ended)
  assert.equal(pair.far.text, 'last')
  pair.far.socket.end('after')
  await until('the other end', () => pair.near.ended)
  assert.equal(pair.near.text, 'after')
  await until('no link', () => pair.proxy.open === 0)
})

test('holds each byte for a latency, in order, and the handshake too', async () => {
  const latency = 50
  await using pair = await Pair.open((proxy) => proxy.latency(latency))
  const start = performance.now()
  for (const letter of 'abcdefgh') pair.near.socket.write(letter)
  await pair.answered()
  await until('the text', () => pair.far.text === 'abcdefgh')
  // The SYN and its answer, and the bytes themselves; the dial came before the start.
  assert.ok(performance.now() - start >= 3 * latency - 10, 'the bytes came too early')
  const answer = performance.now()
  pair.far.socket.write('back')
  await until('the answer', () => pair.near.text === 'back')
  assert.ok(performance.now() - answer >= latency - TIMER_SLACK, 'the answer came too early')
})

test('lets nothing through a black hole, tells nobody, and delivers all of it afterwards', async () => {
  await using pair = await Pair.open()
  await pair.answered()
  pair.proxy.blackHole(true)
  pair.near.socket.write('lost?')
  pair.far.socket.write('lost too?')
  pair.far.socket.end()
  await until('the bytes', () => pair.proxy.bytes === 14)
  await settled()
  assert.deepEqual([pair.far.text, pair.near.text, pair.near.ended], ['', '', false])
  pair.proxy.blackHole(false)
  await until('all', () => pair.far.text === 'lost?' && pair.near.ended)
  assert.equal(pair.near.text, 'lost too?')
})

test('dials the far end of a connection from within a black hole once that ends', async () => {
  await using pair = await Pair.open((proxy) => proxy.blackHole(true))
  pair.near.socket.write('hello')
  await settled()
  assert.equal(pair.isAnswered, false)
  assert.equal(pair.proxy.connections, 1)
  pair.proxy.blackHole(false)
  await pair.answered()
  await until('the text', () => pair.far.text === 'hello')
})

test('resets both ends at once, even within a black hole', async () => {
  await using pair = await Pair.open()
  await pair.answered()
  pair.proxy.blackHole(true)
  pair.proxy.reset()
  await until('both errors', () => pair.near.error !== '' && pair.far.error !== '')
  assert.deepEqual([pair.near.error, pair.far.error], ['ECONNRESET', 'ECONNRESET'])
  await until('no link', () => pair.proxy.open === 0)
})

test('passes on a reset', async () => {
  await using pair = await Pair.open()
  await pair.answered()
  pair.far.socket.resetAndDestroy()
  await until('the error', () => pair.near.error === 'ECONNRESET')
})

test('resets who dials when nobody listens at the far end', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  await using proxy = await TcpProxy.start({ to: port })
  const near = new End(connect(proxy.port, '127.0.0.1'))
  await until('the reset', () => near.error === 'ECONNRESET')
})

test('lets bytes drip, and flow again', async () => {
  await using pair = await Pair.open()
  await pair.answered()
  pair.proxy.drip(1_000)
  const start = performance.now()
  pair.near.socket.write('x'.repeat(100))
  await until('half of it', () => pair.far.text.length >= 50)
  assert.ok(performance.now() - start >= 40, 'half of it came in less than half of its time')
  assert.ok(pair.far.text.length < 100)
  pair.proxy.drip(Number.POSITIVE_INFINITY)
  await until('all of it', () => pair.far.text.length === 100)
})

test('leaves the near end open and in silence when the far end is gone', async () => {
  await using pair = await Pair.open()
  await pair.answered()
  pair.proxy.halfOpen()
  await until('the far end to go', () => pair.far.ended)
  pair.near.socket.write('anybody?')
  await until('the bytes', () => pair.proxy.bytes === 8)
  await settled()
  assert.deepEqual([pair.near.text, pair.near.ended, pair.near.error], ['', false, ''])
  pair.near.socket.end()
  await until('no link', () => pair.proxy.open === 0)
})

test('cuts a connection that carried so many bytes', async () => {
  await using pair = await Pair.open((proxy) => proxy.cutAfter(10))
  await pair.answered()
  pair.near.socket.write('123456')
  await until('the first', () => pair.far.text === '123456')
  pair.far.socket.write('7890')
  await until('the last that fit', () => pair.near.text === '7890')
  pair.near.socket.write('!')
  await until('the cut', () => pair.near.error === 'ECONNRESET' && pair.far.error === 'ECONNRESET')
  assert.equal(pair.far.text, '123456')
})

test('notes when each connection was made', async () => {
  const before = performance.now()
  await using pair = await Pair.open()
  await pair.answered()
  const [dial = 0] = pair.proxy.dials
  assert.ok(dial >= before && dial <= performance.now())
})
