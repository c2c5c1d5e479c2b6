import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import { Traffic } from './traffic.ts'

const socketOf = (bytesRead: number, bytesWritten: number) =>
  Object.assign(new EventEmitter(), { bytesRead, bytesWritten })

test('counts what went over sockets that are open, and over those that were', () => {
  const traffic = new Traffic()
  const [one, two] = [socketOf(1, 10), socketOf(2, 20)]
  for (const socket of [one, two]) traffic.add(socket as never)
  assert.deepEqual([traffic.received, traffic.sent], [3, 30])
  one.bytesRead = 100
  one.emit('close')
  one.bytesRead = 7
  assert.deepEqual([traffic.received, traffic.sent], [102, 30])
})
