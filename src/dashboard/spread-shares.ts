import type { NetworkPoint } from '../aggregator/index.ts'
import { BEHIND_EPOCHS, DASHBOARD_LAGGING_EPOCHS } from '../constants.ts'
import type { ChartSeries } from './chart.ts'
import { count } from './format.ts'

/**
 * The height spread over time: shares of all nodes that are at the top, a little behind and behind,
 * one upon the other.
 */
export function spreadShares(grid: readonly (NetworkPoint | undefined)[]): ChartSeries[] {
  const parts = grid.map((point) => {
    if (point === undefined) return undefined
    const { spread } = point
    const within = (low: number, high: number): number =>
      spread.reduce((sum, { from, nodes }) => (from >= low && from < high ? sum + nodes : sum), 0)
    return {
      top: within(0, DASHBOARD_LAGGING_EPOCHS),
      little: within(DASHBOARD_LAGGING_EPOCHS, BEHIND_EPOCHS),
      late: within(BEHIND_EPOCHS, Number.POSITIVE_INFINITY)
    }
  })
  const shares = (pick: (part: NonNullable<(typeof parts)[number]>) => number) =>
    parts.map((part) => {
      const all = part === undefined ? 0 : part.top + part.little + part.late
      return part === undefined || all === 0 ? null : pick(part) / all
    })
  const telling = (pick: 'top' | 'little' | 'late') => (index: number) =>
    count(parts[index]?.[pick] ?? 0)
  return [
    {
      name: 'At the top',
      tone: 'live',
      filled: true,
      values: shares(({ top }) => top),
      tell: telling('top')
    },
    {
      name: 'A little behind',
      tone: 'quiet',
      filled: true,
      values: shares(({ top, little }) => top + little),
      tell: telling('little')
    },
    {
      name: `${BEHIND_EPOCHS} or more behind`,
      tone: 'slow',
      filled: true,
      values: shares(({ top, little, late }) => top + little + late),
      tell: telling('late')
    }
  ]
}
