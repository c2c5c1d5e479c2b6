import type { NodeRow, NodesOrder, NodesPage } from '../../../src/aggregator/index.ts'

/** The page of these rows that a question asks for, as the aggregator would sort and search them. */
export function pageOf(all: readonly NodeRow[], query: URLSearchParams): NodesPage {
  const search = (query.get('search') ?? '').toLowerCase()
  const status = query.get('status')
  const rows = all.filter(
    (row) =>
      (row.watched === true) === (query.get('group') === 'watched') &&
      (status === null || row.status === status) &&
      `${row.nickname} ${row.peer}`.toLowerCase().includes(search)
  )
  const sort = (query.get('sort') ?? 'height') as NodesOrder
  const sorted = sortRows(rows, sort, query.get('order'))
  const offset = Number(query.get('offset') ?? 0)
  const limit = Number(query.get('limit') ?? 50)
  return { total: rows.length, offset, nodes: sorted.slice(offset, offset + limit) }
}

const KEYS: Readonly<Record<NodesOrder, (row: NodeRow) => number | string>> = {
  height: ({ height }) => Number(height),
  delay: ({ behindNetwork = 0 }) => behindNetwork,
  nickname: ({ nickname }) => nickname,
  status: ({ status }) => status,
  beats: ({ beats }) => beats,
  rtt: ({ rtt = 0 }) => rtt,
  'first-beat': ({ firstBeatAt = 0 }) => firstBeatAt
}

function sortRows(rows: readonly NodeRow[], sort: NodesOrder, order: string | null): NodeRow[] {
  const keys = new Map(rows.map((row) => [row, KEYS[sort](row)]))
  const way = (order ?? (sort === 'nickname' ? 'ascending' : 'descending')) === 'ascending' ? 1 : -1
  return rows.toSorted((a, b) => {
    const [one = 0, other = 0] = [keys.get(a), keys.get(b)]
    return way * (one < other ? -1 : one > other ? 1 : 0)
  })
}
