// The built command line, run as people run it: in a process of its own, with a folder of its own.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

const CLI = fileURLToPath(new URL('../../dist/node/cli.js', import.meta.url))

/** How a program ended. */
export interface End {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

/** What one stream of a program has said, and a way to wait for more. */
export class Lines {
  readonly #lines: string[] = []
  readonly #waiting = new Set<() => void>()
  #isOver = false

  constructor(stream: Readable) {
    const reader = createInterface({ input: stream })
    reader.on('line', (line) => {
      this.#lines.push(line)
      for (const look of [...this.#waiting]) look()
    })
    reader.on('close', () => {
      this.#isOver = true
      for (const look of [...this.#waiting]) look()
    })
  }

  get text(): string {
    return this.#lines.join('\n')
  }

  /** The first line, said already or still to come, that `pick` makes something of. */
  async find<T>(pick: (line: string) => T | undefined): Promise<T> {
    return await new Promise((resolve, reject) => {
      let next = 0
      const look = (): void => {
        for (; next < this.#lines.length; next++) {
          const found = pick(this.#lines[next] ?? '')
          if (found === undefined) continue
          this.#waiting.delete(look)
          return resolve(found)
        }
        if (this.#isOver) reject(new Error(`it never said so:\n${this.text}`))
      }
      this.#waiting.add(look)
      look()
    })
  }
}

/** One run of the command line. */
export class Program {
  readonly #child: ChildProcess
  readonly output: Lines
  readonly errors: Lines
  readonly ended: Promise<End>

  /** @param env all of its environment but the path */
  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    if (!existsSync(CLI)) throw new Error('there is no dist/node/cli.js: npm run build makes it')
    this.#child = spawn(process.execPath, [CLI, ...args], {
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe']
    })
    this.output = new Lines(this.#child.stdout as Readable)
    this.errors = new Lines(this.#child.stderr as Readable)
    this.ended = once(this.#child, 'close').then(([code]) => ({
      code,
      output: this.output.text,
      errors: this.errors.text
    }))
  }

  /** Waits for a line of its log, and gives what it tells. */
  async logged(message: string): Promise<Readonly<Record<string, unknown>>> {
    return await this.errors.find((line) => {
      const told = line.startsWith('{') ? JSON.parse(line) : {}
      return told.msg === message ? told : undefined
    })
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Reads no more of what it prints. */
  closeOutput(): void {
    this.#child.stdout?.destroy()
  }

  /** Ends it in order. */
  async stop(): Promise<End> {
    this.kill('SIGTERM')
    return await this.ended
  }
}
