import { Counter, Gauge, type Registry } from 'prom-client'

/** One value, and the labels that it has. */
export type Sample = readonly [labels: Readonly<Record<string, string>>, value: number]

/** A figure that is read when it is asked for. */
export interface Figure {
  readonly name: string
  readonly help: string
  /** Names of its labels. */
  readonly labels?: readonly string[]
  /** `undefined` where there is nothing to tell. */
  readonly read: () => number | undefined | readonly Sample[]
}

/** Registers figures that go up and down. */
export function registerGauges(registry: Registry, figures: readonly Figure[]): void {
  for (const { name, help, labels = [], read } of figures) {
    const gauge = new Gauge({
      name,
      help,
      labelNames: [...labels],
      registers: [registry],
      collect: () => {
        gauge.reset()
        // What has no labels is 0 after its reset, also where there is nothing to tell.
        if (labels.length === 0) gauge.remove()
        for (const [values, value] of samplesOf(read())) gauge.set(values, value)
      }
    })
  }
}

/** Registers figures that are counted elsewhere, and only go up. */
export function registerCounters(registry: Registry, figures: readonly Figure[]): void {
  for (const { name, help, labels = [], read } of figures) {
    const counter = new Counter({
      name,
      help,
      labelNames: [...labels],
      registers: [registry],
      collect: () => {
        counter.reset()
        for (const [values, value] of samplesOf(read())) counter.inc(values, value)
      }
    })
  }
}

function samplesOf(read: ReturnType<Figure['read']>): readonly Sample[] {
  if (read === undefined) return []
  return typeof read === 'number' ? [[{}, read]] : read
}
