// A static server for the built files and the pages of the specs, under a reviewed wallet's policy.

import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
const FOLDERS = ['/dist/', '/demo/', '/e2e/pages/']
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.map': 'application/json'
}

// The policy `spec` is for specs that add a script by themselves. style-src 'none': the element's style
// sheets are adopted, and it has no inline style.
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'none'",
  'connect-src ws://127.0.0.1:* http://127.0.0.1:*',
  "require-trusted-types-for 'script'",
  'trusted-types lit-html spec'
].join('; ')

/** A page of the demo has a style sheet and an icon of its own. */
const DEMO_POLICY = `${POLICY.replace("style-src 'none'", "style-src 'self'")}; img-src 'self'`

// A wallet that keeps the network code in a frame: its own policy lets it connect to nothing at all.
const FRAMING_POLICY = POLICY.replace(/connect-src [^;]*/, "frame-src 'self'")

// What the frame's document says of itself is its policy; its host only sees to who embeds it, and how.
const FRAME_POLICY = "sandbox allow-scripts; frame-ancestors 'self'"

const POLICIES: Record<string, string> = {
  '/e2e/pages/framing.html': FRAMING_POLICY,
  '/dist/frame.html': FRAME_POLICY
}

function policyOf(path: string): string {
  return POLICIES[path] ?? (path.startsWith('/demo/') ? DEMO_POLICY : POLICY)
}

/** A running static server. */
export interface Site {
  readonly origin: string
  stop(): Promise<void>
}

/** Starts the server on a free port of loopback. */
export async function startSite(): Promise<Site> {
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://127.0.0.1').pathname)
    try {
      if (!FOLDERS.some((folder) => path.startsWith(folder))) throw new Error('not served')
      const body = await readFile(join(ROOT, path))
      response.writeHead(200, {
        'content-type': TYPES[extname(path)] ?? 'text/plain',
        'content-security-policy': policyOf(path)
      })
      response.end(body)
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}
