import { format } from 'node:util'
import { type Logger, pino } from 'pino'
import debug from 'weald'
import { UsageError } from '../errors.ts'
import type { Told } from './option.ts'

const LEVELS = ['silent', 'error', 'warn', 'info', 'debug']
const FORMATS = ['text', 'json']

/** Where lines of the log go. */
export interface LogStream {
  readonly isTTY?: boolean
  write(line: string): unknown
}

/**
 * Makes the program's log, and leads libp2p's own lines into it at level debug.
 *
 * @throws {UsageError} when level or format is none
 */
export function createLog(told: Told, stream: LogStream): Logger {
  const level = choose(told, 'log-level', LEVELS) ?? 'info'
  const isText =
    (choose(told, 'log-format', FORMATS) ?? (stream.isTTY ? 'text' : 'json')) === 'text'
  const log = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) }
    },
    { write: (line) => void stream.write(isText ? asText(line) : line) }
  )
  if (level === 'debug') followLibp2p(log)
  return log
}

function choose(told: Told, name: string, words: readonly string[]): string | undefined {
  const text = told.text(name)
  if (text === undefined || words.includes(text)) return text
  throw new UsageError(`${told.origin(name)} "${text}" is not one of ${words.join(', ')}`)
}

// libp2p writes past any logger that it could be given, unless its own writer is replaced.
function followLibp2p(log: Logger): void {
  const writer = debug as typeof debug & {
    log: (...args: unknown[]) => void
    formatArgs: (this: { namespace: string }, args: unknown[]) => void
  }
  writer.formatArgs = function (args) {
    args[0] = `${this.namespace} ${args[0]}`
  }
  writer.log = (...args) => log.debug(format(...args))
  debug.enable('libp2p:*,fil-heartbeat:*')
}

/** One line of JSON as a line for people. */
export function asText(line: string): string {
  const { time, level, msg = '', ...facts } = JSON.parse(line)
  const told = Object.entries(facts).map(([name, fact]) => `${name}=${inText(fact)}`)
  return `${[time, String(level).padEnd(5), msg, ...told].join(' ')}\n`
}

function inText(fact: unknown): string {
  if (typeof fact !== 'string') return JSON.stringify(fact)
  return /^[!-~]+$/.test(fact) ? fact : JSON.stringify(fact)
}
