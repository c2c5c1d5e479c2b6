import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type DemoConfig, type Site, type Switch, startStaticServer } from './static-server.ts'

const CONFIG: DemoConfig = {
  relay: '/ip4/127.0.0.1/tcp/4001/ws/p2p/relay',
  target: '/p2p/aggregator',
  direct: '/ip4/127.0.0.1/tcp/4002/ws/p2p/aggregator',
  rpc: { http: 'http://127.0.0.1:4004/rpc/v1', ws: 'ws://127.0.0.1:4004/rpc/v1' },
  chain: { genesis: 'bafy2bza', genesisTimestamp: 1, epochPeriod: 4_000 },
  feed: 'http://127.0.0.1:4003/feed',
  api: 'http://127.0.0.1:4003/api',
  dashboard: 'http://127.0.0.1:4003/',
  control: 'http://127.0.0.1:4004/control'
}

const FILES = {
  'index.html': '<!doctype html><title>wallet</title>',
  'dist/define.js': 'export {}',
  'dist/define.js.map': '{}',
  'dist/deep/style.css': 'a {}',
  'dist/.hidden.js': 'hidden',
  'demo/wallet.css': 'b {}',
  'demo/icon.svg': '<svg/>',
  'demo/start.ts': 'secret',
  'package.json': '{}',
  'src/index.js': 'secret',
  '.data/relay.key': 'secret'
}

class FakeSwitch implements Switch {
  running = true
  async turn(running: boolean): Promise<boolean> {
    this.running = running
    return running
  }
}

async function setUp(t: TestContext) {
  const root = await mkdtemp(join(tmpdir(), 'demo-'))
  t.after(() => rm(root, { recursive: true }))
  for (const [name, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(root, name)), { recursive: true })
    await writeFile(join(root, name), text)
  }
  await symlink('/etc', join(root, 'dist/etc'))
  await symlink(join(root, 'package.json'), join(root, 'dist/package.json'))
  const server = await startStaticServer(root, 0)
  t.after(server.stop)
  const switches = { relay: new FakeSwitch(), aggregator: new FakeSwitch() }
  const site: Site = { config: CONFIG, connect: ['ws://127.0.0.1:4001'], switches }
  const open = (): void => server.open(site)
  const get = (path: string): Promise<Response> => fetch(new URL(path, server.url))
  const post = (path: string, body: unknown, headers: Record<string, string>) =>
    fetch(new URL(path, server.url), { method: 'POST', body: JSON.stringify(body), headers })
  return { server, switches, open, get, post }
}

/** Sends a path as it is: `fetch` would tidy it first. */
async function getRaw(url: string, path: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  await once(socket, 'connect')
  socket.write(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n`)
  let text = ''
  for await (const chunk of socket) text += chunk
  return text
}

test('serves the page and what it loads, with the right types', async (t) => {
  const { open, get } = await setUp(t)
  open()
  const wanted = [
    ['/', 'text/html', FILES['index.html']],
    ['/index.html?x=1', 'text/html', FILES['index.html']],
    ['/dist/define.js', 'text/javascript', FILES['dist/define.js']],
    ['/dist/define.js.map', 'application/json', '{}'],
    ['/dist/deep/style.css', 'text/css', 'a {}'],
    ['/demo/wallet.css', 'text/css', 'b {}'],
    ['/demo/icon.svg', 'image/svg+xml', '<svg/>']
  ] as const
  for (const [path, type, text] of wanted) {
    const response = await get(path)
    assert.equal(response.status, 200, path)
    assert.equal(response.headers.get('content-type'), `${type}; charset=utf-8`.trim())
    assert.equal(response.headers.get('cache-control'), 'no-cache')
    assert.equal(await response.text(), text)
  }
})

test('serves nothing else, by whatever path', async (t) => {
  const { server, open } = await setUp(t)
  open()
  const paths = [
    '/package.json',
    '/src/index.js',
    '/demo/start.ts',
    '/demo',
    '/dist/',
    '/dist/none.js',
    '/dist/.hidden.js',
    '/.data/relay.key',
    '/../package.json',
    '/dist/../package.json',
    '/dist/../../../../etc/passwd',
    '/dist/%2e%2e/package.json',
    '/dist/..%2fpackage.json',
    '/dist/..%5cpackage.json',
    '/dist/%252e%252e/package.json',
    '/dist//../package.json',
    '//etc/passwd',
    '/dist/etc/ssl/openssl.json',
    '/dist/package.json',
    '/dist/a%00.js',
    '/dist/%ff.js'
  ]
  for (const path of paths) {
    assert.match(await getRaw(server.url, path), /^HTTP\/1\.1 404 /, path)
  }
})

test('gives every answer the policy of a reviewed wallet', async (t) => {
  const { open, get } = await setUp(t)
  open()
  for (const path of ['/', '/dist/define.js', '/none']) {
    const { headers } = await get(path)
    assert.equal(
      headers.get('content-security-policy'),
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
        "connect-src 'self' ws://127.0.0.1:4001; require-trusted-types-for 'script'; " +
        "trusted-types lit-html; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
  }
})

test('tells the page where everything is, once there is something to tell', async (t) => {
  const { open, get } = await setUp(t)
  const early = await get('/demo/config.json')
  assert.deepEqual([early.status, early.headers.get('retry-after')], [503, '1'])
  open()
  assert.deepEqual(await (await get('/demo/config.json')).json(), CONFIG)
})

test('lets its own page switch the services, by either name of this machine', async (t) => {
  const { server, switches, open, get, post } = await setUp(t)
  open()
  for (const origin of server.origins) {
    for (const running of [false, true]) {
      const headers = { origin, 'sec-fetch-site': 'same-origin' }
      const answer = await post('/demo/relay', { running }, headers)
      assert.deepEqual(await answer.json(), { running })
      assert.deepEqual(await (await get('/demo/relay')).json(), { running })
    }
  }
  await post('/demo/aggregator', { running: false }, {})
  assert.deepEqual([switches.relay.running, switches.aggregator.running], [true, false])
})

test('lets no other page switch anything', async (t) => {
  const { server, switches, open, post } = await setUp(t)
  open()
  const [origin = ''] = server.origins
  const others: Array<Record<string, string>> = [
    { origin: 'https://other.example' },
    { origin: 'http://127.0.0.1:1' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin, 'sec-fetch-site': 'cross-site' }
  ]
  for (const headers of others) {
    assert.equal((await post('/demo/relay', { running: false }, headers)).status, 403)
  }
  assert.equal(switches.relay.running, true)
})

test('refuses what is no order, and says why a service does not start', async (t) => {
  const { switches, open, post } = await setUp(t)
  open()
  for (const body of [{}, { running: 1 }, null, []]) {
    assert.equal((await post('/demo/relay', body, {})).status, 400)
  }
  switches.relay.turn = () => Promise.reject(new Error('the port is taken'))
  const failed = await post('/demo/relay', { running: true }, {})
  assert.deepEqual([failed.status, await failed.json()], [500, { error: 'the port is taken' }])
})
