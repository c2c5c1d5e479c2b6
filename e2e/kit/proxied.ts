// A relay and an aggregator that only a proxy with TLS stands in front of, as wallets of the whole
// world see them. The names lead here, and the certificate counts, in this process alone.

import dns from 'node:dns'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import type { Aggregator } from '../../src/aggregator/index.ts'
import type { Relay } from '../../src/relay/index.ts'
import * as built from './built.ts'
import { keptPort } from './kept-port.ts'
import {
  AGGREGATOR_NAME,
  type Certificate,
  FrontProxy,
  makeCertificate,
  type ProxyKind,
  RELAY_NAME
} from './proxy.ts'
import { HTTP_TOKEN } from './service-process.ts'

const DASHBOARD = join(import.meta.dirname, '../../dist/dashboard')

/** All three, running. */
export interface Proxied extends AsyncDisposable {
  readonly proxy: FrontProxy
  readonly relay: Relay
  readonly aggregator: Aggregator
}

/** Makes a certificate that this process believes, and leads its names to this machine. */
export async function ownNames(folder: string): Promise<Certificate> {
  const made = await makeCertificate(folder)
  setDefaultCACertificates([
    ...getCACertificates('default'),
    readFileSync(made.certificate, 'utf8')
  ])
  const lookup = dns.lookup as (...args: unknown[]) => void
  const lookHere = (name: string, ...rest: unknown[]): void =>
    lookup(name.endsWith(AGGREGATOR_NAME) ? '127.0.0.1' : name, ...rest)
  Object.assign(dns, { lookup: lookHere })
  return made
}

/** Starts all; the aggregator comes to its relay through the proxy, too. */
export async function startProxied(kind: ProxyKind, tls: Certificate): Promise<Proxied> {
  await using started = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'fil-heartbeat-proxied-'))
  started.defer(() => rm(folder, { recursive: true }))
  const ports = { relay: await keptPort(), aggregator: await keptPort(), http: await keptPort() }
  const proxy = started.use(await FrontProxy.start(kind, ports, tls))

  const { createRelay } = await built.relay()
  const relay = await createRelay({
    keyFile: join(folder, 'relay.key'),
    listen: [`/ip4/127.0.0.1/tcp/${ports.relay}/ws`],
    announce: [proxy.addressOf(RELAY_NAME)],
    aggregators: 'any'
  })
  started.defer(() => relay.stop())
  await relay.start()

  const { createAggregator } = await built.aggregator()
  const aggregator = await createAggregator({
    keyFile: join(folder, 'aggregator.key'),
    listen: [`/ip4/127.0.0.1/tcp/${ports.aggregator}/ws`],
    announce: [proxy.addressOf(AGGREGATOR_NAME)],
    relays: [`${proxy.addressOf(RELAY_NAME)}/p2p/${relay.peerId}`],
    http: { port: ports.http, token: HTTP_TOKEN, hosts: [AGGREGATOR_NAME] },
    dashboard: DASHBOARD
  })
  started.defer(() => aggregator.stop())
  await aggregator.start()
  const all = started.move()
  return { proxy, relay, aggregator, [Symbol.asyncDispose]: () => all.disposeAsync() }
}
