import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MAX_RECONNECT_DELAY } from '../constants.ts'
import { RouteError } from '../errors.ts'
import { BackOff } from './back-off.ts'

const PERIOD = 10_000
const relay = new RouteError('relay', 'down')
const silent = new RouteError('aggregator-silent', 'silent')

const windows = (...errors: Error[]): number[] => {
  const backOff = new BackOff({ reconnectPeriod: PERIOD, random: () => 1 }, true)
  return errors.map((error) => {
    backOff.failed(error, 0)
    return backOff.retryAt
  })
}

test('begins anew when a try comes further than all before it', () => {
  assert.deepEqual(windows(relay, relay, silent), [PERIOD, 2 * PERIOD, PERIOD])
})

test('backs off from layers that fail by turns', () => {
  const [, , , , last] = windows(relay, silent, relay, silent, relay)
  assert.equal(last, MAX_RECONNECT_DELAY)
})
