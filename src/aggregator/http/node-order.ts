import type { NodesOrder, NodesQuery } from '../api.ts'
import type { Liveness } from '../liveness.ts'
import type { NodeRow } from '../row.ts'
import { type Compare, firstInOrder } from './first-in-order.ts'

/** What nodes are selected and ordered by. */
export type NodeSelection = {
  readonly [K in Exclude<keyof NodesQuery, 'offset' | 'limit'>]?: NodesQuery[K] | undefined
}

// What matters first: who is missed, then who is late, then who is there.
const STATUS_RANK: Readonly<Record<Liveness, number>> = {
  down: 4,
  overdue: 3,
  beating: 2,
  asleep: 1,
  left: 0
}

/** What rows are compared by, row by row, so that sorting looks at numbers alone. */
type Key = Float64Array | readonly string[]

/** The first peers of a selection, in its order, and how many fit it in all. */
export interface OrderedPeers {
  readonly peers: readonly string[]
  readonly total: number
}

/**
 * The first `most` peers that fit a selection, in its order; among equals whose last beat is newer
 * comes first, or where those with the most delay are first whose last beat is older.
 *
 * @param topHeight the highest epoch that counts, in decimal digits, where there is one
 */
export function orderPeers(
  rows: readonly NodeRow[],
  selection: NodeSelection,
  topHeight: string | undefined,
  most: number
): OrderedPeers {
  const chosen = choose(rows, selection)
  const indexes = firstInOrder(chosen.length, most, comparing(chosen, selection, topHeight))
  return { peers: indexes.map((index) => chosen[index]?.peer ?? ''), total: chosen.length }
}

function comparing(
  rows: readonly NodeRow[],
  { sort = 'height', order = usualOrder(sort) }: NodeSelection,
  topHeight: string | undefined
): Compare {
  const key = keyOf(rows, sort, topHeight)
  const heard = Float64Array.from(rows, ({ lastBeatAt = 0 }) => lastBeatAt)
  const isAscending = order === 'ascending'
  const compareKeys = key instanceof Float64Array ? byNumber(key) : byText(key)
  const exact = sort === 'height' && key instanceof Float64Array ? byHeight(rows, key) : undefined
  // How long the last beat is ago belongs to the delay, and is turned with it.
  const isTurned = sort === 'delay' && !isAscending
  return (a, b) => {
    const compared = compareKeys(a, b) || exact?.(a, b) || 0
    if (compared !== 0) return isAscending ? compared : -compared
    const newer = (heard[b] ?? 0) - (heard[a] ?? 0)
    return (isTurned ? -newer : newer) || a - b
  }
}

function choose(rows: readonly NodeRow[], selection: NodeSelection): NodeRow[] {
  const { group, status } = selection
  const search = selection.search?.toLowerCase() ?? ''
  const chosen: NodeRow[] = []
  for (const row of rows) {
    if (group !== undefined && (row.watched === true) !== (group === 'watched')) continue
    if (status !== undefined && row.status !== status) continue
    if (search === '' || isFound(row, search)) chosen.push(row)
  }
  return chosen
}

function isFound({ nickname, peer, minerAddress }: NodeRow, search: string): boolean {
  return (
    nickname.toLowerCase().includes(search) ||
    peer.toLowerCase().includes(search) ||
    minerAddress.toLowerCase().includes(search)
  )
}

function usualOrder(sort: NodesOrder): NonNullable<NodesQuery['order']> {
  return sort === 'nickname' ? 'ascending' : 'descending'
}

function keyOf(rows: readonly NodeRow[], sort: NodesOrder, topHeight: string | undefined): Key {
  if (sort === 'nickname') return rows.map(({ nickname }) => nickname.toLowerCase())
  return Float64Array.from(rows, (row) => numberOf(row, sort, topHeight))
}

function numberOf(
  row: NodeRow,
  sort: Exclude<NodesOrder, 'nickname'>,
  topHeight: string | undefined
): number {
  switch (sort) {
    case 'height':
      return Number(row.height)
    case 'delay':
      return delayOf(row, topHeight)
    case 'status':
      return STATUS_RANK[row.status]
    case 'beats':
      return row.beats
    case 'rtt':
      return row.rtt ?? -1
    case 'first-beat':
      return row.firstBeatAt ?? 0
  }
}

function delayOf(row: NodeRow, topHeight: string | undefined): number {
  if (row.beats === 0) return Number.MAX_VALUE
  if (topHeight === undefined) return row.behindNetwork ?? 0
  return Math.max(0, Number(topHeight) - Number(row.height))
}

const byNumber =
  (key: Float64Array): Compare =>
  (a, b) =>
    (key[a] ?? 0) - (key[b] ?? 0)

const byText =
  (key: readonly string[]): Compare =>
  (a, b) => {
    const [one = '', other = ''] = [key[a], key[b]]
    return one < other ? -1 : one > other ? 1 : 0
  }

// Heights may exceed what a number holds exactly.
const byHeight =
  (rows: readonly NodeRow[], key: Float64Array): Compare =>
  (a, b) => {
    if ((key[a] ?? 0) <= Number.MAX_SAFE_INTEGER) return 0
    const [one, other] = [rows[a]?.height ?? '', rows[b]?.height ?? '']
    if (one.length !== other.length) return one.length - other.length
    return one < other ? -1 : one > other ? 1 : 0
  }
