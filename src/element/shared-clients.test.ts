import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClientOptions, HeartbeatClient } from '../client/index.ts'
import { Lease } from './shared-clients.ts'

/** A client that only remembers what it was told. */
class HandClient {
  readonly configured: ClientOptions[] = []
  readonly heads: unknown[] = []
  consented = false
  stops = 0

  configure(options: ClientOptions): void {
    this.configured.push(options)
    if (options.target === '') throw new Error('no target')
  }

  setHead(head: unknown): void {
    this.heads.push(head)
  }

  async start(): Promise<void> {
    this.consented = true
  }

  async stop(): Promise<void> {
    this.consented = false
    this.stops += 1
  }
}

function stage() {
  const made: HandClient[] = []
  const lease = (): Lease =>
    new Lease(() => {
      const client = new HandClient()
      made.push(client)
      return client as unknown as HeartbeatClient
    })
  return { made, lease }
}

test('elements that ask for the same share one client, until the last one goes', () => {
  const { made, lease } = stage()
  const [one, other] = [lease(), lease()]
  one.take({ target: 'a' })
  other.take({ target: 'a' })
  assert.equal(one.client, other.client)
  assert.equal(made.length, 1)
  one.leave()
  assert.equal(made[0]?.stops, 0)
  other.leave()
  other.leave()
  assert.equal(made[0]?.stops, 1)
  one.take({ target: 'a' })
  assert.equal(made.length, 2, 'one that was stopped is not taken up again')
  one.leave()
})

test('one that is alone keeps its client when its options change', () => {
  const { made, lease } = stage()
  const one = lease()
  one.take({ target: 'b' })
  one.take({ target: 'b' })
  one.take({ target: 'b', nickname: 'Ann' })
  assert.equal(made.length, 1)
  assert.equal(made[0]?.configured.length, 2)
  one.leave()
})

test('one that goes away from others takes the consent along', () => {
  const { made, lease } = stage()
  const [one, other] = [lease(), lease()]
  one.take({ target: 'c' })
  other.take({ target: 'c' })
  void one.client?.start({ consent: true })
  one.take({ target: 'd' })
  assert.equal(made.length, 2)
  assert.deepEqual(
    made.map(({ consented }) => consented),
    [true, true]
  )
  other.take({ target: 'd' })
  assert.equal(made[0]?.stops, 1, 'nobody is left there')
  assert.equal(one.client, other.client)
  one.leave()
  other.leave()
})

test('the head that was handed in last is followed, until who did it goes', () => {
  const { made, lease } = stage()
  const [one, other] = [lease(), lease()]
  const [first, second] = [
    { cids: [], height: 1 },
    { cids: [], height: 2 }
  ]
  one.take({ target: 'e' })
  other.take({ target: 'e' })
  one.setHead(first)
  other.setHead(second)
  other.leave()
  assert.deepEqual(made[0]?.heads, [first, second, first])
  one.setHead(undefined)
  assert.equal(made[0]?.heads.at(-1), undefined)
  one.leave()
})

test('wrong options are told, and there is a client all the same', () => {
  const { lease } = stage()
  const one = lease()
  assert.throws(() => one.take({ target: '' }), { message: 'no target' })
  assert.ok(one.client)
  one.leave()
})
