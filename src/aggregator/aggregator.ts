import type { Logger } from '@libp2p/interface'
import { HEARTBEAT_PROTOCOL_V1, HEARTBEAT_PROTOCOL_V2 } from '../constants.ts'
import {
  type AggregatorNode,
  ClientGate,
  createAggregatorNode,
  loadOrCreateKey
} from '../net/server.ts'
import { libp2pMetrics } from '../operator/index.ts'
import { type Clock, systemClock } from '../timing/index.ts'
import type { Discovery } from '../wire/index.ts'
import type { Alert } from './alert.ts'
import type { Readiness } from './api.ts'
import { type Assembly, assemble } from './assembly.ts'
import type { Aggregator, AggregatorInfo, AggregatorInit, RelayStatus } from './index.ts'
import type { IntakeCounts } from './intake.ts'
import { checkLimits } from './limit-options.ts'
import { DEFAULT_LIMITS, type Limits } from './limits.ts'
import { AggregatorMetrics } from './metrics/index.ts'
import type { NetworkState } from './network-state.ts'
import { checkInit, type Settings } from './options.ts'
import { readinessOf } from './readiness.ts'
import type { ReferenceStatus } from './reference.ts'
import type { NodeRow } from './row.ts'

const PROTOCOLS = [HEARTBEAT_PROTOCOL_V2, HEARTBEAT_PROTOCOL_V1]

/**
 * Makes an aggregator whose bounds can be chosen, as tests do.
 *
 * @throws {OptionError} when an option is wrong
 */
export async function buildAggregator(
  init: AggregatorInit,
  usual: Limits = DEFAULT_LIMITS,
  clock: Clock = systemClock
): Promise<Aggregator> {
  const settings = checkInit(init)
  const { limits, bounds } = checkLimits(settings.limitOptions, usual)
  const { listen, announce, relays, maxWebRtcConnections, iceServers } = settings
  const privateKey = await loadOrCreateKey(settings.keyFile)
  const metrics = new AggregatorMetrics()
  const node = await createAggregatorNode({
    privateKey,
    listen,
    ...(announce.length > 0 && { announce }),
    relays,
    bounds,
    maxWebRtcConnections,
    webRtcPort: settings.webRtcPort,
    gate: new ClientGate(settings.gate),
    iceServers,
    metrics: libp2pMetrics(metrics.registry)
  })
  return new AggregatorService(node, settings, limits, clock, metrics)
}

class AggregatorService implements Aggregator {
  readonly #node: AggregatorNode
  readonly #settings: Settings
  readonly #limits: Limits
  readonly #log: Logger
  readonly #parts: Assembly
  #starting: Promise<void> | undefined
  #stopping: Promise<void> | undefined
  #isRunning = false

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
    this.#log = node.logger.forComponent('fil-heartbeat:aggregator')
    this.#parts = assemble({
      settings,
      limits,
      clock,
      metrics,
      log: this.#log,
      peerId: this.peerId,
      info: () => this.#info(),
      discovery: () => this.#discovery(),
      readiness: () => this.#readiness()
    })
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
    return this.#parts.http.url
  }

  get counts(): IntakeCounts {
    return this.#parts.intake.counts
  }

  nodes(): NodeRow[] {
    return this.#parts.roster.rows()
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

  network(): NetworkState {
    return this.#parts.monitor.network
  }

  alerts(): Alert[] {
    return this.#parts.monitor.alerts
  }

  references(): ReferenceStatus[] {
    return this.#parts.references.statuses()
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
    const { store, monitor, intake, http, references } = this.#parts
    try {
      if (store !== undefined) monitor.remember(await store.remembered())
      for (const protocol of PROTOCOLS) {
        await this.#node.handle(protocol, intake.handle, {
          runOnLimitedConnection: true,
          // The intake decides: one more drives out the eldest.
          maxInboundStreams: this.#limits.maxStreamsPerPeer + 1
        })
      }
      await this.#node.start()
      await http.listen()
    } catch (error) {
      await this.#end()
      throw error
    }
    this.#isRunning = true
    references.start()
    monitor.start()
    this.#log('%p listens, and answers at %s', this.#node.peerId, this.httpUrl)
  }

  async #stop(): Promise<void> {
    await this.#starting?.catch(() => {})
    await this.#end()
  }

  // What is shown and what judges go first, so that nobody is told that all nodes leave at once; what
  // is kept goes after those who write it, so that nothing is lost that was acknowledged, and does not
  // wait for a webhook that hangs.
  async #end(): Promise<void> {
    const { feed, http, intake, references, monitor, webhook, store } = this.#parts
    this.#isRunning = false
    feed.stop()
    await http.close()
    monitor.stop()
    await Promise.all([intake.stop(), references.stop()])
    await Promise.all([this.#node.stop(), webhook?.stop(), store?.close()])
  }

  #info(): AggregatorInfo {
    const { peerId, addresses, counts } = this
    const { store, webhook } = this.#parts
    return {
      peerId,
      addresses,
      relays: this.relays(),
      counts,
      references: this.references(),
      ...(store && { store: store.status }),
      ...(webhook && { webhook: webhook.status })
    }
  }

  #readiness(): Readiness {
    const { store, webhook } = this.#parts
    return readinessOf({
      isRunning: this.#isRunning,
      hasOwnAddress: this.#settings.listen.length > 0,
      relays: this.relays(),
      references: this.references(),
      store: store?.status,
      webhook: webhook?.status,
      frozen: this.network().frozen
    })
  }

  #discovery(): Discovery {
    const { genesis } = this.#parts.references
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
