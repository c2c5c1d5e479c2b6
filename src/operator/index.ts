// What operators' programs read of a server: answers and figures enter by ports, and leave over HTTP
// and as text for Prometheus. It knows nothing of heartbeats or circuits.

export { type Figure, registerCounters, registerGauges, type Sample } from './figures.ts'
export {
  type HttpAddress,
  type HttpAnswer,
  HttpServer,
  type HttpServerInit
} from './http-server.ts'
export { libp2pMetrics } from './libp2p-metrics.ts'
