import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MAX_FREEZE_PERIOD, MAX_RECONNECT_DELAY, MINUTE, SILENT_WINDOW } from '../constants.ts'
import type { Liveness } from './liveness.ts'
import { Observer } from './observer.ts'
import type { BeatRoute } from './route.ts'
import type { NodeRow } from './row.ts'

const row = (status: Liveness, route: BeatRoute = 'websocket', connected = true) =>
  ({ status, route, connected }) as NodeRow

/** An observer that hears so many nodes. */
function hearing(nodes: number, route: BeatRoute = 'websocket'): Observer {
  const observer = new Observer()
  hear(observer, 0, nodes, route)
  return observer
}

function hear(observer: Observer, from: number, to: number, route: BeatRoute = 'websocket'): void {
  for (let n = from; n < to; n++) observer.note(`${route}${n}`, row('beating', route), 0)
}

function silence(observer: Observer, nodes: number, now: number, route?: BeatRoute): void {
  for (let n = 0; n < nodes; n++) {
    observer.note(`${route ?? 'websocket'}${n}`, row('overdue', route), now)
  }
}

function isFrozen(observer: Observer, now: number): boolean {
  observer.look(now)
  return observer.frozenSince !== undefined
}

describe('Observer', () => {
  test('finds itself unwell when a large share falls silent at once', () => {
    const observer = hearing(20)
    silence(observer, 5, 1_000)
    assert.equal(isFrozen(observer, 1_000), false)
    silence(observer, 6, 2_000)
    assert.equal(isFrozen(observer, 2_000), true)
    assert.deepEqual([observer.frozenSince, observer.lost], [2_000, 6])
  })

  test('blames nodes that fall silent one after another', () => {
    const observer = hearing(20)
    for (let n = 0; n < 20; n++) {
      const now = n * SILENT_WINDOW * 0.25
      observer.note(`websocket${n}`, row('overdue'), now)
      assert.equal(isFrozen(observer, now), false)
      observer.note(`websocket${n}`, row('left'), now + 1)
      hear(observer, 20 + n, 21 + n)
    }
  })

  test('blames the way of those that come by it, however many come by others', () => {
    const observer = hearing(100)
    hear(observer, 0, 6, 'relayed')
    silence(observer, 6, 1_000, 'relayed')
    assert.equal(isFrozen(observer, 1_000), true)
  })

  test('counts watched nodes alone where there are some: a crowd that vanishes proves nothing', () => {
    const observer = hearing(1_000)
    const watched = (status: Liveness) => ({ ...row(status), watched: true }) as NodeRow
    for (const peer of ['a', 'b', 'c']) observer.note(peer, watched('beating'), 0)
    silence(observer, 1_000, 1_000)
    observer.note('a', watched('overdue'), 1_000)
    assert.equal(isFrozen(observer, 1_000), false)
    for (const peer of ['b', 'c']) observer.note(peer, watched('overdue'), 2_000)
    assert.equal(isFrozen(observer, 2_000), true)
    assert.equal(observer.lost, 3)
  })

  test('takes a node that goes alone for gone, and all of two for lost', () => {
    const one = hearing(1)
    silence(one, 1, 0)
    assert.equal(isFrozen(one, 0), false)
    const two = hearing(2)
    silence(two, 1, 0)
    assert.equal(isFrozen(two, 0), false)
    silence(two, 2, 1)
    assert.equal(isFrozen(two, 1), true)
  })

  test('takes nobody for lost who was never heard, or who said that it leaves', () => {
    const observer = new Observer()
    silence(observer, 50, 0)
    assert.equal(isFrozen(observer, 0), false)
    const left = hearing(50)
    for (let n = 0; n < 50; n++) left.note(`websocket${n}`, row('left'), 0)
    assert.equal(isFrozen(left, 0), false)
  })

  test('counts who sleeps as silent once its streams are gone', () => {
    const observer = hearing(10)
    for (let n = 0; n < 10; n++) {
      observer.note(`websocket${n}`, row('asleep', 'websocket', n < 5), 0)
    }
    assert.equal(isFrozen(observer, 0), true)
    assert.equal(observer.lost, 5)
  })

  test('is well again at once when all are back', () => {
    const observer = hearing(10)
    silence(observer, 10, 0)
    assert.equal(isFrozen(observer, 0), true)
    hear(observer, 0, 9)
    assert.equal(isFrozen(observer, 1), true)
    hear(observer, 9, 10)
    assert.equal(isFrozen(observer, 2), false)
  })

  test('gives the last of them the longest wait of a client, and does not begin anew', () => {
    const observer = hearing(10)
    silence(observer, 10, 0)
    isFrozen(observer, 0)
    hear(observer, 0, 5)
    assert.equal(isFrozen(observer, 100), true)
    assert.equal(isFrozen(observer, 100 + MAX_RECONNECT_DELAY - 1), true)
    assert.equal(isFrozen(observer, 100 + MAX_RECONNECT_DELAY), false)
    assert.equal(isFrozen(observer, 100 + MAX_RECONNECT_DELAY + 1), false)
  })

  test('lets nobody who comes and goes for ever keep it frozen', () => {
    const observer = new Observer()
    const hour = 60 * MINUTE
    let frozen = 0
    for (let now = 0; now < hour; now += 1_000) {
      for (let n = 0; n < 12; n++) {
        observer.note(`${now} ${n}`, row('beating'), now)
        observer.note(`${now - 1_000} ${n}`, row('overdue'), now)
        observer.note(`${now - 2_000} ${n}`, undefined, now)
      }
      if (isFrozen(observer, now)) frozen += 1_000
    }
    assert.ok(frozen > 0 && frozen <= 1.5 * MAX_FREEZE_PERIOD, `${frozen} ms`)
    assert.equal(isFrozen(observer, 2 * hour), false)
    hear(observer, 0, 20)
    silence(observer, 20, 2 * hour)
    assert.equal(isFrozen(observer, 2 * hour), true)
  })

  test('takes who is still missing after a long time for gone', () => {
    const observer = hearing(10)
    silence(observer, 10, 0)
    isFrozen(observer, 0)
    assert.equal(isFrozen(observer, MAX_FREEZE_PERIOD - 1), true)
    assert.equal(isFrozen(observer, MAX_FREEZE_PERIOD), false)
    assert.equal(isFrozen(observer, MAX_FREEZE_PERIOD + 1), false)
  })
})
