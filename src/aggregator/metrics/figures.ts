import type { Figure, Sample } from '../../operator/index.ts'
import type { Alert } from '../alert.ts'
import { ALERT_KINDS, STATUSES } from '../http/schemas.ts'
import type { IntakeCounts } from '../intake.ts'
import { countThere } from '../network-sampler.ts'
import type { NetworkState } from '../network-state.ts'
import type { StoreStatus } from '../store/index.ts'
import { MALFORMED_REASONS, REJECT_REASONS } from './reasons.ts'

/** What figures of the whole are read from. */
export interface FigureSource {
  readonly network: () => NetworkState
  /** Those that stand. */
  readonly alerts: () => readonly Alert[]
  readonly counts: () => IntakeCounts
  readonly feed: { readonly size: number; readonly cuts: number }
  readonly store: { readonly status: StoreStatus } | undefined
  /** Ms since 1970. */
  readonly now: () => number
}

/** Figures of the network. Strangers can change what they say, and never how many there are. */
export function networkFigures({ network, now }: FigureSource): Figure[] {
  return [
    {
      name: 'fil_heartbeat_connected_nodes',
      help: 'Nodes that are there: beating, asleep or overdue',
      read: () => countThere(network().nodes)
    },
    {
      name: 'fil_heartbeat_nodes_in_consensus',
      help: 'Nodes that share the head which most have',
      read: () => network().consensus.inConsensus
    },
    {
      name: 'fil_heartbeat_nodes_in_dispute',
      help: 'Nodes that have another head than most',
      read: () => network().consensus.inDispute
    },
    {
      name: 'fil_heartbeat_seconds_since_block',
      help: 'Time since the height that nodes are compared with was reached',
      read: () => {
        const { topSince } = network()
        return topSince === undefined ? undefined : Math.max(0, now() - topSince) / 1_000
      }
    },
    {
      name: 'fil_heartbeat_network_height',
      help: "Height that nodes are compared with: the references', or without them that of most",
      read: () => {
        const { topHeight } = network()
        return topHeight === undefined ? undefined : Number(topHeight)
      }
    },
    {
      name: 'fil_heartbeat_nodes',
      help: 'Nodes by whether the operator watches them, and by whether they are there',
      labels: ['group', 'status'],
      read: () => {
        const { nodes, watched } = network()
        return STATUSES.flatMap((status) => [
          [{ group: 'watched', status }, watched[status]],
          [{ group: 'visitors', status }, nodes[status] - watched[status]]
        ])
      }
    },
    {
      name: 'fil_heartbeat_nodes_by_agreement',
      help: "Nodes that are there, by whether their settled tipset is the references'",
      labels: ['agreement'],
      read: () =>
        Object.entries(network().agreement).map(([agreement, value]) => [{ agreement }, value])
    }
  ]
}

/** Figures of what the aggregator judges by: its references, and whether it is well itself. */
export function observerFigures({ network }: FigureSource): Figure[] {
  return [
    {
      name: 'fil_heartbeat_references',
      help: 'References: those that can be compared with (ok), and all',
      labels: ['state'],
      read: () => Object.entries(network().references).map(([state, value]) => [{ state }, value])
    },
    {
      name: 'fil_heartbeat_observer_frozen',
      help: '1 while the aggregator itself is unwell and its verdicts stand still',
      read: () => (network().frozen === undefined ? 0 : 1)
    }
  ]
}

/** Figures of what reads and keeps. */
export function serviceFigures({ alerts, feed, store }: FigureSource): Figure[] {
  const figures: Figure[] = [
    {
      name: 'fil_heartbeat_alerts',
      help: 'Alerts that stand, by kind',
      labels: ['kind'],
      read: () => {
        const standing = alerts()
        return ALERT_KINDS.map((kind) => [
          { kind },
          standing.filter((each) => each.kind === kind).length
        ])
      }
    },
    {
      name: 'fil_heartbeat_feed_readers',
      help: 'Readers of the feed',
      read: () => feed.size
    }
  ]
  if (store === undefined) return figures
  return [
    ...figures,
    {
      name: 'fil_heartbeat_store_queued_records',
      help: 'Records that wait to be written',
      read: () => store.status.queued
    },
    {
      name: 'fil_heartbeat_store_bytes',
      help: 'Size of the history on disk',
      read: () => store.status.bytes
    },
    {
      name: 'fil_heartbeat_store_failing',
      help: '1 while history cannot be written',
      read: () => (store.status.state === 'failing' ? 1 : 0)
    }
  ]
}

/** What is counted from the start on. */
export function countedFigures({ counts, feed, store }: FigureSource): Figure[] {
  const figures: Figure[] = [
    {
      name: 'fil_heartbeat_beats_total',
      help: 'Beats taken',
      read: () => counts().beats
    },
    {
      name: 'fil_heartbeat_late_beats_total',
      help: 'Beats taken after a newer one',
      read: () => counts().late
    },
    {
      name: 'fil_heartbeat_double_beats_total',
      help: 'Beats that came once more, by another stream',
      read: () => counts().doubles
    },
    {
      name: 'fil_heartbeat_malformed_total',
      help: 'Lines and messages that were no beats, by reason',
      labels: ['reason'],
      read: () => byReason(MALFORMED_REASONS, counts().malformed)
    },
    {
      name: 'fil_heartbeat_rejected_beats_total',
      help: 'Beats that were turned away, by reason',
      labels: ['reason'],
      read: () => byReason(REJECT_REASONS, counts().rejected)
    },
    {
      name: 'fil_heartbeat_dropped_beats_total',
      help: 'Beats left out because their node sent too many',
      read: () => counts().dropped
    },
    {
      name: 'fil_heartbeat_stream_resets_total',
      help: 'Streams ended for what came over them',
      read: () => counts().resets
    },
    {
      name: 'fil_heartbeat_refused_streams_total',
      help: 'Streams refused when they were opened',
      read: () => counts().refused
    },
    {
      name: 'fil_heartbeat_feed_cut_readers_total',
      help: 'Readers of the feed that were cut since they took nothing',
      read: () => feed.cuts
    }
  ]
  if (store === undefined) return figures
  return [
    ...figures,
    {
      name: 'fil_heartbeat_store_lost_records_total',
      help: 'Records that could not be written in time',
      read: () => store.status.lost
    }
  ]
}

// All from the start on, so that no stranger adds a series.
function byReason<R extends string>(
  reasons: readonly R[],
  counts: Readonly<Partial<Record<R, number>>>
): Sample[] {
  return reasons.map((reason) => [{ reason }, counts[reason] ?? 0])
}
