import { closeSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { STORE_JOURNAL_BYTES } from '../../constants.ts'
import { StoreError } from '../../errors.ts'
import { faultOf } from './fault.ts'
import type { WorkerInit } from './message.ts'
import { migrate } from './schema.ts'
import { Writer } from './writer.ts'

const COMPANIONS = ['', '-wal', '-shm']

/** An open file. */
export interface Connection {
  readonly db: DatabaseSync
  readonly writer: Writer
}

/** One file of history: opened when it is needed, and anew after it failed. */
export class Database {
  readonly #init: WorkerInit
  #open: Connection | undefined
  #notice: string | undefined

  constructor(init: WorkerInit) {
    this.#init = init
  }

  /** Where a damaged file was moved to, if one was. */
  get notice(): string | undefined {
    return this.#notice
  }

  /** Bytes on disk, the log included. */
  get bytes(): number {
    return COMPANIONS.reduce((sum, end) => sum + sizeOf(this.#init.file + end), 0)
  }

  /**
   * Does one piece of work. A damaged file is moved aside, and the work done with a fresh one.
   *
   * @throws {StoreError} saying what is wrong, and what can be done about it
   */
  use<T>(work: (connection: Connection) => T, now: number): T {
    try {
      return this.#attempt(work)
    } catch (error) {
      const { kind, problem } = faultOf(error, this.#init.file)
      // What is locked or full mends by itself; all else is looked at anew from the start.
      if (kind !== 'locked' && kind !== 'full' && this.#open !== undefined) this.close()
      if (kind !== 'corrupt') throw new StoreError(problem, { cause: error })
      this.#moveAside(problem, now)
    }
    try {
      return this.#attempt(work)
    } catch (error) {
      throw new StoreError(faultOf(error, this.#init.file).problem, { cause: error })
    }
  }

  /** Closes the file, if it is open. Never throws. */
  close(): void {
    try {
      this.#open?.db.close()
    } catch {
      // What was written is in the log, and a damaged file has nothing to be kept open for.
    }
    this.#open = undefined
  }

  #attempt<T>(work: (connection: Connection) => T): T {
    this.#open ??= this.#connect()
    return work(this.#open)
  }

  #connect(): Connection {
    const { file, busyTimeout, maxPages } = this.#init
    mkdirSync(dirname(file), { recursive: true })
    makePrivate(file)
    const db = new DatabaseSync(file)
    try {
      db.exec(`PRAGMA busy_timeout = ${busyTimeout}`)
      migrate(db, file)
      db.exec('PRAGMA synchronous = NORMAL')
      db.exec(`PRAGMA journal_size_limit = ${STORE_JOURNAL_BYTES}`)
      if (maxPages !== undefined) db.exec(`PRAGMA max_page_count = ${maxPages}`)
      return { db, writer: new Writer(db) }
    } catch (error) {
      db.close()
      throw error
    }
  }

  #moveAside(problem: string, now: number): void {
    const { file } = this.#init
    const aside = `${file}.corrupt-${now}`
    try {
      for (const end of COMPANIONS) {
        if (sizeOf(file + end) > 0) renameSync(file + end, aside + end)
      }
    } catch (error) {
      throw new StoreError(`${problem}, and cannot be moved aside: move it yourself`, {
        cause: error
      })
    }
    this.#notice = `${problem}: it was moved to ${aside}, and a new one begun`
  }
}

/** Makes an empty file for its owner alone; what SQLite lays beside it gets the same rights. */
function makePrivate(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600))
  } catch {
    // It is there already, or cannot be made, of which SQLite tells.
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
