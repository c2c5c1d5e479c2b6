import { MAX_REFERENCE_DEPTH, SETTLED_EPOCHS } from '../constants.ts'
import type { Opinion, SettledTipset } from '../wire/index.ts'

/** What one reference says of the chain. */
export interface Witness {
  /** Epoch of its head. */
  readonly height: bigint
  /** Key of its tipset at a height; `undefined` while it is not known. */
  settledAt(height: bigint): string | undefined
}

/** The text by which tipsets are compared, of CIDs that are sorted, as those of beats are. */
export function tipsetKey(sorted: readonly string[]): string {
  return sorted.join(' ')
}

/**
 * The height of the network: the median, so that one of three witnesses that lags or lies moves
 * nothing. Of an even count it is the lower one: one of two that is too high calls nobody behind.
 */
export function networkHeight(live: readonly Witness[]): bigint | undefined {
  const heights = live.map(({ height }) => height).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  return heights[Math.floor((heights.length - 1) / 2)]
}

/**
 * Compares a settled tipset with what the witnesses have at its height: it is the `same` as theirs
 * when more of them have it than have any other one, and `differs` when more have another than
 * any else. Who does not know the height, or does not have it settled yet, is no witness to it.
 */
export function compare(live: readonly Witness[], settled: SettledTipset | undefined): Opinion {
  if (settled === undefined || settled.head.length === 0) return { agreement: 'unknown' }
  const [leading, count] = leadingKey(live, settled.height)
  if (leading === undefined) return { agreement: 'unknown' }
  const agreement = leading === tipsetKey(settled.head) ? 'same' : 'differs'
  return { agreement, at: settled.height, witnesses: count }
}

/** Witnesses that tell different tipsets of one height: who tells which. */
export interface Disagreement<W extends Witness> {
  readonly height: bigint
  /** More than one group, the largest first. */
  readonly groups: readonly (readonly W[])[]
}

/**
 * Compares witnesses with one another, at the highest settled height that two of them at least can
 * tell.
 *
 * @returns `undefined` while they tell the same, or cannot be compared
 */
export function disagreement<W extends Witness>(live: readonly W[]): Disagreement<W> | undefined {
  const [newest = 0n] = live.map(({ height }) => height).sort((a, b) => (a < b ? 1 : -1))
  for (let depth = SETTLED_EPOCHS - 1; depth <= MAX_REFERENCE_DEPTH; depth++) {
    const height = newest - BigInt(depth)
    const groups = new Map<string, W[]>()
    for (const witness of live) {
      const key = isSettled(height, witness.height) ? witness.settledAt(height) : undefined
      if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), witness])
    }
    const told = [...groups.values()]
    if (told.flat().length < 2) continue
    if (told.length < 2) return undefined
    return { height, groups: told.sort((a, b) => b.length - a.length) }
  }
  return undefined
}

/** Whether a height lies deep enough below a head to be compared. */
export function isSettled(height: bigint, head: bigint): boolean {
  return head - height >= BigInt(SETTLED_EPOCHS - 1)
}

/** The tipset that more witnesses have than have any other; none on a tie. */
function leadingKey(
  live: readonly Witness[],
  at: bigint
): [key: string | undefined, count: number] {
  const counts = new Map<string, number>()
  for (const witness of live) {
    const key = isSettled(at, witness.height) ? witness.settledAt(at) : undefined
    if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  let leading: string | undefined
  let most = 0
  for (const [key, count] of counts) {
    if (count < most) continue
    leading = count > most ? key : undefined
    most = count
  }
  return [leading, most]
}
