import type { Logger } from '@libp2p/interface'
import { lotusTipsets } from '../head/index.ts'
import { HttpServer } from '../operator/index.ts'
import type { Clock } from '../timing/index.ts'
import type { Discovery } from '../wire/index.ts'
import { Admission } from './admission.ts'
import type { Readiness } from './api.ts'
import { Feed } from './http/feed.ts'
import { createHttpApp } from './http/http-app.ts'
import type { AggregatorInfo } from './index.ts'
import { Intake } from './intake.ts'
import type { Limits } from './limits.ts'
import type { AggregatorMetrics } from './metrics/index.ts'
import { Monitor } from './monitor.ts'
import type { Settings } from './options.ts'
import { Reception, type ReceptionInit } from './reception.ts'
import { References } from './references.ts'
import { Roster } from './roster.ts'
import { openStore, type Store } from './store/index.ts'
import { Uptime } from './uptime.ts'
import { Webhook } from './webhook.ts'

/** What an aggregator is put together from. */
export interface AssemblyInit {
  readonly settings: Settings
  readonly limits: Limits
  readonly clock: Clock
  readonly metrics: AggregatorMetrics
  readonly log: Logger
  readonly peerId: string
  readonly info: () => AggregatorInfo
  readonly discovery: () => Discovery
  readonly readiness: () => Readiness
}

/** The parts of an aggregator besides its node, tied together. */
export interface Assembly {
  readonly roster: Roster
  readonly references: References
  readonly intake: Intake
  readonly monitor: Monitor
  readonly feed: Feed
  readonly http: HttpServer
  readonly store: Store | undefined
  readonly webhook: Webhook | undefined
}

/** Puts an aggregator together: beats go from the intake to the roster, and from there on to all. */
export function assemble(init: AssemblyInit): Assembly {
  const { settings, limits, clock, metrics, log, peerId } = init
  const { network } = settings
  const uptime = new Uptime(clock, limits.sweepPeriod, limits.maxSweepLag)
  const roster = new Roster(limits, {
    onChange: (peer) => {
      monitor.note(peer)
      feed.change(peer)
    },
    pace: network.pace,
    watched: network.watched,
    now: uptime.elapsed()
  })
  const references = new References({
    ...network,
    sources: network.references.map((url) => lotusTipsets(url, { clock })),
    grace: limits.livenessGrace,
    clock
  })
  const onTaken = (peer: string): void => monitor.heard(peer)
  const intake = takeIn(init, { roster, second: references, uptime, onTaken })
  const store = settings.store && openStore({ ...settings.store, clock })
  const webhook = settings.webhook ? new Webhook({ url: settings.webhook, clock, log }) : undefined
  const monitor: Monitor = new Monitor({
    roster,
    uptime,
    references,
    watched: network.watched,
    epochPeriod: network.epochPeriod,
    beats: () => intake.counts.beats,
    store,
    webhook,
    peerId,
    period: limits.sweepPeriod,
    clock,
    onNetwork: (state) => feed.network(state),
    onAlert: (alert) => feed.alert(alert)
  })
  const shown = { roster, network: () => monitor.network, alerts: () => monitor.alerts, clock }
  const feed: Feed = new Feed({ ...shown, limits })
  metrics.observe({
    ...shown,
    store,
    watched: network.watched,
    counts: () => intake.counts,
    feed,
    now: () => clock.now()
  })
  const app = createHttpApp({ ...init, ...settings, ...shown, store, feed, access: settings.http })
  const http = new HttpServer((request, bindings) => app.fetch(request, bindings), settings.http)
  return { roster, references, intake, monitor, feed, http, store, webhook }
}

function takeIn(
  { settings, limits, clock, metrics, log }: AssemblyInit,
  parts: Pick<ReceptionInit, 'roster' | 'second' | 'uptime' | 'onTaken'>
): Intake {
  const common = { ...parts, limits, clock, observer: metrics.intake }
  const reception = new Reception({ ...common, pace: settings.network.pace })
  const { allow, deny } = settings
  return new Intake({ ...common, reception, admission: new Admission(limits), log, allow, deny })
}
