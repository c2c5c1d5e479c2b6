import type { NetworkPoint } from '../history.ts'
import { median } from './rollup.ts'

/**
 * Some minutes as one point: the most nodes, all beats, the highest height, the median of the
 * minutes' medians and the worst of their 95th percentiles; all else as it was at the end.
 *
 * @param points at least one, in order of time
 */
export function gather(at: number, points: readonly NetworkPoint[]): NetworkPoint {
  const last = points.at(-1)
  if (last === undefined) throw new RangeError('there is nothing to gather')
  const { networkHeight: _height, rttP50: _p50, rttP95: _p95, ...end } = last
  const networkHeight = highest(points)
  const rttP50 = median(points.flatMap((point) => point.rttP50 ?? []))
  const slow = points.flatMap((point) => point.rttP95 ?? [])
  return {
    ...end,
    at,
    nodes: Math.max(...points.map(({ nodes }) => nodes)),
    beats: points.reduce((sum, { beats }) => sum + beats, 0),
    ...(networkHeight !== undefined && { networkHeight }),
    ...(rttP50 !== undefined && { rttP50 }),
    ...(slow.length > 0 && { rttP95: Math.max(...slow) })
  }
}

function highest(points: readonly NetworkPoint[]): string | undefined {
  let top: bigint | undefined
  for (const { networkHeight } of points) {
    if (networkHeight === undefined) continue
    const height = BigInt(networkHeight)
    if (top === undefined || height > top) top = height
  }
  return top?.toString()
}
