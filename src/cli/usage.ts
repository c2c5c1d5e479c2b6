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
    const row = options.find(({ name, names = [name] }) => names.includes(error.option))
    if (row === undefined) throw error
    const problem = error.message.slice(error.option.length + 2)
    throw new UsageError(`${told.origin(row.name)} ${problem}`, { cause: error })
  }
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
