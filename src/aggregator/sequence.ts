import { MAX_LATE_BEATS, MAX_SUPERSEDED_SESSIONS } from '../constants.ts'

/**
 * What a beat is among those of its peer: the newest; one that others have overtaken; one that came
 * already; one too old to say which; or one of a session that another has superseded.
 */
export type Standing = 'new' | 'late' | 'double' | 'replayed' | 'superseded'

/**
 * Knows the beats of one peer apart by `Session` and `Seq`, over all its streams. Holds at most
 * `MAX_LATE_BEATS` numbers and `MAX_SUPERSEDED_SESSIONS` sessions.
 */
export class Sequence {
  #session: Uint8Array | undefined
  #highest = 0
  /** Numbers below the highest that have not come and still may. Mostly empty. */
  #missing: number[] = []
  /** Sessions before the present one, as text; the one superseded last is the last. */
  readonly #superseded: string[] = []

  /** Says what a beat is, and remembers it. */
  take(session: Uint8Array, seq: number): Standing {
    if (!isSameSession(this.#session, session)) {
      if (this.#superseded.includes(textOf(session))) return 'superseded'
      this.#supersede(session)
    }
    if (seq > this.#highest) {
      this.#advance(seq)
      return 'new'
    }
    if (this.#highest - seq >= MAX_LATE_BEATS) return 'replayed'
    const index = this.#missing.indexOf(seq)
    if (index === -1) return 'double'
    this.#missing.splice(index, 1)
    return 'late'
  }

  #supersede(session: Uint8Array): void {
    if (this.#session !== undefined) {
      this.#superseded.push(textOf(this.#session))
      if (this.#superseded.length > MAX_SUPERSEDED_SESSIONS) this.#superseded.shift()
    }
    // A copy, since a part of a message would keep the whole of it.
    this.#session = session.slice()
    this.#highest = 0
    this.#missing = []
  }

  #advance(seq: number): void {
    const eldest = seq - MAX_LATE_BEATS + 1
    if (this.#missing.length > 0) this.#missing = this.#missing.filter((each) => each >= eldest)
    const first = Math.max(this.#highest + 1, eldest)
    for (let each = first; each < seq; each++) this.#missing.push(each)
    this.#highest = seq
  }
}

/** Whether two beats are of one session; those of version 1 have none. */
export function isSameSession(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  if (one === undefined || other === undefined) return one === other
  return one.length === other.length && one.every((byte, index) => byte === other[index])
}

function textOf(session: Uint8Array): string {
  return String.fromCharCode(...session)
}
