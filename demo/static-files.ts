import { readFile, realpath } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'

/** A file that may be served. */
export interface StaticFile {
  readonly type: string
  readonly body: Uint8Array<ArrayBuffer>
}

// What is not listed is not served: the demo's own TypeScript lies beside the page.
const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8'
}

/**
 * Reads a file of the project's page: `index.html`, or one below `dist/` or `demo/`.
 *
 * @param root the project's folder
 * @param path as it stands in the URL, percent-encoded
 * @returns undefined when there is none that may be served
 */
export async function readStaticFile(root: string, path: string): Promise<StaticFile | undefined> {
  const relative = readPath(path)
  const type = TYPES[extname(relative ?? '')]
  if (relative === undefined || type === undefined) return undefined
  try {
    // A link inside must not lead outside.
    const [base, file] = await Promise.all([realpath(root), realpath(join(root, relative))])
    const folder = join(base, relative.split('/')[0] ?? '')
    if (file !== folder && !file.startsWith(folder + sep)) return undefined
    return { type, body: await readFile(file) }
  } catch {
    return undefined
  }
}

function readPath(path: string): string | undefined {
  let text: string
  try {
    text = decodeURIComponent(path).slice(1)
  } catch {
    return undefined
  }
  if (text === '' || text === 'index.html') return 'index.html'
  const [folder, ...rest] = text.split('/')
  if (folder !== 'dist' && folder !== 'demo') return undefined
  // No '..', no hidden file, no empty part; and nothing that another system takes for a separator.
  const isPlain = rest.every((part) => /^[^.\\:\0][^\\:\0]*$/.test(part))
  return isPlain ? text : undefined
}
