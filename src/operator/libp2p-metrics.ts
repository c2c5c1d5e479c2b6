import type { ComponentLogger, Metrics } from '@libp2p/interface'
import { prometheusMetrics } from '@libp2p/prometheus-metrics'
import type { Registry } from 'prom-client'

/**
 * Metrics of libp2p itself in a registry. None has a label by peer or by connection: they are
 * labelled by protocol, direction, error class or listening address. Bytes are not counted stream
 * by stream, since that would cost every beat, and memory for every idle wallet.
 */
export function libp2pMetrics(
  registry: Registry
): (components: { logger: ComponentLogger }) => Metrics {
  return (components) => {
    const metrics = prometheusMetrics({ registry, collectDefaultMetrics: false })(components)
    return Object.assign(metrics, {
      trackMultiaddrConnection: () => {},
      trackProtocolStream: () => {}
    })
  }
}
