import { MAX_REMEMBERED_TIPSETS } from '../constants.ts'
import { HeadError } from '../errors.ts'
import type { Head } from './index.ts'
import { parseTipset } from './lotus.ts'

/** One step of a chain as Lotus tells it: where it is, a tipset more, a tipset less. */
export interface HeadChange {
  readonly type: 'current' | 'apply' | 'revert'
  readonly tipset: Head
}

/**
 * Parses the value of a head notification, `[{ Type, Val }]`.
 *
 * @throws {HeadError} when it has another shape
 */
export function parseChanges(value: unknown, source: string): HeadChange[] {
  if (!Array.isArray(value)) throw new HeadError(source, 'the notification is not an array')
  return value.map((change: unknown) => {
    const { Type: type, Val } = (change ?? {}) as Record<string, unknown>
    if (type !== 'current' && type !== 'apply' && type !== 'revert') {
      throw new HeadError(source, 'the notification holds an unknown change')
    }
    return { type, tipset: parseTipset(Val, source) }
  })
}

/** The tip of a chain, deep enough that reverts can be followed back to what was before them. */
export class Segment {
  #tipsets: Head[] = []

  /** The head, unless a revert went deeper than what is remembered. */
  get head(): Head | undefined {
    return this.#tipsets.at(-1)
  }

  /** Starts anew from a head whose ancestors are not known. */
  reset(head: Head): void {
    this.#tipsets = [head]
  }

  /** Follows changes in their order. */
  follow(changes: readonly HeadChange[]): void {
    for (const { type, tipset } of changes) {
      if (type === 'current') this.reset(tipset)
      else if (type === 'apply') this.#apply(tipset)
      else this.#revert(tipset)
    }
  }

  #apply(tipset: Head): void {
    if (this.head && sameTipset(this.head, tipset)) return
    this.#tipsets.push(tipset)
    if (this.#tipsets.length > MAX_REMEMBERED_TIPSETS) this.#tipsets.shift()
  }

  #revert(tipset: Head): void {
    // A revert of anything but the head means that changes were missed: nothing is known then.
    if (this.head && sameTipset(this.head, tipset)) this.#tipsets.pop()
    else this.#tipsets = []
  }
}

function sameTipset(a: Head, b: Head): boolean {
  return a.height === b.height && a.cids.join() === b.cids.join()
}
