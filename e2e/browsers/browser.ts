// Browsers that Playwright cannot drive as they are installed, each by the WebDriver protocol that it
// speaks itself: a library for both would bring some seventy packages.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { Lines } from '../kit/program.ts'

/** For how long a browser may be silent when it is asked, in ms. */
export const ANSWER_TIMEOUT = 30_000

/** What a program may take to end in order, in ms. */
const ENDING_TIMEOUT = 5_000

// biome-ignore lint/suspicious/noExplicitAny: the protocols' answers, of as many forms as they have commands
export type Answer = any

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

const running = new Set<BrowserProgram>()
process.once('exit', () => {
  for (const program of running) program.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

/** A program that lives as long as its browser, and ends with this process at the latest. */
export class BrowserProgram implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #exit: Promise<unknown>
  readonly errors: Lines

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.#child = spawn(command, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      // A group of its own: it may start others, which it would leave behind.
      detached: true,
      env: { ...process.env, ...env }
    })
    this.#exit = once(this.#child, 'exit').catch(() => {})
    this.errors = new Lines(this.#child.stderr as Readable)
    running.add(this)
  }

  /** Sends a signal to it and to all that it started. */
  kill(signal: NodeJS.Signals): void {
    try {
      if (this.#child.pid !== undefined) process.kill(-this.#child.pid, signal)
    } catch {
      // All of them are gone.
    }
  }

  /** Ends them in order, or at once if that takes too long. */
  async [Symbol.asyncDispose](): Promise<void> {
    const timer = setTimeout(() => this.kill('SIGKILL'), ENDING_TIMEOUT)
    this.kill('SIGTERM')
    await this.#exit
    clearTimeout(timer)
    this.kill('SIGKILL')
    running.delete(this)
  }
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
