import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DASHBOARD_SILENCE_TIMEOUT } from '../constants.ts'
import { FakeClock } from '../timing/fake-clock.ts'
import type { Connection } from './connection.ts'
import { type FeedEvent, LiveFeed } from './feed.ts'

const NETWORK = 'id: 3\nevent: network\ndata: {"at":1}\n\n'

/** A server that the test plays: each request waits for its answer. */
class Stage {
  readonly clock = new FakeClock(1_000_000)
  readonly events: FeedEvent[] = []
  readonly connections: Connection[] = []
  readonly requests: { headers: Headers; signal: AbortSignal }[] = []
  #waiting = Promise.withResolvers<void>()
  #answers: ((response: Response | Error) => void)[] = []
  readonly feed = new LiveFeed({
    url: '/feed',
    clock: this.clock,
    fetch: async (_, { headers, signal }) => {
      const answer = Promise.withResolvers<Response>()
      signal?.addEventListener('abort', () => answer.reject(signal.reason))
      this.requests.push({ headers: new Headers(headers), signal: signal as AbortSignal })
      this.#answers.push((response) =>
        response instanceof Error ? answer.reject(response) : answer.resolve(response)
      )
      this.#waiting.resolve()
      return await answer.promise
    },
    onEvent: (event) => this.events.push(event),
    onConnection: (connection) => this.connections.push(connection)
  })

  get phase(): string {
    return this.feed.connection.phase
  }

  /** Resolves with the answer to the next request. */
  async request(): Promise<(response: Response | Error) => void> {
    if (this.#answers.length === 0) await this.#waiting.promise
    this.#waiting = Promise.withResolvers()
    const answer = this.#answers.shift()
    assert.ok(answer)
    return answer
  }

  /** Answers the next request with a stream, and gives its writing end. */
  async open(): Promise<WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>> {
    const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>>()
    const answer = await this.request()
    answer(new Response(readable))
    return writable.getWriter()
  }

  /** Resolves when the connection is in this phase. */
  async until(phase: Connection['phase']): Promise<void> {
    while (this.phase !== phase) await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Whether a timer is a wait for the next try: silence is waited for longer. */
const isRetry = (delay: number): boolean => delay < DASHBOARD_SILENCE_TIMEOUT / 2

const bytes = (text: string) => new TextEncoder().encode(text)

/** A feed that asks its server. */
function started(): Stage {
  const stage = new Stage()
  stage.feed.start()
  return stage
}

/** A feed that is live, and its server's end of the connection. */
async function live() {
  const stage = started()
  const server = await stage.open()
  await server.write(bytes(NETWORK))
  await stage.until('live')
  return { stage, server }
}

test('is live from the first event on, and tells what it hears', async () => {
  const stage = started()
  assert.equal(stage.phase, 'connecting')
  const server = await stage.open()
  await server.write(bytes(': only a comment\n\n'))
  await server.write(bytes(NETWORK))
  await stage.until('live')
  assert.deepEqual(stage.events, [{ type: 'network', data: { at: 1 } }])
  stage.feed.stop()
})

test('comes back after a loss, goes on where it was, and says since when it was lost', async () => {
  const { stage, server } = await live()
  stage.clock.advance(5_000)
  await server.close()
  await stage.until('lost')
  const lost = stage.feed.connection
  assert.ok(lost.phase === 'lost')
  assert.equal(lost.since, 1_000_000)
  await stage.clock.waiting(isRetry)
  stage.clock.advance(1_000)
  const again = await stage.open()
  assert.equal(stage.requests.at(-1)?.headers.get('last-event-id'), '3')
  assert.equal(stage.requests[0]?.headers.get('last-event-id'), null)
  await again.write(bytes(NETWORK))
  await stage.until('live')
  stage.feed.stop()
})

test('keeps the moment of the loss while it tries again in vain', async () => {
  const { stage, server } = await live()
  await server.close()
  await stage.until('lost')
  for (let times = 0; times < 3; times += 1) {
    await stage.clock.waiting(isRetry)
    stage.clock.advance(60_000)
    const answer = await stage.request()
    answer(Response.json({ error: 'there are too many readers' }, { status: 503 }))
  }
  await stage.clock.waiting(isRetry)
  assert.deepEqual(stage.feed.connection, {
    phase: 'lost',
    since: 1_000_000,
    problem: 'there are too many readers'
  })
  stage.feed.stop()
})

test('gives up a connection that is open but silent', async () => {
  const { stage } = await live()
  stage.clock.advance(DASHBOARD_SILENCE_TIMEOUT - 1)
  assert.equal(stage.requests[0]?.signal.aborted, false)
  stage.clock.advance(1)
  await stage.until('lost')
  assert.equal(stage.requests[0]?.signal.aborted, true)
  stage.feed.stop()
})

test('says that nothing answers where nothing was ever heard', async () => {
  const stage = started()
  const answer = await stage.request()
  answer(new TypeError('network error'))
  await stage.until('unreachable')
  assert.deepEqual(stage.feed.connection, {
    phase: 'unreachable',
    since: 1_000_000,
    problem: 'there is no answer'
  })
  stage.feed.stop()
})

test('asks for a token at a 401, and does not try again by itself', async () => {
  const stage = started()
  const answer = await stage.request()
  answer(Response.json({ error: 'an access token is needed' }, { status: 401 }))
  await stage.until('token-needed')
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(stage.clock.pending, [])
  stage.feed.start()
  const server = await stage.open()
  await server.write(bytes(NETWORK))
  await stage.until('live')
  stage.feed.stop()
})

test('tries at once when the device wakes, and drops a connection that slept', async () => {
  const { stage } = await live()
  stage.feed.wake()
  assert.equal(stage.requests[0]?.signal.aborted, false)
  // The clock went on while the timers slept.
  stage.clock.jump(1_000_000 + DASHBOARD_SILENCE_TIMEOUT + 1)
  stage.feed.wake()
  await stage.until('lost')
  await stage.clock.waiting(isRetry)
  stage.feed.wake()
  const again = await stage.open()
  await again.write(bytes(NETWORK))
  await stage.until('live')
  stage.feed.stop()
})

test('comes back from an event that cannot be understood', async () => {
  const stage = started()
  const server = await stage.open()
  await server.write(bytes('event: network\ndata: {\n\n'))
  await stage.until('lost')
  const lost = stage.feed.connection
  assert.ok(lost.phase === 'lost')
  assert.equal(lost.problem, 'it cannot be understood')
  stage.feed.stop()
})

test('leaves no timer and no request behind when it is stopped', async () => {
  const stage = started()
  await stage.open()
  stage.feed.stop()
  stage.feed.stop()
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(stage.requests[0]?.signal.aborted, true)
  assert.deepEqual(stage.clock.pending, [])
})
