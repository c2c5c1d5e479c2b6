import type { Logger } from 'pino'
import type { Option, Told } from './option.ts'

/** What a command runs with. */
export interface Context {
  readonly told: Told
  readonly log: Logger
  readonly env: NodeJS.ProcessEnv
  /** Writes a line to standard output. */
  readonly print: (line: string) => void
  /** Aborts at the first signal that ends the program. */
  readonly ending: AbortSignal
  /** Folder of the built program, where its dashboard lies beside it. */
  readonly home: string
}

/** One command of the program. */
export interface Command {
  readonly name: string
  /** What it does, in one sentence without its full stop. */
  readonly summary: string
  /** What must follow it, where something must: told under this very name. */
  readonly operand?: string
  readonly options: readonly Option[]
  readonly examples: readonly string[]
  /**
   * Runs until it is done, or `ending` aborts.
   *
   * @returns the exit code
   */
  run(context: Context): Promise<number>
}

/** What every command can be told. */
export const COMMON_OPTIONS: readonly Option[] = [
  {
    name: 'config',
    kind: 'text',
    value: 'FILE',
    help: 'a JSON file with options, under a key for each command'
  },
  {
    name: 'log-level',
    kind: 'text',
    value: 'LEVEL',
    help: "how much is logged: silent, error, warn, info or debug, which adds libp2p's own lines",
    default: 'info'
  },
  {
    name: 'log-format',
    kind: 'text',
    value: 'FORMAT',
    help: 'text, or json for one object a line',
    default: 'text on a terminal, otherwise json'
  }
]

/** Where keys and history are kept. */
export const DATA_OPTION: Option = {
  name: 'data',
  kind: 'text',
  value: 'FOLDER',
  help: 'where keys and history are kept; made on the first run, for its owner alone',
  default: '$STATE_DIRECTORY, $XDG_STATE_HOME/fil-heartbeat or ~/.local/state/fil-heartbeat'
}

/** Resolves when the signal aborts. */
export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
}
