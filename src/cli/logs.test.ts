import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLog } from './logs.ts'
import { Told } from './option.ts'

function logOf(options: Record<string, string>, isTTY = false) {
  const lines: string[] = []
  const given = Object.entries(options).map(
    ([name, value]) => [name, { value, origin: `--${name}` }] as const
  )
  const log = createLog(new Told(new Map(given)), { isTTY, write: (line) => lines.push(line) })
  return { log, lines }
}

test('lines are objects for programs, and text on a terminal', () => {
  const { log, lines } = logOf({})
  log.info({ peer: 'x' }, 'hears')
  const { time, ...rest } = JSON.parse(lines[0] ?? '')
  assert.deepEqual(rest, { level: 'info', peer: 'x', msg: 'hears' })
  assert.ok(!Number.isNaN(Date.parse(time)))
  const terminal = logOf({}, true)
  terminal.log.warn({ problem: 'two words', count: 3 }, 'fails')
  assert.match(terminal.lines[0] ?? '', /Z warn {2}fails problem="two words" count=3\n$/)
})

test('what was chosen comes before what the terminal suggests', () => {
  const { log, lines } = logOf({ 'log-format': 'json', 'log-level': 'warn' }, true)
  log.info('left out')
  log.warn('kept')
  assert.equal(lines.length, 1)
  assert.equal(JSON.parse(lines[0] ?? '').msg, 'kept')
})

test('a level or a format that is none is refused', () => {
  assert.throws(() => logOf({ 'log-level': 'loud' }), {
    name: 'UsageError',
    message: '--log-level "loud" is not one of silent, error, warn, info, debug'
  })
  assert.throws(() => logOf({ 'log-format': 'xml' }), { name: 'UsageError' })
})
