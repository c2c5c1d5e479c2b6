import { MAX_FEED_ALERTS, MAX_FEED_CHANGES, MAX_WATCHED } from '../../constants.ts'
import type { Alert } from '../alert.ts'
import type { NetworkState } from '../network-state.ts'
import { type Change, ChangeLog } from './change-log.ts'

/** What can change; the row of a peer is looked up when it is told. */
export type FeedItem =
  | { readonly event: 'node'; readonly peer: string }
  | { readonly event: 'network'; readonly state: NetworkState }
  | { readonly event: 'alert'; readonly alert: Alert }

/** Every choice of nodes that a reader may want to be told of. */
export const FEED_NODES = ['all', 'watched', 'none'] as const

/** Which nodes a reader wants to be told of. */
export type FeedNodes = (typeof FEED_NODES)[number]

/** Of whom or what a change is: each has a log of its own, so that visitors drive out nothing else. */
export type FeedGroup = 'common' | 'watched' | 'visitors'

const GROUPS: Readonly<Record<FeedNodes, readonly FeedGroup[]>> = {
  all: ['common', 'watched', 'visitors'],
  watched: ['common', 'watched'],
  none: ['common']
}

/** What has changed lately, in one order over all groups. */
export class FeedChanges {
  readonly #logs: Readonly<Record<FeedGroup, ChangeLog<FeedItem>>>
  #sequence = 0
  #visible = 0

  /** @param maxVisitors visitors that are remembered to have changed */
  constructor(maxVisitors = MAX_FEED_CHANGES) {
    this.#logs = {
      common: new ChangeLog(MAX_FEED_ALERTS),
      watched: new ChangeLog(MAX_WATCHED),
      visitors: new ChangeLog(maxVisitors)
    }
  }

  /** The last change that readers may be told. */
  get visible(): number {
    return this.#visible
  }

  add(group: FeedGroup, key: string, what: FeedItem): void {
    this.#sequence += 1
    this.#logs[group].add({ sequence: this.#sequence, key, what })
  }

  /** Lets readers see all that has changed until now. */
  publish(): void {
    this.#visible = this.#sequence
  }

  /** Whether a reader of these nodes who knows all up to `sequence` can be told the rest. */
  knowsSince(sequence: number, nodes: FeedNodes): boolean {
    if (sequence > this.#sequence) return false
    return GROUPS[nodes].every((group) => this.#logs[group].knowsSince(sequence))
  }

  /** The first visible change after `sequence` for a reader of these nodes. */
  next(sequence: number, nodes: FeedNodes): Change<FeedItem> | undefined {
    let first: Change<FeedItem> | undefined
    for (const group of GROUPS[nodes]) {
      const change = this.#logs[group].next(sequence, first?.sequence ?? this.#visible)
      if (change !== undefined) first = change
    }
    return first
  }
}

/** Whether a change of a group concerns a reader of these nodes. */
export function concerns(group: FeedGroup, nodes: FeedNodes): boolean {
  return GROUPS[nodes].includes(group)
}
