import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { UsageError } from '../errors.ts'
import type { Command } from './command.ts'
import { COMMANDS } from './commands.ts'
import { endOnSignal } from './ending.ts'
import { helpOf, overview } from './help.ts'
import { createLog } from './logs.ts'
import { hint } from './nearest.ts'
import { readOptions } from './read-options.ts'

const EXIT_FAILURE = 1
const EXIT_USAGE = 2

/**
 * Runs the program.
 *
 * @param args without the program's own name
 * @param home folder of the program's file
 * @returns the exit code
 */
export async function main(args: readonly string[], home: string): Promise<number> {
  const [name = '--help', ...rest] = args
  let log: Logger | undefined
  try {
    if (['--help', '-h', 'help'].includes(name)) return say(overview(COMMANDS))
    if (['--version', '-v'].includes(name)) return say(readVersion(home))
    const command = findCommand(name)
    const { env } = process
    const readFile = (path: string): string => readFileSync(path, 'utf8')
    const reading = readOptions(command, { args: rest, env, readFile })
    if (reading.wantsHelp) return say(helpOf(command))
    const { told } = reading
    log = createLog(told, process.stderr)
    tameWarnings(log)
    const ending = endOnSignal(process, log)
    endWithReaders()
    return await command.run({ told, log, env, print: say, ending, home })
  } catch (error) {
    return complain(error, name, log)
  }
}

function say(text: string): number {
  console.log(text)
  return 0
}

function complain(thrown: unknown, name: string, log: Logger | undefined): number {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  console.error(`fil-heartbeat: ${error.message}`)
  if (error instanceof UsageError) {
    const command = COMMANDS.some((each) => each.name === name) ? ` ${name}` : ''
    console.error(`fil-heartbeat${command} --help lists what there is`)
    return EXIT_USAGE
  }
  log?.debug({ stack: error.stack }, 'what failed, and where')
  return EXIT_FAILURE
}

function findCommand(name: string): Command {
  const command = COMMANDS.find((each) => each.name === name)
  if (command !== undefined) return command
  const names = COMMANDS.map((each) => each.name)
  throw new UsageError(`${name} is not a command${hint(name, names)}`)
}

function readVersion(home: string): string {
  return JSON.parse(readFileSync(join(home, '../../package.json'), 'utf8')).version
}

// As by `| head`: who read what is printed has gone, and with it the reason to print.
function endWithReaders(): void {
  process.stdout.once('error', () => process.emit('SIGHUP'))
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
}

// Node would print them in the middle of lines that programs read.
function tameWarnings(log: Logger): void {
  process.removeAllListeners('warning')
  process.on('warning', ({ name, message }) => log.debug({ warning: name }, message))
}
