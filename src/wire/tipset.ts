import { CID } from 'multiformats/cid'
import { MAX_CID_CHARACTERS, MAX_HEAD_CIDS } from '../constants.ts'
import { OptionError } from '../errors.ts'

/**
 * Sorts CIDs by their bytes and drops doubles, as go-filecoin's `NewTipSetKey` does. Each keeps
 * the text form that it came in.
 *
 * @throws {OptionError} when a text is no CID, or they are more than `MAX_HEAD_CIDS`
 */
export function sortCids(cids: readonly string[]): string[] {
  const sorted = sortedOrNothing(cids)
  if (sorted === undefined) {
    throw new OptionError('head', `"${cids.join(' ')}" is not at most ${MAX_HEAD_CIDS} CIDs`)
  }
  return sorted
}

/**
 * Writes a tipset as Go prints one: `{ cid1 cid2 }`, sorted by the CIDs' bytes, `{ }` when empty.
 *
 * @throws {OptionError} as `sortCids` does
 */
export function formatTipset(cids: readonly string[]): string {
  return ['{', ...sortCids(cids), '}'].join(' ')
}

/** Reads Go's text of a tipset; `undefined` when it is not exactly that. Sorts as `sortCids` does. */
export function parseTipset(text: string): string[] | undefined {
  const [open, ...cids] = text.split(' ')
  const close = cids.pop()
  return open === '{' && close === '}' ? sortedOrNothing(cids) : undefined
}

/** Whether a text is a CID of base 58, 32 or 36, no longer than `MAX_CID_CHARACTERS`. */
export function isCid(text: string): boolean {
  return cidKey(text) !== undefined
}

function sortedOrNothing(cids: readonly string[]): string[] | undefined {
  if (cids.length > MAX_HEAD_CIDS) return undefined
  const found = new Map<string, string>()
  for (const text of cids) {
    const key = cidKey(text)
    if (key === undefined) return undefined
    found.set(key, text)
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text)
}

/** The bytes as one character each: such strings compare, and find their doubles, as bytes do. */
function cidKey(text: string): string | undefined {
  // Reading base 58 takes time that grows with the square of the length.
  if (text.length > MAX_CID_CHARACTERS) return undefined
  try {
    return String.fromCharCode(...CID.parse(text).bytes)
  } catch {
    return undefined
  }
}
