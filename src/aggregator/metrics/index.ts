// Metrics: what the aggregator knows enters by ports, and leaves as text for Prometheus. A registry
// belongs to one aggregator, nothing is global. Only watched nodes have series of their own: their
// number is the operator's, and strangers can change none of it.

import { collectDefaultMetrics, Registry } from 'prom-client'
import { registerCounters, registerGauges } from '../../operator/index.ts'
import {
  countedFigures,
  type FigureSource,
  networkFigures,
  observerFigures,
  serviceFigures
} from './figures.ts'
import { IntakeMetrics } from './intake-metrics.ts'
import { type WatchedSource, watchedFigures } from './watched-figures.ts'

export type { IntakeObserver } from './intake-metrics.ts'

/** What metrics are read from, each time that they are asked for. */
export type MetricsSource = FigureSource & WatchedSource

/** The metrics of one aggregator. */
export class AggregatorMetrics {
  readonly registry = new Registry()
  /** Is told of each beat. */
  readonly intake = new IntakeMetrics(this.registry)

  constructor() {
    collectDefaultMetrics({ register: this.registry })
  }

  /** Adds all that is only read when somebody asks. */
  observe(source: MetricsSource): void {
    registerGauges(this.registry, [
      ...networkFigures(source),
      ...observerFigures(source),
      ...serviceFigures(source),
      ...watchedFigures(source)
    ])
    registerCounters(this.registry, countedFigures(source))
  }

  /** Everything, as Prometheus reads it. */
  async metrics(): Promise<string> {
    return await this.registry.metrics()
  }

  get contentType(): string {
    return this.registry.contentType
  }
}
