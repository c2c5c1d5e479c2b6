import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CircuitLimits } from './circuit-limits.ts'

test('is due after three quarters of the lifetime that the relay states', () => {
  const limits = new CircuitLimits({ seconds: 120 })
  assert.equal(limits.lifetime, 120_000)
  assert.equal(limits.isDue(89_999), false)
  assert.equal(limits.isDue(90_000), true)
})

test('reads a lifetime too long for seconds as milliseconds', () => {
  assert.equal(new CircuitLimits({ seconds: 120_000 }).lifetime, 120_000)
  assert.equal(new CircuitLimits({ seconds: 9_999 }).lifetime, 9_999_000)
})

test('is due once three quarters of the bytes are gone, as the connection counts them down', () => {
  const left = { bytes: 131_072n }
  const limits = new CircuitLimits(left)
  left.bytes = 32_769n
  assert.equal(limits.isDue(0), false)
  left.bytes = 32_768n
  assert.equal(limits.isDue(0), true)
})

test('is never due where the relay states no limit', () => {
  const limits = new CircuitLimits({})
  assert.equal(limits.lifetime, undefined)
  assert.equal(limits.isDue(Number.MAX_SAFE_INTEGER), false)
})
