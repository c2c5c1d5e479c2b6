import { collectDefaultMetrics, Registry } from 'prom-client'
import type { ClientRefusal, ReservationRefusal, Traffic } from '../net/server.ts'
import { registerCounters, registerGauges } from '../operator/index.ts'
import type { RelayReport } from './index.ts'

/** Why a relay refused somebody. */
export type RelayRefusal = ClientRefusal | ReservationRefusal

const REFUSALS: readonly RelayRefusal[] = [
  'too-many-connections',
  'too-many-new-connections',
  'reservation-not-allowed',
  'too-many-reservations'
]

/** The figures of one run of a relay. None has a label by peer or address. */
export class RelayMetrics {
  readonly registry = new Registry()
  readonly #refused = new Map<RelayRefusal, number>()

  /**
   * @param status what can be told when somebody asks
   * @param traffic of its sockets: what comes from one side of a circuit goes to the other
   */
  constructor(
    status: () => Pick<RelayReport, 'connections' | 'reservations' | 'circuits'>,
    traffic: Pick<Traffic, 'received' | 'sent'>
  ) {
    collectDefaultMetrics({ register: this.registry })
    registerGauges(this.registry, [
      {
        name: 'fil_heartbeat_relay_connections',
        help: 'Connections open, of wallets and aggregators',
        read: () => status().connections
      },
      {
        name: 'fil_heartbeat_relay_reservations',
        help: 'Aggregators that can be reached through the relay',
        read: () => status().reservations
      },
      {
        name: 'fil_heartbeat_relay_circuits',
        help: 'Circuits open through the relay',
        read: () => status().circuits
      }
    ])
    registerCounters(this.registry, [
      {
        name: 'fil_heartbeat_relay_refusals_total',
        help: 'Connections and reservations that were refused',
        labels: ['reason'],
        read: () => REFUSALS.map((reason) => [{ reason }, this.#refused.get(reason) ?? 0])
      },
      {
        name: 'fil_heartbeat_relay_received_bytes_total',
        help: 'Bytes that came over its sockets, circuits and all else',
        read: () => traffic.received
      },
      {
        name: 'fil_heartbeat_relay_sent_bytes_total',
        help: 'Bytes that went over its sockets, circuits and all else',
        read: () => traffic.sent
      }
    ])
  }

  /** Counts one more of them. */
  refuse(reason: RelayRefusal): void {
    this.#refused.set(reason, (this.#refused.get(reason) ?? 0) + 1)
  }
}
