import { OptionError, UsageError } from '../errors.ts'
import type { Option, Told } from './option.ts'

/**
 * Does what may find an option wrong, and names that option then as it was given here. What is wrong
 * with a file that is already there stays what it is.
 *
 * @throws {UsageError} where one was wrong
 */
export async function naming<T>(
  options: readonly Option[],
  told: Told,
  work: () => T | Promise<T>
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof OptionError)) throw error
    throw complaintOf(options, told, error) ?? error
  }
}

/**
 * What an option's own library says is wrong with it, under the name that it was given by here.
 *
 * @returns `undefined` when it is none of these options
 */
export function complaintOf(
  options: readonly Option[],
  told: Told,
  error: Pick<OptionError, 'option' | 'message'>
): UsageError | undefined {
  const { option, message } = error
  const row = rowOf(options, told, option)
  if (row === undefined) return undefined
  const prefix = row.names?.find((each) => each.endsWith('.')) ?? option
  const name = [told.origin(row.name), option.slice(prefix.length)].filter(Boolean).join(' ')
  return new UsageError(`${name} ${message.slice(option.length + 2)}`, { cause: error })
}

// By the name that it has where it ends up; a final dot stands for all below. Of two that end up as
// one, a secret and its file, it is the one that was given.
function rowOf(options: readonly Option[], told: Told, option: string): Option | undefined {
  const isIt = (each: string): boolean =>
    each.endsWith('.') ? option.startsWith(each) : option === each
  const rows = options.filter(({ name, names = [name] }) => names.some(isIt))
  return rows.findLast(({ name }) => told.has(name)) ?? rows[0]
}

/**
 * Reads where to listen.
 *
 * @throws {UsageError} when it is no HOST:PORT
 */
export function readHostPort(
  told: Told,
  name: string
): { readonly host: string; readonly port: number } | undefined {
  const text = told.text(name)
  if (text === undefined) return undefined
  const [, v6, other = v6, digits] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  if (other !== undefined && port <= 65_535) return { host: other, port }
  throw new UsageError(`${told.origin(name)} "${text}" is not like 127.0.0.1:4003`)
}

/**
 * Reads numbers and durations by their names; which there are is known where they are used.
 *
 * @throws {UsageError} when one is no NAME=NUMBER
 */
export function readPairs(
  told: Told,
  option: string
): Readonly<Record<string, string | number>> | undefined {
  const entries = told.list(option)?.map((text): [string, string | number] => {
    const [, name, value] = /^(\w+)=(.+)$/.exec(text) ?? []
    if (name === undefined || value === undefined) {
      throw new UsageError(`${told.origin(option)} "${text}" is not like NAME=5000`)
    }
    return [name, /^\d+$/.test(value) ? Number(value) : value]
  })
  return entries && Object.fromEntries(entries)
}
