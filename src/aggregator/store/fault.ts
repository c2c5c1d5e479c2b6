import { StoreError } from '../../errors.ts'

/** What is wrong with a file, and what an operator can do about it. */
export interface Fault {
  readonly kind: 'full' | 'locked' | 'corrupt' | 'unwritable' | 'refused' | 'other'
  readonly problem: string
}

// Primary result codes of SQLite, https://sqlite.org/rescode.html
const KINDS: Readonly<Record<number | string, Fault['kind']>> = {
  5: 'locked',
  6: 'locked',
  11: 'corrupt',
  26: 'corrupt',
  13: 'full',
  ENOSPC: 'full',
  EDQUOT: 'full',
  3: 'unwritable',
  8: 'unwritable',
  14: 'unwritable',
  EACCES: 'unwritable',
  EPERM: 'unwritable',
  EROFS: 'unwritable',
  ENOTDIR: 'unwritable',
  EISDIR: 'unwritable',
  EEXIST: 'unwritable'
}

const PROBLEMS: Record<Exclude<Fault['kind'], 'refused'>, (file: string, why: string) => string> = {
  full: (file) =>
    `there is no room left for ${file}: make room on its disk, and it goes on by itself`,
  locked: (file) =>
    `${file} is locked by another program: end that program, and it goes on by itself`,
  corrupt: (file, why) => `${file} is damaged (${why})`,
  unwritable: (file, why) =>
    `${file} cannot be opened or written (${why}): check that its folder is there and may be written`,
  other: (file, why) => `${file} cannot be used (${why}): check its disk`
}

/** Tells what an error of SQLite, or of the file system, means. */
export function faultOf(error: unknown, file: string): Fault {
  if (error instanceof StoreError) return { kind: 'refused', problem: error.message }
  const kind = KINDS[codeOf(error)] ?? 'other'
  const why = error instanceof Error ? error.message : String(error)
  return { kind, problem: PROBLEMS[kind as keyof typeof PROBLEMS](file, why) }
}

/** Whether one record was refused for what it is; the file is well. */
export function isRecordAtFault(error: unknown): boolean {
  const { errcode } = (error ?? {}) as { errcode?: number }
  // What SQLite did not see at all, such as a height over 2^64−1; too big, constraint, mismatch.
  return errcode === undefined || [18, 19, 20].includes(errcode & 0xff)
}

function codeOf(error: unknown): number | string {
  const { errcode, code } = (error ?? {}) as { errcode?: number; code?: string }
  return errcode === undefined ? (code ?? '') : errcode & 0xff
}
