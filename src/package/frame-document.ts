import { createHash } from 'node:crypto'

const SCRIPT = '<script src="frame.js"></script>'
const SOURCE = "script-src 'self'"

/**
 * Puts the frame's script into its document, whose policy then lets that very text run and no other.
 * As a file beside it, it would be let in by `'self'`, which in WebKit matches nothing where the
 * origin is opaque.
 *
 * @throws {Error} where the script would end its own element, or the document asks for no script, or
 *   its policy names no `'self'` that the hash could stand for
 */
export function frameDocument(document: string, script: string): string {
  const end = /<\/script|<!--/i.exec(script)
  if (end !== null) throw new Error(`the frame's script cannot stand in a document: ${end[0]}`)
  const hash = createHash('sha256').update(script).digest('base64')
  for (const part of [SCRIPT, SOURCE]) {
    if (!document.includes(part)) throw new Error(`the frame's document has no ${part}`)
  }
  return document
    .replace(SOURCE, `script-src 'sha256-${hash}'`)
    .replace(SCRIPT, () => `<script>${script}</script>`)
}
