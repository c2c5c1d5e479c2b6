// The store: what watched nodes sent, the network in figures, and alerts enter; they are on disk
// within a second, and leave as history. Visitors never come here. It never stops the live side:
// what it cannot write it counts and says.

import type { Clock } from '../../timing/index.ts'
import type { Alert } from '../alert.ts'
import type { NetworkHistory, NetworkPoint, NodeHistory, Range } from '../history.ts'
import type { Liveness } from '../liveness.ts'
import type { NodeRow } from '../row.ts'
import { DiskStore } from './disk-store.ts'
import { checkStoreInit, type StoreLimits } from './options.ts'

export type { StoreLimits } from './options.ts'

/** One beat of a watched node. */
export interface BeatRecord {
  readonly kind: 'beat'
  readonly peer: string
  /** Ms since 1970. */
  readonly at: number
  readonly height: bigint
  /** Epochs behind the references, where that is known. */
  readonly behind?: number
  /** In ms. */
  readonly rtt?: number
  readonly route: string
}

/** What is given to a store. */
export type StoreRecord =
  | BeatRecord
  /** The present row of a watched node; the last one is what a restart begins with. */
  | { readonly kind: 'row'; readonly row: NodeRow }
  | {
      readonly kind: 'status'
      readonly peer: string
      readonly at: number
      readonly status: Liveness
    }
  /** A minute of the network, once it is over. */
  | { readonly kind: 'network'; readonly point: NetworkPoint }
  /** An alert that was raised, or cleared. */
  | { readonly kind: 'alert'; readonly alert: Alert }

/** What a store remembers of the time before it was opened. */
export interface Remembered {
  /** The last rows of watched nodes. */
  readonly rows: readonly NodeRow[]
  /** Alerts that still stood. */
  readonly alerts: readonly Alert[]
}

/** How a store is. */
export interface StoreStatus {
  readonly state: 'open' | 'failing' | 'closed'
  /** What is wrong, and what can be done about it. */
  readonly problem?: string
  /** Since when it is so, in ms since 1970. */
  readonly since: number
  /** Records that wait to be written. */
  readonly queued: number
  /** Records that were left out since it was opened, since they could not be written in time. */
  readonly lost: number
  /** Bytes on disk, as it was last looked. */
  readonly bytes: number
}

/** What can be exported, as lines of JSON. */
export type ExportTopic = 'beats' | 'nodes' | 'network' | 'alerts'

/** How long what is kept, in ms. */
export interface Retention {
  /** Single beats of watched nodes. */
  readonly beats: number
  /** Their minutes and status changes, the network's minutes, and alerts that are over. */
  readonly rollups: number
}

/** Keeps history on disk. */
export interface Store {
  readonly status: StoreStatus
  /** Takes a record, to be on disk within a second. Never blocks, never throws. */
  write(record: StoreRecord): void
  /** What was there when it was opened. */
  remembered(): Promise<Remembered>
  /** @throws {StoreError} when it cannot be read now */
  nodeHistory(peer: string, range: Range, signal: AbortSignal): Promise<NodeHistory>
  /** @throws {StoreError} when it cannot be read now */
  networkHistory(range: Range, signal: AbortSignal): Promise<NetworkHistory>
  /**
   * The newest alerts first, standing or over.
   *
   * @throws {StoreError} when it cannot be read now
   */
  alerts(limit: number, offset: number, signal: AbortSignal): Promise<readonly Alert[]>
  /**
   * Everything of a topic in a range, in order of time, a few thousand lines of JSON (each with its
   * newline) at a time.
   *
   * @throws {StoreError} when it cannot be read now
   */
  export(topic: ExportTopic, range: Omit<Range, 'step'>, signal: AbortSignal): AsyncIterable<string>
  /** Writes what waits, and closes the file. May be called twice. */
  close(): Promise<void>
}

/** What a store is told. */
export interface StoreInit {
  /** Path of the file; it and its folder are made when they are not there. */
  readonly file: string
  /** @default single beats a week, all else 90 days */
  readonly retention?: Partial<Retention>
  /** Bounds other than the usual. */
  readonly limits?: Partial<StoreLimits>
  readonly clock?: Clock
}

/**
 * Opens a store in the background. What the disk does is told by its `status`, never thrown.
 *
 * @throws {OptionError} when an option is wrong
 */
export function openStore(init: StoreInit): Store {
  return new DiskStore(checkStoreInit(init))
}
