import type {
  Alert,
  NetworkHistory,
  NetworkPoint,
  NodeHistory,
  NodePoint,
  NodeRow,
  Range
} from '../../../src/aggregator/index.ts'
import { type MadeUpNodes, WATCHED_PERIOD } from './nodes.ts'
import { DAY, HOUR, heightAt, MINUTE, noise, SPREAD } from './numbers.ts'

/** The range that a question is about: the last hour where it names none. */
export function rangeOf(query: URLSearchParams, now: number): Range {
  const number = (name: string, usual: number): number => Number(query.get(name) ?? usual)
  return { from: number('from', now - HOUR), to: number('to', now), step: number('step', MINUTE) }
}

/** Moments are in ms since 1970. */
export function networkHistory(
  nodes: MadeUpNodes,
  alerts: readonly Alert[],
  range: Range,
  now: number
): NetworkHistory {
  const standing = alerts.filter(({ until }) => until === undefined).length
  const points =
    nodes.count === 0
      ? []
      : pointsOf(range, now, (at) => networkPoint(nodes, standing > 0, at, range.step))
  return { ...range, points, alerts }
}

function networkPoint(
  { count, beatsPerSecond }: MadeUpNodes,
  isTrouble: boolean,
  at: number,
  step: number
): NetworkPoint {
  const wave = 1 - 0.04 * (1 + Math.sin(at / 2_400_000)) - 0.01 * noise(at / step)
  const nodes = Math.round(count * wave)
  const differs = Math.round(count * 0.002) + (isTrouble ? 1 : 0)
  const unknown = Math.round(nodes * 0.07)
  const late = 0.006 + 0.01 * noise(at / step + 9)
  const shares = [0.82, 0.13, 0.03, 0, late]
  return {
    at,
    nodes,
    down: isTrouble ? 1 : 0,
    same: nodes - differs - unknown,
    differs,
    unknown,
    inConsensus: nodes - differs,
    inDispute: differs,
    beats: Math.round((beatsPerSecond * wave * step) / 1_000),
    networkHeight: `${heightAt(at + step - 1)}`,
    rttP50: 44 + 10 * noise(at / step),
    rttP95: 170 + 90 * noise(at / step + 5),
    spread: SPREAD.map((from, bin) => ({
      from,
      nodes: from === 10 && isTrouble ? 2 : Math.round(nodes * (shares[bin] ?? 0))
    }))
  }
}

/** A watched node that was silent for a while; while it lags, it did so ever more. */
export function nodeHistory(
  row: NodeRow,
  alerts: readonly Alert[],
  range: Range,
  now: number
): NodeHistory {
  const [silentFrom, silentTo] = [now - 2_300_000, now - 1_900_000]
  const lastAt = row.lastBeatAt ?? now
  const heard = (at: number): boolean => at <= lastAt && (at < silentFrom || at >= silentTo)
  return {
    ...range,
    peer: row.peer,
    points: pointsOf(range, now, (at) =>
      heard(at) ? nodePoint(row, at, range.step, now) : undefined
    ),
    statuses: [
      { at: now - 40 * DAY, status: 'beating' as const },
      { at: silentFrom, status: 'overdue' as const },
      { at: silentFrom + MINUTE, status: 'down' as const },
      { at: silentTo, status: 'beating' as const },
      ...(row.status === 'beating' ? [] : [{ at: lastAt + 18_000, status: row.status }])
    ],
    alerts: alerts.filter(({ subject }) => subject === row.peer),
    network: pointsOf(range, now, (at) => ({ at, height: `${heightAt(at + range.step - 1)}` }))
  }
}

function nodePoint(
  { behindNetwork = 0 }: NodeRow,
  at: number,
  step: number,
  now: number
): NodePoint {
  const grown = Math.min(1, Math.max(0, (at - now + 2_800_000) / 2_000_000))
  const behind = Math.round(behindNetwork * grown) + (noise(at) > 0.8 ? 1 : 0)
  return {
    at,
    beats: step / WATCHED_PERIOD,
    height: `${heightAt(at + step - 1) - behind}`,
    behind,
    rtt: 30 + 20 * noise(at / step) + (at > now - 15 * MINUTE ? 30 : 0)
  }
}

function pointsOf<Point>(
  { from, to, step }: Range,
  now: number,
  make: (at: number) => Point | undefined
): Point[] {
  const length = Math.max(0, Math.ceil((Math.min(to, now) - from) / step))
  return Array.from({ length }, (_, index) => make(from + index * step)).filter(
    (point) => point !== undefined
  )
}
