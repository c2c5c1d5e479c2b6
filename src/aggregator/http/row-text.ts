import type { NodeRow } from '../row.ts'

const texts = new WeakMap<NodeRow, string>()

/** A row as JSON, on one line. Made once for all readers, since a row never changes. */
export function rowText(row: NodeRow): string {
  const known = texts.get(row)
  if (known !== undefined) return known
  const text = JSON.stringify(row)
  texts.set(row, text)
  return text
}
