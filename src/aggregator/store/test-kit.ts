// What the tests of this room share: stores in folders that go with the test, and records.

import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { TestContext } from 'node:test'
import type { Worker } from 'node:worker_threads'
import { temporaryFolder, until } from '../../net/test-kit.ts'
import type { Alert } from '../alert.ts'
import { rowFor } from '../examples.kit.test.ts'
import type { NetworkPoint, Range } from '../history.ts'
import type { NodeRow } from '../row.ts'
import { DiskStore } from './disk-store.ts'
import { type BeatRecord, openStore, type Store, type StoreInit } from './index.ts'
import { checkStoreInit } from './options.ts'
import { startWorker } from './worker-link.ts'

/** In ms. */
export const MINUTE = 60_000

/** A full hour, in ms since 1970. */
export const START = 1_790_000_000_000 - (1_790_000_000_000 % 3_600_000)

/** The hour from then on, in minutes. */
export const HOUR: Range = { from: START, to: START + 60 * MINUTE, step: MINUTE }

/** The same, beat by beat. */
export const BEATWISE: Range = { ...HOUR, step: 0 }

/** For questions that are not given up. */
export const { signal: PATIENT } = new AbortController()

/** Everything is kept however old, and written soon. */
const KEEP: Partial<StoreInit> = {
  retention: { beats: 1e13, rollups: 1e13 },
  limits: { writeDelay: 10, retryDelay: 20, maxRetryDelay: 50 }
}

/** A path in a folder that goes with the test. */
export async function temporaryFile(t: TestContext): Promise<string> {
  return join(await temporaryFolder(t), 'history.db')
}

/** Opens a store that is closed with the test. */
export function open(t: TestContext, file: string, init: Partial<StoreInit> = {}): Store {
  const store = openStore({ ...KEEP, ...init, file, limits: { ...KEEP.limits, ...init.limits } })
  t.after(() => store.close())
  return store
}

/** The same, with the threads that it starts. */
export function openWithThreads(t: TestContext, file: string): [Store, Worker[]] {
  const threads: Worker[] = []
  const store = new DiskStore(checkStoreInit({ ...KEEP, file }), (init) => {
    const thread = startWorker(init)
    threads.push(thread)
    return thread
  })
  t.after(() => store.close())
  return [store, threads]
}

/** Resolves once nothing waits to be written. */
export async function written(store: Store): Promise<void> {
  await until('everything to be written', () => store.status.queued === 0)
}

/** Opens the file beside the store, until the test ends. */
export function beside(t: TestContext, file: string): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: 2_000 })
  t.after(() => {
    if (db.isOpen) db.close()
  })
  return db
}

/** A beat at the start of the hour. */
export function beat(fields: Partial<BeatRecord> = {}): BeatRecord {
  return { kind: 'beat', peer: 'node', at: START, height: 1n, route: 'websocket', ...fields }
}

/** An alert that stands since then. */
export function alert(fields: Partial<Alert> = {}): Alert {
  const { subject = 'node', since = START } = fields
  const id = `node-down ${subject} ${since}`
  return { id, kind: 'node-down', subject, since, evidence: 'No beat for a minute.', ...fields }
}

/** The network's minute from then on. */
export function minute(fields: Partial<NetworkPoint> = {}): NetworkPoint {
  return {
    at: START,
    nodes: 3,
    down: 0,
    same: 2,
    differs: 0,
    unknown: 1,
    inConsensus: 2,
    inDispute: 0,
    beats: 10,
    spread: [{ from: 0, nodes: 3 }],
    ...fields
  }
}

/** The row of a watched node that was heard then. */
export function row(fields: Partial<NodeRow> = {}): NodeRow {
  return rowFor('node', {
    watched: true,
    nickname: 'mine',
    head: ['bafy'],
    height: '18446744073709551615',
    beats: 7,
    lastBeatAt: START,
    ...fields
  })
}
