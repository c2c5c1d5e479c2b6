import { BEAT_RATE_PERIOD, SPREAD_BINS } from '../constants.ts'
import { tipsetKey } from './agreement.ts'
import { isThere, type Liveness } from './liveness.ts'
import type { LivenessCounts, NetworkState, SpreadBin } from './network-state.ts'
import type { ReferencesState } from './references.ts'
import type { NodeRow } from './row.ts'

/** What a sample is made of, besides the rows. */
export interface SampleInput {
  readonly rows: readonly NodeRow[]
  readonly references: ReferencesState
  /** Beats taken since the aggregator started. */
  readonly beats: number
  /** Alerts that stand now. */
  readonly alerts: number
  /** Why verdicts stand still, where they do. */
  readonly frozen: string | undefined
  /** Ms since 1970. */
  readonly now: number
  /** Ms that never jump. */
  readonly elapsed: number
}

/** Sums up the roster, a moment at a time. Pure: owns no timer. */
export class NetworkSampler {
  #top: { readonly height: bigint; readonly since: number } | undefined
  /** Beats counted at moments within the last few seconds, in ms that never jump; the eldest first. */
  readonly #counted: { readonly beats: number; readonly at: number }[] = []

  /** The network's state now; asked for once a second or so. */
  sample(input: SampleInput): NetworkState {
    const { rows, references, alerts, frozen, now } = input
    const there = rows.filter(({ status }) => isThere(status))
    const groups = groupsByHead(there)
    const top = references.networkHeight ?? topOf(there, groups)
    // Numbers alone: of 20,000 they are sorted three times as fast.
    const rtts = Float64Array.from(there.flatMap(({ rtt }) => rtt ?? [])).sort()
    return {
      at: now,
      nodes: countLiveness(rows),
      watched: countLiveness(rows.filter(({ watched }) => watched)),
      agreement: countAgreement(there),
      consensus: countConsensus(groups),
      ...(references.networkHeight !== undefined && {
        networkHeight: references.networkHeight.toString()
      }),
      ...this.#topSince(top, now),
      spread: top === undefined ? [] : spreadOf(there, top),
      beatsPerSecond: this.#rate(input),
      ...(rtts.length > 0 && { rtt: { p50: quantile(rtts, 0.5), p95: quantile(rtts, 0.95) } }),
      references: { ok: references.ok, all: references.all },
      alerts,
      ...(frozen !== undefined && { frozen })
    }
  }

  #topSince(top: bigint | undefined, now: number) {
    if (top === undefined) return {}
    if (this.#top?.height !== top) this.#top = { height: top, since: now }
    return { topHeight: top.toString(), topSince: this.#top.since }
  }

  #rate({ beats, elapsed }: SampleInput): number {
    this.#counted.push({ beats, at: elapsed })
    while (elapsed - (this.#counted[1]?.at ?? elapsed) >= BEAT_RATE_PERIOD) this.#counted.shift()
    const [first] = this.#counted
    if (first === undefined || first.at === elapsed) return 0
    return Math.round(((beats - first.beats) * 10_000) / (elapsed - first.at)) / 10
  }
}

function countLiveness(rows: readonly NodeRow[]): LivenessCounts {
  const counts: Record<Liveness, number> = { beating: 0, asleep: 0, overdue: 0, left: 0, down: 0 }
  for (const { status } of rows) counts[status] += 1
  return counts
}

/** How many of these are there. */
export function countThere(counts: LivenessCounts): number {
  return counts.beating + counts.asleep + counts.overdue
}

function countAgreement(there: readonly NodeRow[]) {
  const counts = { same: 0, differs: 0, unknown: 0 }
  for (const { agreement = 'unknown' } of there) counts[agreement] += 1
  return counts
}

interface HeadGroup {
  readonly height: bigint
  nodes: number
}

/** Nodes by the head that they told, and where they know heights alone by that. */
function groupsByHead(there: readonly NodeRow[]): HeadGroup[] {
  const groups = new Map<string, HeadGroup>()
  for (const { beats, head, height } of there) {
    if (beats === 0) continue
    const key = head.length > 0 ? headKey(head) : height
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { height: BigInt(height), nodes: 1 })
    else group.nodes += 1
  }
  return [...groups.values()].sort((a, b) => b.nodes - a.nodes || Number(b.height - a.height))
}

/** Texts of heads: at 20,000 nodes most are the same as a second ago, and to join them anew takes 30 ms. */
const headKeys = new WeakMap<readonly string[], string>()

function headKey(head: readonly string[]): string {
  const known = headKeys.get(head)
  if (known !== undefined) return known
  const key = tipsetKey(head)
  headKeys.set(head, key)
  return key
}

function countConsensus([largest, ...others]: readonly HeadGroup[]) {
  return {
    inConsensus: largest?.nodes ?? 0,
    inDispute: others.reduce((sum, { nodes }) => sum + nodes, 0)
  }
}

function topOf(there: readonly NodeRow[], [largest]: readonly HeadGroup[]): bigint | undefined {
  const watched = there.filter((row) => row.watched && row.beats > 0)
  if (watched.length === 0) return largest?.height
  return watched.reduce((top, { height }) => (BigInt(height) > top ? BigInt(height) : top), 0n)
}

function spreadOf(there: readonly NodeRow[], top: bigint): SpreadBin[] {
  const bins = SPREAD_BINS.map((from) => ({ from, nodes: 0 }))
  for (const { beats, height } of there) {
    const behind = Number(top - BigInt(height))
    const bin = bins.findLast(({ from }) => behind >= from) ?? bins[0]
    if (beats > 0 && bin !== undefined) bin.nodes += 1
  }
  return bins
}

/** The value below which this share of sorted values lies, rounded to whole ones. */
function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
}
