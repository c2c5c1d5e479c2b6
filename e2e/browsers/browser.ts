// Browsers that Playwright cannot drive as they are installed, each by the WebDriver protocol that it
// speaks itself: a library for both would bring some seventy packages.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** A browser of its own, with one page. */
export interface Browser extends AsyncDisposable {
  /** With its version. */
  readonly name: string
  open(url: string): Promise<void>
  /** Runs a function in the page, as if its text stood there. What goes in and out is JSON. */
  evaluate<Args extends unknown[], T>(run: (...args: Args) => T, ...args: Args): Promise<Awaited<T>>
  /** @returns a PNG of what is seen of the page */
  screenshot(): Promise<Buffer>
}

/** The text that a browser is to evaluate: to a string of JSON, or to nothing. */
export function expressionOf(run: (...args: never[]) => unknown, args: unknown[]): string {
  const given = args.map((arg) => JSON.stringify(arg)).join(', ')
  return `(async () => JSON.stringify(await (${run})(${given})))()`
}

/** Starts a program that lives as long as its browser. */
export function startProgram(command: string, args: readonly string[]): ChildProcess {
  // Of a system without a language, WebKit makes one that `Intl` refuses.
  const env = { ...process.env, LANG: 'en_US.UTF-8', LC_ALL: 'en_US.UTF-8' }
  return spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true, env })
}

/** Ends a program and all that it started. */
export async function endProgram(program: ChildProcess): Promise<void> {
  if (program.exitCode !== null || program.signalCode !== null) return
  const exit = once(program, 'exit')
  // Its group: it may have started others, which it would leave behind.
  process.kill(-(program.pid ?? Number.NaN), 'SIGKILL')
  await exit
}

/** The first of these that can be found, as a command or as a file. */
export async function findProgram(names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    const which = spawn('sh', ['-c', 'command -v -- "$0"', name], { stdio: 'ignore' })
    const [code] = await once(which, 'exit')
    if (code === 0) return name
  }
  return undefined
}
