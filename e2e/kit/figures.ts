import { BEARER } from './service-process.ts'

// They come and go with garbage collection and sockets, whoever connects.
const OF_THE_PROCESS = /^(process|nodejs)_/

/** What a service tells Prometheus at one moment. */
export class Figures {
  readonly #lines: readonly string[]

  private constructor(text: string) {
    this.#lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  }

  /** @param api address of the service's HTTP server */
  static async of(api: string): Promise<Figures> {
    const answer = await fetch(`${api}/metrics`, { headers: BEARER })
    return new Figures(await answer.text())
  }

  /** The value of the one series of this name; NaN where there is none. */
  value(name: string): number {
    const line = this.#lines.find((each) => each.startsWith(`${name} `))
    return Number(line?.split(' ').at(-1))
  }

  /** Whether there is a series of this name. */
  has(name: string): boolean {
    return !Number.isNaN(this.value(name))
  }

  /** The sum of all series of this name. */
  sum(name: string): number {
    const lines = this.#lines.filter((line) => /^\w+/.exec(line)?.[0] === name)
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
  }

  /** Names of all series, with their labels; those of the process itself left out. */
  get series(): string[] {
    const own = this.#lines.filter((line) => !OF_THE_PROCESS.test(line))
    return own.map((line) => line.slice(0, line.lastIndexOf(' ')))
  }

  /** Memory that the process has, in bytes. */
  get memory(): number {
    return this.value('process_resident_memory_bytes')
  }

  /** Processor time that it has used, in seconds. */
  get cpu(): number {
    return this.value('process_cpu_seconds_total')
  }
}
