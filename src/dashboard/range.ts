import type { Range } from '../aggregator/index.ts'

/** A stretch of time that charts can show. */
export interface Span {
  readonly name: string
  /** Ms. */
  readonly length: number
  /** Length of each point, in ms: a few hundred points at most. */
  readonly step: number
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** The shortest one, which is shown first. */
export const HOUR_SPAN: Span = { name: '1 h', length: HOUR, step: MINUTE }

/** What can be chosen from, the shortest first. */
export const SPANS: readonly Span[] = [
  HOUR_SPAN,
  { name: '6 h', length: 6 * HOUR, step: MINUTE },
  { name: '24 h', length: 24 * HOUR, step: 5 * MINUTE },
  { name: '7 d', length: 168 * HOUR, step: 30 * MINUTE },
  { name: '30 d', length: 720 * HOUR, step: 120 * MINUTE }
]

/** The points of a span that ends now (ms since 1970); the last one is not over yet. */
export function rangeOf({ length, step }: Span, now: number): Range {
  const to = (Math.floor(now / step) + 1) * step
  return { from: to - length, to, step }
}

/** Whether two moments of an axis need their date to be told apart, in ms. */
export function needsDate(length: number): boolean {
  return length > 24 * HOUR
}

/** Points of history on an even grid of time, so that where there is none a gap is seen. */
export function onGrid<Point extends { readonly at: number }>(
  { from, to, step }: Range,
  points: readonly Point[]
): readonly (Point | undefined)[] {
  const grid: (Point | undefined)[] = new Array(Math.max(0, Math.ceil((to - from) / step)))
  grid.fill(undefined)
  for (const point of points) {
    const index = Math.floor((point.at - from) / step)
    if (index >= 0 && index < grid.length) grid[index] = point
  }
  return grid
}

/** The moments of that grid, in seconds since 1970, as charts take them. */
export function gridTimes({ from, to, step }: Range): number[] {
  const length = Math.max(0, Math.ceil((to - from) / step))
  return Array.from({ length }, (_, index) => (from + index * step) / 1_000)
}
