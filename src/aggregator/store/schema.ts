import type { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../../errors.ts'

/** Marks a file as one of ours: `FHB1`. */
const APPLICATION_ID = 0x46_48_42_31

/**
 * Each step leads from the version of its index to the next, and is never changed once released.
 * The id of a beat is its moment in ms times 4096, and its number within that ms: one index less.
 */
export const STEPS: readonly string[] = [
  `
  CREATE TABLE batches (session TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE nodes (id INTEGER PRIMARY KEY, peer TEXT NOT NULL UNIQUE);
  CREATE TABLE beats (
    id INTEGER PRIMARY KEY,
    node INTEGER NOT NULL,
    height BLOB NOT NULL,
    behind INTEGER,
    rtt INTEGER,
    route TEXT NOT NULL
  );
  CREATE INDEX beats_of_node ON beats (node, id);
  CREATE TABLE minutes (
    node INTEGER NOT NULL,
    minute INTEGER NOT NULL,
    beats INTEGER NOT NULL,
    height BLOB NOT NULL,
    behind INTEGER,
    rtts BLOB NOT NULL,
    PRIMARY KEY (node, minute)
  ) WITHOUT ROWID;
  CREATE TABLE statuses (
    node INTEGER NOT NULL,
    at INTEGER NOT NULL,
    status TEXT NOT NULL,
    PRIMARY KEY (node, at)
  ) WITHOUT ROWID;
  CREATE TABLE network (minute INTEGER PRIMARY KEY, height BLOB, point TEXT NOT NULL);
  CREATE INDEX network_heights ON network (minute, height);
  CREATE TABLE alerts (
    id TEXT PRIMARY KEY,
    subject TEXT NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER,
    alert TEXT NOT NULL
  );
  CREATE INDEX alerts_by_time ON alerts (since, id);
  CREATE INDEX alerts_of_subject ON alerts (subject, since);
  CREATE TABLE rows (node INTEGER PRIMARY KEY, at INTEGER NOT NULL, row TEXT NOT NULL);
  `
]

/**
 * Brings a file to the version that the steps lead to; each step is whole or not done.
 *
 * @throws {StoreError} when a newer version, or another program, wrote the file: it is left as it was
 */
export function migrate(db: DatabaseSync, file: string, steps = STEPS): void {
  const application = numberOf(db, 'application_id')
  if (application !== APPLICATION_ID && (application !== 0 || hasTables(db))) {
    throw new StoreError(`${file} is a database of another program: name another file`)
  }
  const version = numberOf(db, 'user_version')
  if (version > steps.length) {
    throw new StoreError(
      `${file} was written by a newer version of fil-heartbeat (its format is ${version}, this one knows ${steps.length}): run that version, or name another file`
    )
  }
  // Takes effect in an empty file alone: room can be given back to the disk without a copy.
  if (version === 0) db.exec('PRAGMA auto_vacuum = INCREMENTAL')
  db.exec('PRAGMA journal_mode = WAL')
  for (const [index, step] of steps.entries()) {
    if (index < version) continue
    db.exec(
      `BEGIN IMMEDIATE; ${step}; PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${index + 1}; COMMIT`
    )
  }
}

/** What a PRAGMA that tells one number tells. */
export function numberOf(db: DatabaseSync, pragma: string): number {
  return Number(Object.values(db.prepare(`PRAGMA ${pragma}`).get() ?? {})[0])
}

function hasTables(db: DatabaseSync): boolean {
  return db.prepare('SELECT 1 FROM sqlite_schema').get() !== undefined
}
