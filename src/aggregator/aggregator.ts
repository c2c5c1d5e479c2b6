import type { Logger } from '@libp2p/interface'
import { HEARTBEAT_PROTOCOL_V1, HEARTBEAT_PROTOCOL_V2 } from '../constants.ts'
import { lotusTipsets } from '../head/index.ts'
import { type AggregatorNode, createAggregatorNode, loadOrCreateKey } from '../net/server.ts'
import { type Clock, systemClock } from '../timing/index.ts'
import type { Discovery } from '../wire/index.ts'
import { Admission } from './admission.ts'
import { Feed } from './http/feed.ts'
import { createHttpApp } from './http/http-app.ts'
import { HttpServer } from './http/http-server.ts'
import type { Aggregator, AggregatorInfo, AggregatorInit, RelayStatus } from './index.ts'
import { Intake, type IntakeCounts } from './intake.ts'
import { DEFAULT_LIMITS, type Limits } from './limits.ts'
import { AggregatorMetrics, libp2pMetrics } from './metrics/index.ts'
import type { NetworkState } from './network-state.ts'
import { checkInit, type Settings } from './options.ts'
import { Reception } from './reception.ts'
import type { ReferenceStatus } from './reference.ts'
import { References } from './references.ts'
import { Roster } from './roster.ts'
import type { NodeRow } from './row.ts'
import { Uptime } from './uptime.ts'

/** What is told of the network until it is sampled. */
const NOT_SAMPLED: NetworkState = {
  at: 0,
  nodes: { beating: 0, asleep: 0, overdue: 0, left: 0, down: 0 },
  watched: { beating: 0, asleep: 0, overdue: 0, left: 0, down: 0 },
  agreement: { same: 0, differs: 0, unknown: 0 },
  consensus: { inConsensus: 0, inDispute: 0 },
  spread: [],
  beatsPerSecond: 0,
  references: { ok: 0, all: 0 },
  alerts: 0
}
const PROTOCOLS = [HEARTBEAT_PROTOCOL_V2, HEARTBEAT_PROTOCOL_V1]

/**
 * Makes an aggregator whose bounds can be chosen, as tests do.
 *
 * @throws {OptionError} when an option is wrong
 */
export async function buildAggregator(
  init: AggregatorInit,
  limits: Limits = DEFAULT_LIMITS,
  clock: Clock = systemClock
): Promise<Aggregator> {
  const settings = checkInit(init)
  const { listen, announce, relays, maxWebRtcConnections, iceServers } = settings
  const privateKey = await loadOrCreateKey(settings.keyFile)
  const metrics = new AggregatorMetrics()
  const node = await createAggregatorNode({
    privateKey,
    listen,
    ...(announce.length > 0 && { announce }),
    relays,
    maxWebRtcConnections,
    iceServers,
    metrics: libp2pMetrics(metrics.registry)
  })
  return new AggregatorService(node, settings, limits, clock, metrics)
}

class AggregatorService implements Aggregator {
  readonly #node: AggregatorNode
  readonly #settings: Settings
  readonly #limits: Limits
  readonly #clock: Clock
  readonly #log: Logger
  readonly #roster: Roster
  readonly #uptime: Uptime
  readonly #references: References
  readonly #intake: Intake
  readonly #feed: Feed
  readonly #http: HttpServer
  #cancelSweep: (() => void) | undefined
  #starting: Promise<void> | undefined
  #stopping: Promise<void> | undefined

  constructor(
    node: AggregatorNode,
    settings: Settings,
    limits: Limits,
    clock: Clock,
    metrics: AggregatorMetrics
  ) {
    this.#node = node
    this.#settings = settings
    this.#limits = limits
    this.#clock = clock
    this.#log = node.logger.forComponent('fil-heartbeat:aggregator')
    const { corsOrigins, dashboard, http, network } = settings
    const roster = new Roster(limits, {
      onChange: (peer) => this.#feed.change(peer),
      pace: network.pace
    })
    this.#roster = roster
    this.#uptime = new Uptime(clock, limits.sweepPeriod, limits.maxSweepLag)
    this.#references = new References({
      ...network,
      sources: network.references.map((url) => lotusTipsets(url, { clock })),
      grace: limits.livenessGrace,
      clock
    })
    const common = { roster, limits, clock, uptime: this.#uptime }
    this.#intake = new Intake({
      ...common,
      reception: new Reception({
        ...common,
        second: this.#references,
        pace: network.pace,
        observer: metrics.intake
      }),
      admission: new Admission(limits),
      log: this.#log,
      observer: metrics.intake
    })
    const told = { roster, network: () => NOT_SAMPLED, alerts: () => [], store: undefined, clock }
    this.#feed = new Feed({ ...told, limits })
    metrics.observe({
      ...told,
      watched: network.watched,
      counts: () => this.counts,
      feed: this.#feed,
      now: () => clock.now()
    })
    const app = createHttpApp({
      ...told,
      info: () => this.#info(),
      discovery: () => this.#discovery(),
      readiness: () => ({ ready: true, problems: [] }),
      metrics,
      feed: this.#feed,
      access: http,
      corsOrigins,
      dashboard,
      limits
    })
    this.#http = new HttpServer((request, bindings) => app.fetch(request, bindings), http)
  }

  get peerId(): string {
    return this.#node.peerId.toString()
  }

  get addresses(): string[] {
    const circuits = this.relays()
      .filter(({ reserved }) => reserved)
      .map(({ address }) => `${address}/p2p-circuit/p2p/${this.peerId}`)
    return [...new Set([...this.#own(), ...circuits])]
  }

  get httpUrl(): string | undefined {
    return this.#http.url
  }

  get counts(): IntakeCounts {
    return this.#intake.counts
  }

  nodes(): NodeRow[] {
    return this.#roster.rows()
  }

  relays(): RelayStatus[] {
    const told = new Map(
      this.#node.services.reservations.relays.map((each) => [each.address, each])
    )
    return this.#settings.relays.map((relay) => {
      const address = relay.toString()
      return told.get(address) ?? { address, reserved: false }
    })
  }

  references(): ReferenceStatus[] {
    return this.#references.statuses()
  }

  async start(): Promise<void> {
    if (this.#stopping !== undefined) throw new Error('a stopped aggregator does not start again')
    this.#starting ??= this.#start()
    await this.#starting
  }

  async stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    await this.#stopping
  }

  async #start(): Promise<void> {
    try {
      for (const protocol of PROTOCOLS) {
        await this.#node.handle(protocol, this.#intake.handle, {
          runOnLimitedConnection: true,
          // The intake decides: one more drives out the eldest.
          maxInboundStreams: this.#limits.maxStreamsPerPeer + 1
        })
      }
      await this.#node.start()
      await this.#http.listen()
    } catch (error) {
      await this.#end()
      throw error
    }
    this.#references.start()
    this.#sweep()
    this.#log('%p listens, and answers at %s', this.#node.peerId, this.httpUrl)
  }

  async #stop(): Promise<void> {
    await this.#starting?.catch(() => {})
    await this.#end()
  }

  // What is shown goes first, so that no reader sees everybody leave.
  async #end(): Promise<void> {
    this.#cancelSweep?.()
    this.#feed.stop()
    await this.#http.close()
    await Promise.all([this.#intake.stop(), this.#references.stop()])
    await this.#node.stop()
  }

  readonly #sweep = (): void => {
    this.#roster.sweep(this.#uptime.elapsed())
    this.#cancelSweep = this.#clock.after(this.#limits.sweepPeriod, this.#sweep)
  }

  #info(): AggregatorInfo {
    const { peerId, addresses, counts } = this
    return { peerId, addresses, relays: this.relays(), counts, references: this.references() }
  }

  #discovery(): Discovery {
    const { genesis } = this.#references
    return {
      peer: this.peerId,
      multiaddrs: this.#own().filter((address) => !address.includes('/p2p-circuit')),
      relays: this.#settings.relays.map(String),
      ...(genesis !== undefined && { genesis }),
      protocols: PROTOCOLS
    }
  }

  #own(): string[] {
    return this.#node.getMultiaddrs().map(String)
  }
}
