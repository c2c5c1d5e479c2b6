import { type Presence, presenceExpected } from './liveness.ts'
import type { NodeRow } from './row.ts'
import type { Sequence } from './sequence.ts'

/** What is known of a peer besides its row, while it has a stream or a row. */
export interface Member {
  streams: number
  malformed: number
  dropped: number
  sequence?: Sequence
  presence?: Presence
  /** Nothing of it was heard since the roster began: an open stream proves nothing yet. */
  isUnheard?: true
  /** When another program last used the same key, in ms that never jump. */
  duplicateAt?: number
}

/** A watched node that was not heard yet; `now`, when the roster begins, is in ms that never jump. */
export function memberExpected(row: NodeRow, now: number): Member {
  const { malformed, dropped, duplicateIdentity } = row
  return {
    streams: 0,
    malformed,
    dropped,
    presence: presenceExpected(row, now),
    isUnheard: true,
    ...(duplicateIdentity !== undefined && { duplicateAt: now })
  }
}
