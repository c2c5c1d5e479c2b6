import type { Alert } from '../alert.ts'
import type { NetworkHistory, NodeHistory, Range } from '../history.ts'
import type { ExportTopic, Remembered, Retention, StoreRecord } from './index.ts'

/** What the worker is told at its start. */
export interface WorkerInit {
  readonly file: string
  /** Another program's lock is waited for so long, in ms. */
  readonly busyTimeout: number
  /** Pages that the file may have, besides what its disk has room for. */
  readonly maxPages?: number
}

/** Records that are written together. Numbers rise within a session; the same one is written once. */
export interface Batch {
  readonly session: string
  readonly number: number
  readonly records: readonly StoreRecord[]
}

/** How an export goes on. */
export type Cursor = readonly [number, string]

/** A part of an export, and where the next one begins; absent when there is none. */
export interface ExportChunk {
  readonly text: string
  readonly cursor?: Cursor
}

/** Deletes what is too old at `now`, in ms since 1970, or too much; one chunk of it. */
export interface Tidying {
  readonly now: number
  readonly retention: Retention
  readonly maxBytes: number
  readonly maxRecords: number
}

/** What the worker can be asked for, with what it answers. */
export interface Questions {
  remembered: { ask: Record<never, never>; answer: Remembered }
  write: { ask: Batch; answer: { readonly refused: number } }
  node: { ask: { readonly peer: string; readonly range: Range }; answer: NodeHistory }
  network: { ask: { readonly range: Range }; answer: NetworkHistory }
  alerts: { ask: { readonly limit: number; readonly offset: number }; answer: readonly Alert[] }
  export: {
    ask: {
      readonly topic: ExportTopic
      readonly range: Omit<Range, 'step'>
      readonly cursor?: Cursor
    }
    answer: ExportChunk
  }
  tidy: { ask: Tidying; answer: { readonly more: boolean } }
  close: { ask: Record<never, never>; answer: Record<never, never> }
}

/** Name of a question. */
export type Topic = keyof Questions

/** One question on its way to the worker. */
export interface Question<T extends Topic = Topic> {
  readonly topic: T
  readonly ask: Questions[T]['ask']
}

/** What goes to the worker. */
export interface Request {
  readonly id: number
  readonly question: Question
}

/** What comes back. */
export interface Reply {
  readonly id: number
  readonly answer?: unknown
  /** Why there is no answer. */
  readonly problem?: string
  /** A damaged file was moved aside, and where. */
  readonly notice?: string
  /** Bytes on disk. */
  readonly bytes: number
}
