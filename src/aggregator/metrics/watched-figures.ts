import { MAX_WATCHED } from '../../constants.ts'
import type { Figure, Sample } from '../../operator/index.ts'
import { isThere } from '../liveness.ts'
import type { Roster } from '../roster.ts'
import type { NodeRow } from '../row.ts'

/** What figures of single nodes are read from. */
export interface WatchedSource {
  readonly roster: Pick<Roster, 'get'>
  /** Peer ids that the operator listed: no other ever becomes a label. */
  readonly watched: readonly string[]
}

/** Figures of each watched node, by its peer id. */
export function watchedFigures({ roster, watched }: WatchedSource): Figure[] {
  const nodes = watched.slice(0, MAX_WATCHED)
  const each =
    (read: (row: NodeRow | undefined) => number | undefined): Figure['read'] =>
    () =>
      nodes.flatMap((node): Sample[] => {
        const value = read(roster.get(node))
        return value === undefined ? [] : [[{ node }, value]]
      })
  const heard = (read: (row: NodeRow) => number | undefined): Figure['read'] =>
    each((row) => (row === undefined || row.beats === 0 ? undefined : read(row)))
  const labels = ['node']
  return [
    {
      name: 'fil_heartbeat_node_up',
      help: '1 while a watched node is there',
      labels,
      read: each((row) => (row !== undefined && row.beats > 0 && isThere(row.status) ? 1 : 0))
    },
    {
      name: 'fil_heartbeat_node_height',
      help: "Height of a watched node's head",
      labels,
      read: heard(({ height }) => Number(height))
    },
    {
      name: 'fil_heartbeat_node_behind_epochs',
      help: 'Epochs that the references were ahead of a watched node at its last beat',
      labels,
      read: heard(({ behindNetwork }) => behindNetwork)
    },
    {
      name: 'fil_heartbeat_node_on_other_chain',
      help: "1 while a watched node's settled tipset is not the references', 0 while it is",
      labels,
      read: heard(({ agreement }) => {
        if (agreement === 'differs') return 1
        return agreement === 'same' ? 0 : undefined
      })
    },
    {
      name: 'fil_heartbeat_node_last_beat_timestamp_seconds',
      help: 'When a watched node was last heard, in seconds since 1970',
      labels,
      read: heard(({ lastBeatAt }) => (lastBeatAt === undefined ? undefined : lastBeatAt / 1_000))
    },
    {
      name: 'fil_heartbeat_node_round_trip_seconds',
      help: 'Round trip that a watched node reported last',
      labels,
      read: heard(({ rtt }) => (rtt === undefined ? undefined : rtt / 1_000))
    },
    {
      name: 'fil_heartbeat_node_duplicate_identity',
      help: '1 while two programs use the key of a watched node',
      labels,
      read: each((row) => (row?.duplicateIdentity === undefined ? 0 : 1))
    }
  ]
}
