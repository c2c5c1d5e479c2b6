import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { MINUTE } from '../../constants.ts'
import type { NetworkPoint } from '../history.ts'
import { isRecordAtFault } from './fault.ts'
import { heightOf, heightToBytes } from './height.ts'
import type { BeatRecord, StoreRecord } from './index.ts'
import type { Batch } from './message.ts'
import { gather } from './network-point.ts'
import { packRtts, Rollup, storedRtt, unpackRtts } from './rollup.ts'

/** Ids of beats within one ms. */
export const IDS_PER_MS = 4096

interface Minute {
  readonly node: number
  readonly minute: number
  readonly rollup: Rollup
}

type Column = null | number | bigint | string | Uint8Array

/** Writes batches, each wholly or not at all, and none twice. */
export class Writer {
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  readonly #nodes = new Map<string, number>()
  #minutes = new Map<string, Minute>()

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  /**
   * Writes a batch, unless it is there already.
   *
   * @returns how many of its records could not be taken for what they are
   * @throws what SQLite throws; nothing is written then
   */
  write({ session, number, records }: Batch): number {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      const refused = this.#isWritten(session, number) ? 0 : this.#writeAll(records)
      this.#run('INSERT OR REPLACE INTO batches VALUES (?, ?)', session, number)
      this.#db.exec('COMMIT')
      return refused
    } catch (error) {
      // Ids that were given in it are gone with it.
      this.#nodes.clear()
      this.#rollBack()
      throw error
    } finally {
      this.#minutes = new Map()
    }
  }

  #rollBack(): void {
    try {
      this.#db.exec('ROLLBACK')
    } catch {
      // SQLite did so itself, as it does when a disk is full, or it never began.
    }
  }

  /** An answer may have been lost with the thread that was to give it. */
  #isWritten(session: string, number: number): boolean {
    const last = this.#get('SELECT number FROM batches WHERE session = ?', session)
    if (last === undefined) this.#run('DELETE FROM batches')
    return last !== undefined && Number(last.number) >= number
  }

  #writeAll(records: readonly StoreRecord[]): number {
    let refused = 0
    for (const record of records) {
      try {
        this.#writeOne(record)
      } catch (error) {
        if (!isRecordAtFault(error)) throw error
        refused++
      }
    }
    for (const minute of this.#minutes.values()) this.#writeMinute(minute)
    return refused
  }

  #writeOne(record: StoreRecord): void {
    switch (record.kind) {
      case 'beat':
        return this.#writeBeat(record)
      case 'row': {
        const { peer, lastBeatAt } = record.row
        const columns = [this.#node(peer), lastBeatAt ?? 0, JSON.stringify(record.row)]
        return this.#run('INSERT OR REPLACE INTO rows VALUES (?, ?, ?)', ...columns)
      }
      case 'status': {
        const columns = [this.#node(record.peer), Math.floor(record.at), record.status]
        return this.#run('INSERT OR REPLACE INTO statuses VALUES (?, ?, ?)', ...columns)
      }
      case 'network':
        return this.#writeNetwork(record.point)
      case 'alert': {
        const { id, subject, since, until = null } = record.alert
        const columns = [id, subject, since, until, JSON.stringify(record.alert)]
        return this.#run('INSERT OR REPLACE INTO alerts VALUES (?, ?, ?, ?, ?)', ...columns)
      }
    }
  }

  /** A minute in which the aggregator was started again comes in parts. */
  #writeNetwork(part: NetworkPoint): void {
    const minute = Math.floor(part.at / MINUTE)
    const stored = this.#get('SELECT point FROM network WHERE minute = ?', minute)?.point
    const point = stored === undefined ? part : gather(part.at, [JSON.parse(String(stored)), part])
    const { networkHeight } = point
    const height = networkHeight === undefined ? null : heightToBytes(BigInt(networkHeight))
    const columns = [minute, height, JSON.stringify(point)]
    this.#run('INSERT OR REPLACE INTO network VALUES (?, ?, ?)', ...columns)
  }

  #writeBeat({ peer, at, height, behind, rtt, route }: BeatRecord): void {
    const bytes = heightToBytes(height)
    const node = this.#node(peer)
    // Beyond that a number is no longer exact; who is so far behind is far behind.
    const epochs = behind === undefined ? undefined : Math.min(behind, Number.MAX_SAFE_INTEGER)
    const trip = storedRtt(rtt)
    const first = Math.floor(at) * IDS_PER_MS
    this.#run(
      `INSERT INTO beats VALUES (
        coalesce((SELECT max(id) + 1 FROM beats WHERE id BETWEEN ?1 AND ?1 + ${IDS_PER_MS - 1}), ?1),
        ?2, ?3, ?4, ?5, ?6)`,
      ...[first, node, bytes, epochs ?? null, trip ?? null, route]
    )
    this.#minuteOf(node, Math.floor(at / MINUTE)).rollup.take({
      beats: 1,
      height,
      behind: epochs,
      rtts: trip === undefined ? [] : [trip]
    })
  }

  #minuteOf(node: number, minute: number): Minute {
    const key = `${node} ${minute}`
    let known = this.#minutes.get(key)
    if (known === undefined) {
      known = { node, minute, rollup: this.#storedMinute(node, minute) }
      this.#minutes.set(key, known)
    }
    return known
  }

  #storedMinute(node: number, minute: number): Rollup {
    const rollup = new Rollup()
    const stored = this.#get('SELECT * FROM minutes WHERE node = ? AND minute = ?', node, minute)
    if (stored !== undefined) rollup.take(gatheredOf(stored))
    return rollup
  }

  #writeMinute({ node, minute, rollup }: Minute): void {
    const { beats, height, behind, rtts } = rollup
    const columns = [beats, heightToBytes(height), behind ?? null, packRtts(rtts)]
    this.#run('INSERT OR REPLACE INTO minutes VALUES (?, ?, ?, ?, ?, ?)', node, minute, ...columns)
  }

  #node(peer: string): number {
    const known = this.#nodes.get(peer)
    if (known !== undefined) return known
    this.#run('INSERT OR IGNORE INTO nodes (peer) VALUES (?)', peer)
    const id = Number(this.#get('SELECT id FROM nodes WHERE peer = ?', peer)?.id)
    this.#nodes.set(peer, id)
    return id
  }

  #run(sql: string, ...columns: Column[]): void {
    this.#statement(sql).run(...columns)
  }

  #get(sql: string, ...columns: Column[]): Record<string, unknown> | undefined {
    return this.#statement(sql).get(...columns)
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      statement = this.#db.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }
}

/** A row of `minutes`, read. */
export function gatheredOf({ beats, height, behind, rtts }: Record<string, unknown>) {
  return {
    beats: Number(beats),
    height: heightOf(height as Uint8Array),
    behind: behind === null ? undefined : Number(behind),
    rtts: unpackRtts(rtts as Uint8Array)
  }
}
