// What Node runs: it draws the wallet, and serves the browser's files.

import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { renderToString } from 'react-dom/server'
import { Wallet, type WalletProps } from './wallet.tsx'

const { TARGET = '', RELAY = '', RPC = '', CONNECT = '', PORT = '8080' } = process.env
const FILES = join(import.meta.dirname, 'client')
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  `connect-src ${CONNECT}`,
  "require-trusted-types-for 'script'",
  'trusted-types lit-html'
].join('; ')

const server = createServer(async ({ url = '/' }, response) => {
  try {
    if (url === '/') {
      const headers = { 'content-type': 'text/html', 'content-security-policy': POLICY }
      response.writeHead(200, headers).end(draw({ target: TARGET, relay: RELAY, rpc: RPC }))
    } else {
      // The names of the browser's files are flat, or one folder deep.
      const [, name = ''] = /^\/((?:chunks\/)?[\w-]+\.js)$/.exec(url) ?? []
      const file = await readFile(join(FILES, name))
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(file)
    }
  } catch {
    response.writeHead(404).end()
  }
})

server.listen(Number(PORT), '127.0.0.1', () => {
  console.log(`Open http://127.0.0.1:${Object(server.address()).port}/`)
})

function draw(props: WalletProps): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>A wallet in React</title>
    <script type="module" src="/client.js"></script>
    <script type="application/json" id="props">${JSON.stringify(props).replaceAll('<', '\\u003c')}</script>
  </head>
  <body>
    <div id="root">${renderToString(<Wallet {...props} />)}</div>
  </body>
</html>`
}
