import type { ComponentLogger, Connection, Logger, PeerId, Startable } from '@libp2p/interface'
import type { TransportManager } from '@libp2p/interface-internal'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Multiaddr } from '@multiformats/multiaddr'
import {
  MAX_RELAY_RETRY_DOUBLINGS,
  RELAY_PING_PERIOD,
  RELAY_PING_TIMEOUT,
  RELAY_RETRY_PERIOD
} from '../constants.ts'
import { OptionError, UnreachableError } from '../errors.ts'
import { retryDelay, sleep, withTimeout } from '../timing/index.ts'
import { Dialer, type DialerComponents, targetPeerId } from './dialer.ts'
import { pingConnection } from './ping.ts'

/** The part of js-libp2p's circuit transport that holds reservations. */
interface ReservationStore extends EventTarget {
  addRelay(relay: PeerId, type: 'configured'): Promise<unknown>
  hasReservation(relay: PeerId): boolean
}

interface ReservationsComponents extends DialerComponents {
  readonly logger: ComponentLogger
  readonly transportManager: Pick<TransportManager, 'dial' | 'getTransports'>
}

interface Relay {
  readonly address: Multiaddr
  readonly peer: PeerId
}

/** What the watchdog may be told. */
export interface ReservationsInit {
  /** First window of the back-off after a failure, in ms. */
  readonly retryPeriod?: number | undefined
  /** How often each relay is asked whether it is alive, in ms. */
  readonly pingPeriod?: number | undefined
  /** Longest wait for its answer, in ms. */
  readonly pingTimeout?: number | undefined
}

/** What can be told of one relay. */
export interface RelayStatus {
  /** The relay's own multiaddr. */
  readonly address: string
  /** Whether wallets can reach this node through it now. */
  readonly reserved: boolean
  /** Why not, as far as it is known. */
  readonly problem?: string
}

/**
 * Keeps a node reachable through its relays. libp2p makes a reservation once and never again when
 * the relay restarts; this makes it again, whenever it is lost, for as long as the node runs.
 *
 * @throws {OptionError} when an address does not end in a peer id
 */
export function reservations(relays: readonly Multiaddr[], init: ReservationsInit = {}) {
  const peers = relays.map((address) => ({ address, peer: relayPeer(address) }))
  return (components: ReservationsComponents): Reservations =>
    new Reservations(components, peers, init)
}

/** The watchdog of a node's reservations; made by `reservations`, started and stopped with the node. */
export class Reservations implements Startable {
  readonly #dialer: Dialer
  readonly #components: ReservationsComponents
  readonly #relays: readonly Relay[]
  readonly #log: Logger
  readonly #retryPeriod: number
  readonly #pingPeriod: number
  readonly #pingTimeout: number
  readonly #status: Map<string, RelayStatus>
  #controller = new AbortController()
  #loops: Promise<void>[] = []
  #turn: Promise<unknown> = Promise.resolve()

  constructor(
    components: ReservationsComponents,
    relays: readonly Relay[],
    {
      retryPeriod = RELAY_RETRY_PERIOD,
      pingPeriod = RELAY_PING_PERIOD,
      pingTimeout = RELAY_PING_TIMEOUT
    }: ReservationsInit
  ) {
    this.#components = components
    this.#dialer = new Dialer(components)
    this.#relays = relays
    this.#retryPeriod = retryPeriod
    this.#pingPeriod = pingPeriod
    this.#pingTimeout = pingTimeout
    this.#status = new Map(
      relays.map(({ address }) => [
        address.toString(),
        { address: address.toString(), reserved: false }
      ])
    )
    this.#log = components.logger.forComponent('fil-heartbeat:net:reservations')
  }

  /** The relays in the order that they were given in. */
  get relays(): RelayStatus[] {
    return [...this.#status.values()]
  }

  start(): void {}

  // Transports have their handlers only once every component has started.
  afterStart(): void {
    this.#controller = new AbortController()
    const { signal } = this.#controller
    this.#loops = this.#relays.map(({ address, peer }) => this.#keep(address, peer, signal))
  }

  async beforeStop(): Promise<void> {
    this.#controller.abort(new Error('the node stops'))
    await Promise.all(this.#loops)
  }

  stop(): void {}

  async #keep(address: Multiaddr, relay: PeerId, signal: AbortSignal): Promise<void> {
    let failures = 0
    while (!signal.aborted) {
      try {
        const connection = await this.#dialer.dial(address, signal)
        await this.#hold(connection, relay, signal, () => {
          failures = 0
          this.#tell(address, true)
        })
      } catch (error) {
        if (signal.aborted) return
        this.#tell(address, false, error)
      }
      const doublings = Math.min(failures++, MAX_RELAY_RETRY_DOUBLINGS)
      await sleep(retryDelay(doublings, this.#retryPeriod), signal).catch(() => {})
    }
  }

  // 1. reserve, 2. ping for as long as the reservation stands, 3. close: a lost reservation on a
  // living connection, or a connection that no longer answers, is begun again from nothing.
  async #hold(
    connection: Connection,
    relay: PeerId,
    outer: AbortSignal,
    onReserved: () => void
  ): Promise<void> {
    const store = this.#store()
    const lost = new AbortController()
    const signal = AbortSignal.any([outer, lost.signal])
    const onRemoved = (event: Event): void => {
      if (!(event as CustomEvent<{ relay: PeerId }>).detail.relay.equals(relay)) return
      lost.abort(new UnreachableError('the reservation was lost'))
    }
    const onClose = (): void => lost.abort(new UnreachableError('the relay closed the connection'))
    const leave = (): void => connection.abort(new Error('the relay is left'))
    store.addEventListener('relay:removed', onRemoved)
    connection.addEventListener('close', onClose)
    // A reservation takes no signal: only the end of its connection ends it.
    signal.addEventListener('abort', leave)
    try {
      await this.#reserve(store, relay)
      signal.throwIfAborted()
      onReserved()
      for (;;) {
        await sleep(this.#pingPeriod, signal)
        await withTimeout('ping of the relay', this.#pingTimeout, signal, (each) =>
          pingConnection(connection, each)
        )
      }
    } catch (error) {
      throw signal.aborted ? signal.reason : error
    } finally {
      store.removeEventListener('relay:removed', onRemoved)
      connection.removeEventListener('close', onClose)
      leave()
    }
  }

  // One at a time: js-libp2p forgets those that wait in its queue when one has been made, and never
  // settles them.
  async #reserve(store: ReservationStore, relay: PeerId): Promise<void> {
    const turn = this.#turn.then(() => store.addRelay(relay, 'configured'))
    this.#turn = turn.catch(() => {})
    await turn
  }

  #tell(address: Multiaddr, reserved: boolean, error?: unknown): void {
    const was = this.#status.get(address.toString())
    const problem = error instanceof Error ? error.message : undefined
    this.#status.set(address.toString(), {
      address: address.toString(),
      reserved,
      ...(problem !== undefined && { problem })
    })
    if (was?.reserved === reserved && was.problem === problem) return
    if (reserved) this.#log('reachable through relay %a', address)
    else this.#log.error('not reachable through relay %a - %e', address, error)
  }

  #store(): ReservationStore {
    const transports = this.#components.transportManager.getTransports()
    const circuit = transports.find((each) => 'reservationStore' in each)
    if (circuit === undefined) throw new Error('the node has no circuit relay transport')
    return circuit.reservationStore as ReservationStore
  }
}

function relayPeer(address: Multiaddr): PeerId {
  const id = targetPeerId(address)
  if (id === undefined)
    throw new OptionError('relay', `"${address}" does not end in /p2p/<peer id>`)
  return peerIdFromString(id)
}
