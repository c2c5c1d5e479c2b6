import type { Liveness, NodeRow, NodesOrder } from '../aggregator/index.ts'
import { BEHIND_EPOCHS } from '../constants.ts'
import { nameOf } from './words.ts'

/** How a table is sorted. */
export interface Sorting {
  readonly by: NodesOrder
  readonly order: 'ascending' | 'descending'
}

// Those first that need somebody.
const URGENCY: Readonly<Record<Liveness, number>> = {
  down: 0,
  overdue: 2,
  beating: 4,
  asleep: 5,
  left: 6
}

const NAMES = new Intl.Collator(undefined, { numeric: true })

/** The way in which each order shows first what matters. */
const FIRST: Readonly<Record<NodesOrder, Sorting['order']>> = {
  height: 'descending',
  delay: 'descending',
  nickname: 'ascending',
  status: 'descending',
  beats: 'descending',
  rtt: 'descending',
  'first-beat': 'descending'
}

/** What a click on a column makes of the order: its own, then the other way round, then none. */
export function nextSorting(sorting: Sorting | undefined, by: NodesOrder): Sorting | undefined {
  if (sorting?.by !== by) return { by, order: FIRST[by] }
  const other = FIRST[by] === 'ascending' ? 'descending' : 'ascending'
  return sorting.order === FIRST[by] ? { by, order: other } : undefined
}

/** Watched nodes in this order; by default those that need somebody first, then by name. */
export function sortWatched(rows: readonly NodeRow[], sorting: Sorting | undefined): NodeRow[] {
  const byName = (a: NodeRow, b: NodeRow): number =>
    NAMES.compare(nameOf(a), nameOf(b)) || (a.peer < b.peer ? -1 : 1)
  if (sorting === undefined) return rows.toSorted((a, b) => urgency(a) - urgency(b) || byName(a, b))
  const way = sorting.order === 'ascending' ? 1 : -1
  const compare = COMPARE[sorting.by]
  return rows.toSorted((a, b) => way * compare(a, b) || byName(a, b))
}

const COMPARE: Readonly<Record<NodesOrder, (a: NodeRow, b: NodeRow) => number>> = {
  height: (a, b) => a.height.length - b.height.length || compareTexts(a.height, b.height),
  delay: (a, b) => (a.behindNetwork ?? -1) - (b.behindNetwork ?? -1),
  nickname: (a, b) => NAMES.compare(nameOf(a), nameOf(b)),
  status: (a, b) => URGENCY[b.status] - URGENCY[a.status],
  beats: (a, b) => a.beats - b.beats,
  rtt: (a, b) => (a.rtt ?? -1) - (b.rtt ?? -1),
  'first-beat': (a, b) => (a.firstBeatAt ?? 0) - (b.firstBeatAt ?? 0)
}

function urgency({ status, agreement, behindNetwork = 0, rejected }: NodeRow): number {
  if (status === 'beating' || status === 'overdue') {
    if (agreement === 'differs') return 1
    if (behindNetwork >= BEHIND_EPOCHS || rejected !== undefined) return 3
  }
  return URGENCY[status]
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
