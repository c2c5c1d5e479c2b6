import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Switchable } from './switchable.ts'

function setUp() {
  const log: string[] = []
  let count = 0
  const service = new Switchable(async () => {
    const number = ++count
    log.push(`start ${number}`)
    return {
      stop: async () => {
        log.push(`stop ${number}`)
      }
    }
  })
  return { log, service }
}

test('starts and stops by turns, in the order in which it is asked', async () => {
  const { log, service } = setUp()
  const turns = [true, true, false, true, false, false].map((running) => service.turn(running))
  assert.deepEqual(await Promise.all(turns), [true, true, false, true, false, false])
  assert.deepEqual(log, ['start 1', 'stop 1', 'start 2', 'stop 2'])
  assert.equal(service.running, false)
})

test('can be tried again after a start that failed', async () => {
  let failing = true
  const service = new Switchable(async () => {
    if (failing) throw new Error('taken')
    return { stop: async () => {} }
  })
  await assert.rejects(service.turn(true), /taken/)
  failing = false
  assert.equal(await service.turn(true), true)
})

test('stays off once it is closed', async () => {
  const { log, service } = setUp()
  await service.turn(true)
  const late = service.close()
  assert.equal(await service.turn(true), false)
  await late
  assert.deepEqual(log, ['start 1', 'stop 1'])
})
