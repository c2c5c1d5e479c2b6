import { MAX_UNANSWERED_BEATS, SESSION_BYTES } from '../constants.ts'
import type { Beat } from '../wire/index.ts'
import type { BeatContent } from './beat-source.ts'

/** What a beat says of the moment that it leaves in. */
type Moment = Pick<Beat, 'next' | 'page' | 'rtt'>

/**
 * Numbers beats, and names the session that they are of. The numbers go on in a new session, so
 * that each answer tells of which session its beat was.
 */
export class Session {
  #name = newName()
  #seq = 0
  /** Number of the last beat before this session. */
  #before = 0
  /** Beats that may still be answered, the eldest first. */
  readonly #sent = new Map<number, Beat>()

  /** A beat under the next number, which is taken once the beat has left. */
  compose(content: BeatContent, moment: Moment): Beat {
    return { ...content, ...moment, seq: this.#seq + 1, session: this.#name }
  }

  /** Takes note of a beat that has left. */
  record(beat: Beat): void {
    this.#seq = beat.seq
    this.#sent.set(beat.seq, beat)
    this.#sent.delete(beat.seq - MAX_UNANSWERED_BEATS)
  }

  /** The beat of that number, unless too many have left since. */
  find(seq: number): Beat | undefined {
    return this.#sent.get(seq)
  }

  /** Whether the beat of that number was of an earlier session. */
  isOver(seq: number): boolean {
    return seq <= this.#before
  }

  /** Begins another session. */
  renew(): void {
    this.#name = newName()
    this.#before = this.#seq
  }
}

function newName(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(SESSION_BYTES))
}
