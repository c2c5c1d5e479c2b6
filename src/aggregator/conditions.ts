import {
  BEHIND_EPOCHS,
  MAX_HALTED_PER_MINUTE,
  NOTHING_HEARD_PERIOD,
  STALLED_EPOCHS
} from '../constants.ts'
import { formatDuration } from '../timing/index.ts'
import type { Alert } from './alert.ts'
import { isThere } from './liveness.ts'
import type { ReferencesState } from './references.ts'
import type { NodeRow } from './row.ts'

/** Something that is wrong at this moment. */
export type Condition = Pick<Alert, 'kind' | 'subject' | 'nickname' | 'evidence'>

/** What is judged. */
export interface Scene {
  /** Rows of the watched nodes. */
  readonly watched: readonly NodeRow[]
  readonly references: ReferencesState
  /** Length of an epoch, in ms. */
  readonly epochPeriod: number
  /** When the last beat of any node was taken, or the aggregator started, in ms since 1970. */
  readonly lastBeatAt: number
  /** For how long it has listened since then, in ms that never jump, without what it stood still. */
  readonly silentFor: number
  /** Why the observer does not trust its own verdicts. */
  readonly frozen: string | undefined
  /** For how long the process stood still within the last minute, in ms. */
  readonly halted: number
}

/** Everything that is wrong in a scene. Pure; visitors never come into it. */
export function conditionsOf(scene: Scene): Condition[] {
  return [
    ...aboutObserver(scene),
    ...aboutReferences(scene),
    ...scene.watched.flatMap((row) => aboutNode(row, scene))
  ]
}

function aboutObserver({ watched, lastBeatAt, silentFor, frozen, halted }: Scene): Condition[] {
  const about = { subject: '' }
  const found: Condition[] = []
  if (frozen !== undefined) found.push({ ...about, kind: 'observer-unwell', evidence: frozen })
  else if (halted > MAX_HALTED_PER_MINUTE) {
    const evidence = `the aggregator stood still for ${formatDuration(halted)} of the last minute`
    found.push({ ...about, kind: 'observer-unwell', evidence })
  }
  // Nobody need beat where none is watched, unless many just fell silent.
  const isAnybodyExpected = watched.length > 0 || frozen !== undefined
  if (isAnybodyExpected && silentFor >= NOTHING_HEARD_PERIOD) {
    const evidence = `no beat of any node since ${moment(lastBeatAt)}`
    found.push({ ...about, kind: 'nothing-heard', evidence })
  }
  return found
}

function aboutReferences({ references }: Scene): Condition[] {
  const { ok, all, disagreement } = references
  const about = { subject: '' }
  if (disagreement !== undefined) {
    return [{ ...about, kind: 'references-disagree', evidence: disagreement }]
  }
  if (all === 0 || ok > 0) return []
  const evidence = `none of the ${all} references can be compared with`
  return [{ ...about, kind: 'references-lost', evidence }]
}

function aboutNode(row: NodeRow, scene: Scene): Condition[] {
  const { peer: subject, nickname } = row
  const about = { subject, ...(nickname !== '' && { nickname }) }
  const found: Condition[] = []
  const say = (kind: Condition['kind'], evidence: string): void => {
    found.push({ ...about, kind, evidence })
  }
  if (row.duplicateIdentity !== undefined) {
    say(
      'duplicate-identity',
      `two programs use its key since ${moment(row.duplicateIdentity.since)}`
    )
  }
  if (row.status === 'down') say('node-down', downEvidence(row))
  if (!isThere(row.status)) return found
  if (row.rejected === 'wrong-network') {
    say('node-on-other-chain', 'its beats name the genesis of another network')
  } else if (row.agreement === 'differs') {
    say(
      'node-on-other-chain',
      `at a settled height its tipset is not the references'; it is at ${row.height}`
    )
  } else sayLag(row, scene, say)
  return found
}

// By what its last beat told, and was answered: of a node that is silent nobody knows where it is,
// and what the network did meanwhile is not its lag.
function sayLag(
  { headAt, height, behindNetwork = 0, lastBeatAt }: NodeRow,
  { epochPeriod, references }: Scene,
  say: (kind: Condition['kind'], evidence: string) => void
): void {
  if (references.networkHeight === undefined || behindNetwork < BEHIND_EPOCHS) return
  if (headAt === undefined || lastBeatAt === undefined) return
  const network = BigInt(height) + BigInt(behindNetwork)
  const lag = `its head is ${height}, ${behindNetwork} epochs behind the network's ${network}`
  if (lastBeatAt - headAt >= STALLED_EPOCHS * epochPeriod) {
    say('node-stalled', `${lag}, and has not moved since ${moment(headAt)}`)
  } else say('node-behind', lag)
}

function downEvidence({ lastBeatAt, nextBy, height }: NodeRow): string {
  if (lastBeatAt === undefined) return 'it was never heard since the aggregator watches it'
  const due = nextBy === undefined ? '' : `, the next was due by ${moment(nextBy)}`
  return `its last beat, at height ${height}, came ${moment(lastBeatAt)}${due}`
}

function moment(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')
}
