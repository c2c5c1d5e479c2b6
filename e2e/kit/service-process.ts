// Run as a program: one relay or one aggregator of the built files, in a process of its own, so that
// it can be killed and stopped as an operator's would be. Told what to be by JSON in its argument;
// tells by a line of JSON where it is, and then only serves.

import type { AggregatorInit } from '../../src/aggregator/index.ts'
import * as built from './built.ts'

/** What such a process is told. */
export type ServiceOrder =
  | { readonly kind: 'relay'; readonly keyFile: string; readonly listen: string }
  | {
      readonly kind: 'aggregator'
      readonly keyFile: string
      readonly listen: string
      readonly relays: readonly string[]
      readonly host: string
      readonly port: number
      /** What it is told besides. */
      readonly options?: Partial<AggregatorInit>
    }

/** What it tells once it serves. */
export interface ServiceReport {
  readonly peerId: string
  /** The first of its own addresses. */
  readonly address: string
  /** The aggregator's HTTP API. */
  readonly api?: string
}

/** What must be given to the aggregator's HTTP API, which others could reach in a namespace. */
export const HTTP_TOKEN = 'the-token-of-these-tests'

/** The same, as headers have it. */
export const BEARER = { authorization: `Bearer ${HTTP_TOKEN}` }

const [, program, argument] = process.argv
if (program === import.meta.filename && argument !== undefined) {
  const report = await serve(JSON.parse(argument))
  console.log(JSON.stringify(report))
  // Whoever started it is gone.
  process.stdin.on('end', () => process.exit()).resume()
}

async function serve(order: ServiceOrder): Promise<ServiceReport> {
  const { keyFile, listen } = order
  if (order.kind === 'relay') {
    const { createRelay } = await built.relay()
    const relay = await createRelay({ keyFile, listen: [listen], aggregators: 'any' })
    await relay.start()
    return { peerId: relay.peerId, address: relay.addresses[0] ?? '' }
  }
  const { createAggregator } = await built.aggregator()
  const { relays, host, port, options } = order
  const aggregator = await createAggregator({
    keyFile,
    listen: [listen],
    relays,
    http: { host, port, token: HTTP_TOKEN },
    ...options
  })
  await aggregator.start()
  const { peerId, addresses, httpUrl } = aggregator
  return { peerId, address: addresses[0] ?? '', ...(httpUrl !== undefined && { api: httpUrl }) }
}
