import { readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { ASSET_MAX_AGE_SECONDS, MAX_DASHBOARD_FILE_BYTES } from '../../constants.ts'

/** A file of the dashboard, with what is said about it. */
export interface StaticFile {
  readonly body: Uint8Array<ArrayBuffer>
  readonly headers: Readonly<Record<string, string>>
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8'
}

/** What the dashboard may do in a browser: nothing but show itself and ask its own server. */
export const DASHBOARD_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "require-trusted-types-for 'script'",
  'trusted-types lit-html',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join('; ')

/**
 * Reads the built dashboard into memory: `index.html`, and the files of `assets`.
 *
 * @returns files by the path that they are asked for by; none where it has not been built
 */
export function readDashboard(folder: string | undefined): ReadonlyMap<string, StaticFile> {
  const files = new Map<string, StaticFile>()
  if (folder === undefined || !isFile(join(folder, 'index.html'))) return files
  files.set('/', read(join(folder, 'index.html'), 'no-cache'))
  const assets = join(folder, 'assets')
  for (const name of list(assets)) {
    const file = join(assets, name)
    if (isFile(file)) files.set(`/assets/${name}`, read(file, cacheOf(name)))
  }
  return files
}

function isFile(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats?.isFile() === true && stats.size <= MAX_DASHBOARD_FILE_BYTES
}

function list(folder: string): string[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) =>
    name.replaceAll('\\', '/')
  )
}

function read(path: string, cacheControl: string): StaticFile {
  const type = TYPES[extname(path)] ?? 'application/octet-stream'
  return {
    body: Uint8Array.from(readFileSync(path)),
    headers: {
      'content-type': type,
      'cache-control': cacheControl,
      'content-security-policy': DASHBOARD_POLICY
    }
  }
}

// Only a name with a hash in it never means anything else.
function cacheOf(name: string): string {
  const isHashed = /[-.][0-9A-Za-z]{8,}\.\w+(\.map)?$/.test(name)
  return isHashed ? `public, max-age=${ASSET_MAX_AGE_SECONDS}, immutable` : 'no-cache'
}
