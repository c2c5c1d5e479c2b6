import { parseArgs } from 'node:util'
import { UsageError } from '../errors.ts'
import type { Command } from './command.ts'
import { COMMANDS } from './commands.ts'
import { hint } from './nearest.ts'
import { type Given, type Option, type OptionValue, Told, variableOf } from './option.ts'

/** What an option may be read from. */
export interface Sources {
  /** After the command's name. */
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** Reads the text of a file. @throws what says why it cannot */
  readonly readFile: (path: string) => string
}

/** A command line as it was read. */
export interface Reading {
  readonly told: Told
  readonly wantsHelp: boolean
}

interface Arguments {
  readonly values: Readonly<Record<string, unknown>>
  readonly positionals: readonly string[]
}

/**
 * Reads what a command is told: flags over the environment over a config file.
 *
 * @throws {UsageError} in words that name the flag, the variable or the key that is wrong
 */
export function readOptions(command: Command, sources: Sources): Reading {
  const { values, positionals } = readArguments(command, sources.args)
  const { help: wantsHelp, ...flags } = values
  if (wantsHelp === true) return { told: new Told(new Map()), wantsHelp: true }
  const given = new Map([
    ...readEnvironment(command, sources.env),
    ...readFlags(command, flags),
    ...readOperand(command, positionals)
  ])
  const path = given.get('config')?.value
  const told = typeof path === 'string' ? readConfig(command, path, sources) : new Map()
  return { told: new Told(new Map([...told, ...given])), wantsHelp: false }
}

function readArguments({ options }: Command, args: readonly string[]): Arguments {
  const flags = options.filter(({ isSecret }) => !isSecret)
  const known = flags.map(({ name, kind }) => [
    name,
    { type: kind === 'switch' ? 'boolean' : 'string', multiple: kind !== 'switch' } as const
  ])
  try {
    return parseArgs({
      args: [...args],
      options: { ...Object.fromEntries(known), help: { type: 'boolean', short: 'h' } },
      allowPositionals: true
    })
  } catch (cause) {
    throw new UsageError(problemOf(cause as Error, flags), { cause })
  }
}

// Its own words teach the syntax of things that are not meant here.
function problemOf(error: Error & { code?: string }, flags: readonly Option[]): string {
  const [, flag = ''] = /'(-[^\s'=<]*)/.exec(error.message) ?? []
  if (error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const names = [...flags.map(({ name }) => `--${name}`), '--help']
    return `${flag} is not an option${hint(flag, names)}`
  }
  const [first = error.message] = error.message.split(/\.\s|\n/)
  const [, name = flag] = /(--[a-z-]+)/.exec(first) ?? []
  const row = flags.find((each) => `--${each.name}` === name)
  if (row === undefined) return first
  if (row.kind === 'switch') return `${name} is a switch, and takes no value`
  return `${name} needs a value, as in ${name} ${row.value}`
}

function* readFlags(
  { options }: Command,
  flags: Readonly<Record<string, unknown>>
): Generator<[string, Given]> {
  for (const option of options) {
    const value = flags[option.name]
    if (value === undefined) continue
    const origin = `--${option.name}`
    if (Array.isArray(value) && value.length > 1 && option.kind !== 'list') {
      throw new UsageError(`${origin} is given more than once`)
    }
    const isList = option.kind === 'list' || !Array.isArray(value)
    yield [option.name, { value: check(option, isList ? value : value[0], origin), origin }]
  }
}

function* readOperand(
  { operand }: Command,
  positionals: readonly string[]
): Generator<[string, Given]> {
  const [surplus] = positionals.slice(operand === undefined ? 0 : 1)
  if (surplus !== undefined) throw new UsageError(`"${surplus}" is one word too many`)
  const [value] = positionals
  if (operand !== undefined && value !== undefined) yield [operand, { value, origin: operand }]
}

// Names that nobody knows are let be: orchestrators put variables of their own beside these.
function* readEnvironment(
  { name: command, options }: Command,
  env: NodeJS.ProcessEnv
): Generator<[string, Given]> {
  for (const option of options) {
    const origin = variableOf(command, option)
    const text = env[origin]
    if (text === undefined || text === '') continue
    yield [option.name, { value: check(option, readVariable(option, text), origin), origin }]
  }
}

function readVariable({ kind }: Option, text: string): unknown {
  if (kind === 'list')
    return text
      .split(',')
      .map((each) => each.trim())
      .filter(Boolean)
  if (kind !== 'switch') return text
  return { true: true, 1: true, false: false, 0: false }[text] ?? text
}

function readConfig(
  { name: command, options }: Command,
  path: string,
  { readFile }: Sources
): Map<string, Given> {
  const whole = parseConfig(path, readFile)
  const names = options.map(({ name }) => name).filter((name) => name !== 'config')
  const given = new Map<string, Given>()
  for (const [key, value] of Object.entries(Object(whole[command] ?? {}))) {
    const option = options.find(({ name }) => name === key)
    const origin = `${command}.${key} in ${path}`
    if (option === undefined || key === 'config') {
      throw new UsageError(`${origin} is not an option${hint(key, names)}`)
    }
    given.set(key, { value: check(option, value, origin), origin })
  }
  return given
}

function parseConfig(
  path: string,
  readFile: (path: string) => string
): Readonly<Record<string, unknown>> {
  const commands = COMMANDS.map(({ name }) => name)
  let whole: unknown
  try {
    whole = JSON.parse(readFile(path))
  } catch (cause) {
    throw new UsageError(`--config ${path}: ${(cause as Error).message}`, { cause })
  }
  if (typeof whole !== 'object' || whole === null || Array.isArray(whole)) {
    throw new UsageError(`--config ${path} is not a JSON object with a key for each command`)
  }
  for (const [key, value] of Object.entries(whole)) {
    if (!commands.includes(key)) {
      throw new UsageError(`${key} in ${path} is not a command${hint(key, commands)}`)
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new UsageError(`${key} in ${path} is not an object of options`)
    }
  }
  return whole as Readonly<Record<string, unknown>>
}

function check(option: Option, value: unknown, origin: string): OptionValue {
  const { kind } = option
  if (kind === 'number') {
    const isText = typeof value === 'string' && /^\d+$/.test(value)
    const number = isText ? Number(value) : value
    if (typeof number === 'number' && Number.isSafeInteger(number)) return number
    throw new UsageError(`${origin} "${String(value)}" is not a whole number`)
  }
  if (kind === 'switch') {
    if (typeof value === 'boolean') return value
    throw new UsageError(`${origin} "${String(value)}" is neither true nor false`)
  }
  if (kind === 'list') {
    if (typeof value === 'string') return [value]
    if (Array.isArray(value)) return value
    throw new UsageError(`${origin} is not a list`)
  }
  if (typeof value === 'string') return value
  throw new UsageError(`${origin} is not text`)
}
