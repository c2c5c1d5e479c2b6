import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import { MAX_HTTP_QUEUED_BYTES } from '../../constants.ts'
import { until } from '../../net/test-kit.ts'
import { HttpServer } from '../../operator/index.ts'
import { systemClock } from '../../timing/index.ts'
import { DEFAULT_LIMITS } from '../limits.ts'
import { Roster } from '../roster.ts'
import { beatOfV1, came } from '../test-kit.ts'
import { appOf } from './test-kit.ts'

describe('HTTP', () => {
  for (const path of ['/feed', '/api/export?topic=roster']) {
    test(`cuts readers of ${path} that take nothing, and queues little for them`, async (t) => {
      const { server, queued, open, answered } = await startLargeServer(t)
      const sockets = await Promise.all([1, 2, 3, 4].map(() => askAndReadNothing(t, server, path)))
      await until('all are answered', () => answered() === sockets.length)
      await until('all are cut', () => open() === 0)
      assert.ok(Math.max(...queued) <= MAX_HTTP_QUEUED_BYTES, `${Math.max(...queued)} bytes`)
      assert.ok(Math.max(...queued) > 0)
      await Promise.all(sockets.map((each) => once(each.resume(), 'close')))
    })
  }

  test('gives a large roster whole to whoever reads it', async (t) => {
    const { server } = await startLargeServer(t)
    const answer = await fetch(`${server.url}/api/export?topic=roster`)
    assert.match(answer.headers.get('content-type') ?? '', /^application\/x-ndjson/)
    const lines = (await answer.text()).trimEnd().split('\n')
    assert.deepEqual(
      lines.map((each) => JSON.parse(each).peer),
      Array.from({ length: LARGE }, (_, n) => `peer${n}`)
    )
  })

  test('cuts a connection on which nothing moves', async (t) => {
    const large = 'x'.repeat(16_777_216)
    const address = { host: '127.0.0.1', port: 0, idleTimeout: 100 }
    let isOpen = true
    const server = new HttpServer((_, { outgoing }) => {
      outgoing.on('close', () => {
        isOpen = false
      })
      return new Response(large)
    }, address)
    t.after(() => server.close())
    await server.listen()
    const idle = connect(portOf(server), '127.0.0.1').resume()
    const stuck = await askAndReadNothing(t, server, '/')
    await once(idle, 'close', { signal: AbortSignal.timeout(5_000) })
    await until('the stuck answer is cut', () => isOpen === false)
    stuck.destroy()
  })
})

/** Rows of a roster that is larger, about 30 MB, than the buffers of the system take in. */
const LARGE = 9_000

/** Starts a server over a large roster that cuts soon, and looks at what its answers have queued. */
async function startLargeServer(t: TestContext) {
  const limits = { ...DEFAULT_LIMITS, drainTimeout: 200 }
  const roster = new Roster(limits)
  const head = Array.from({ length: 32 }, (_, n) => `${n}`.padStart(100, 'c'))
  const beat = beatOfV1(1, { head })
  for (let n = 0; n < LARGE; n++) {
    roster.open(`peer${n}`, 0)
    roster.beat(`peer${n}`, came(0, beat))
  }
  const clock = systemClock
  const { app, feed } = appOf({ roster, limits, clock })
  const queued: number[] = []
  let open = 0
  let answered = 0
  const server = new HttpServer(
    (request, bindings) => {
      open += 1
      answered += 1
      const look = setInterval(() => queued.push(bindings.outgoing.writableLength), 5)
      bindings.outgoing.on('close', () => {
        open -= 1
        clearInterval(look)
      })
      return app.fetch(request, bindings)
    },
    { host: '127.0.0.1', port: 0 }
  )
  t.after(async () => {
    feed.stop()
    await server.close()
  })
  await server.listen()
  return { server, queued, open: () => open, answered: () => answered }
}

const portOf = (server: HttpServer): number => Number(new URL(server.url ?? '').port)

/** Asks over a socket that takes nothing of the answer. */
async function askAndReadNothing(t: TestContext, server: HttpServer, path: string) {
  const socket = connect(portOf(server), '127.0.0.1').on('error', () => {})
  t.after(() => socket.destroy())
  await once(socket, 'connect')
  socket.pause()
  socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`)
  return socket
}
