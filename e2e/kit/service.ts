import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { ServiceOrder, ServiceReport } from './service-process.ts'

const PROGRAM = join(import.meta.dirname, 'service-process.ts')

/** A relay or an aggregator in a process of its own, on which a process's faults can be tried. */
export class Service implements AsyncDisposable {
  readonly #order: ServiceOrder
  /** Words before the program, such as `ip netns exec <name>`. */
  readonly #within: readonly string[]
  #child: ChildProcess
  /** Where it serves: the same after a restart. */
  readonly report: ServiceReport

  private constructor(
    order: ServiceOrder,
    within: readonly string[],
    child: ChildProcess,
    report: ServiceReport
  ) {
    this.#within = within
    this.#child = child
    this.report = report
    const listen = report.address.replace(/\/p2p\/.*/, '')
    const port = report.api === undefined ? 0 : Number(new URL(report.api).port)
    this.#order = order.kind === 'relay' ? { ...order, listen } : { ...order, listen, port }
  }

  /** Starts one, and resolves when it serves. */
  static async start(order: ServiceOrder, within: readonly string[] = []): Promise<Service> {
    const child = run(order, within)
    return new Service(order, within, child, await reportOf(child))
  }

  /** Ends it as a crash of its machine would (SIGKILL). */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await ended
  }

  /** Stops it in the middle of whatever it does (SIGSTOP). */
  pause(): void {
    this.#child.kill('SIGSTOP')
  }

  /** Lets it go on (SIGCONT). */
  resume(): void {
    this.#child.kill('SIGCONT')
  }

  /** Starts it again, at the same addresses and with the same key; resolves when it serves. */
  async restart(): Promise<void> {
    await this.kill()
    this.#child = run(this.#order, this.#within)
    await reportOf(this.#child)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }
}

function run(order: ServiceOrder, within: readonly string[]): ChildProcess {
  const [program = '', ...args] = [...within, process.execPath, PROGRAM, JSON.stringify(order)]
  return spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] })
}

async function reportOf(child: ChildProcess): Promise<ServiceReport> {
  if (child.stdout === null) throw new Error('nothing is heard of the process')
  const lines = createInterface({ input: child.stdout })
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the service ended before it served, with ${code}`)
  })
  const [line] = await Promise.race([once(lines, 'line'), ended])
  ended.catch(() => {})
  return JSON.parse(line)
}
