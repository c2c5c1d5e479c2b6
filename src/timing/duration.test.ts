import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OptionError } from '../errors.ts'
import { formatDuration, parseDuration } from './duration.ts'

const GOOD: ReadonlyArray<readonly [number | string, number]> = [
  [3_000, 3_000],
  [0, 0],
  [2.5, 2.5],
  ['3s', 3_000],
  ['500ms', 500],
  ['1m', 60_000],
  ['2h', 7_200_000],
  ['1m30s', 90_000],
  ['1h2m3s4ms', 3_723_004],
  ['1.5h', 5_400_000],
  ['0.25s', 250],
  ['.5s', 500],
  ['1.s', 1_000],
  ['0', 0],
  ['0s', 0],
  ['30s1m', 90_000],
  ['1s1s', 2_000]
]

for (const [given, expected] of GOOD) {
  test(`reads ${JSON.stringify(given)} as ${expected} ms`, () => {
    assert.equal(parseDuration(given, 'beatPeriod'), expected)
  })
}

const BAD: readonly unknown[] = [
  '',
  's',
  '3',
  '3 s',
  ' 3s',
  '3s ',
  '3S',
  '3sec',
  '-3s',
  '+3s',
  '3us',
  '3µs',
  '3ns',
  '.s',
  '1..5s',
  '1e3s',
  '0x3s',
  '3s1',
  'soon',
  Number.NaN,
  Number.POSITIVE_INFINITY,
  null,
  undefined,
  {},
  true,
  `${'9'.repeat(400)}h`
]

for (const given of BAD) {
  test(`refuses ${String(given).slice(0, 20)} (${typeof given}) with the words that were wrong`, () => {
    assert.throws(
      () => parseDuration(given as string, 'beatPeriod'),
      (error: unknown) => {
        assert.ok(error instanceof OptionError)
        assert.equal(error.option, 'beatPeriod')
        assert.ok(error.message.startsWith('beatPeriod: '))
        assert.ok(error.message.includes(`"${given}" is not a duration`), error.message)
        return true
      }
    )
  })
}

test('refuses what lies outside the bounds, and names them', () => {
  const bounds = { min: 50, max: 600_000 }
  assert.equal(parseDuration('50ms', 'beatPeriod', bounds), 50)
  assert.equal(parseDuration('10m', 'beatPeriod', bounds), 600_000)
  for (const given of ['49ms', '11m', 49, 600_001]) {
    assert.throws(() => parseDuration(given, 'beatPeriod', bounds), {
      name: 'OptionError',
      message: `beatPeriod: "${given}" is not between 50ms and 10m`
    })
  }
  assert.throws(() => parseDuration(-1, 'beatPeriod'), /"-1" is not between 0ms and /)
})

test('refuses a very long text without delay', () => {
  assert.throws(() => parseDuration('1'.repeat(100_000), 'beatPeriod'), OptionError)
})

const WRITTEN: ReadonlyArray<readonly [number, string]> = [
  [0, '0ms'],
  [500, '500ms'],
  [999.4, '999ms'],
  [999.6, '1s'],
  [1_000, '1s'],
  [1_499, '1s'],
  [59_999, '1m'],
  [90_000, '1m30s'],
  [3_600_000, '1h'],
  [3_605_000, '1h5s'],
  [93_784_000, '26h3m4s']
]

for (const [period, expected] of WRITTEN) {
  test(`writes ${period} ms as ${expected}`, () => {
    assert.equal(formatDuration(period), expected)
  })
}

test('reads back what it wrote', () => {
  for (const period of [1, 999, 1_000, 61_000, 3_723_000]) {
    assert.equal(parseDuration(formatDuration(period), 'period'), period)
  }
})
