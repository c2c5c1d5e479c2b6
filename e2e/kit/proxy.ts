// Caddy and nginx as operators run them: by the recipes themselves, in which only names, ports and
// the certificate are others.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keptPort } from './kept-port.ts'

const RECIPES = join(import.meta.dirname, '../../src/aggregator/deploy')

/** The relay's name lies below the aggregator's, as the discovery document wants it. */
export const RELAY_NAME = 'relay.heartbeat.example'
export const AGGREGATOR_NAME = 'heartbeat.example'

/** A program that can stand in front. */
export type ProxyKind = 'caddy' | 'nginx'

/** Ports of loopback. */
export interface Upstreams {
  readonly relay: number
  readonly aggregator: number
  readonly http: number
}

/** A certificate for both names. */
export interface Certificate {
  readonly certificate: string
  readonly key: string
}

/** Whether a program is there to be run. */
export function isInstalled(program: string, flag: string): boolean {
  return spawnSync(program, [flag]).error === undefined
}

/** Makes a certificate that vouches for itself. */
export async function makeCertificate(folder: string): Promise<Certificate> {
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')]
  const { status, stderr } = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-days', '2', '-subj', `/CN=${AGGREGATOR_NAME}`, '-keyout', key, '-out', certificate],
    ...['-addext', `subjectAltName=DNS:${AGGREGATOR_NAME},DNS:${RELAY_NAME}`]
  ])
  assert.equal(status, 0, String(stderr))
  return { certificate, key }
}

/** A running proxy. */
export class FrontProxy implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #folder: string
  /** Of loopback; both names are served there. */
  readonly port: number

  private constructor(child: ChildProcess, folder: string, port: number) {
    this.#child = child
    this.#folder = folder
    this.port = port
    // It would outlive whoever does not dispose of it.
    process.once('exit', () => child.kill())
  }

  /** Starts one, and resolves when it takes connections. */
  static async start(kind: ProxyKind, upstreams: Upstreams, tls: Certificate): Promise<FrontProxy> {
    const folder = await mkdtemp(join(tmpdir(), `fil-heartbeat-${kind}-`))
    const port = await keptPort()
    const child = await STARTERS[kind]({ folder, port, upstreams, tls })
    const proxy = new FrontProxy(child, folder, port)
    try {
      await accepting(child, port)
    } catch (error) {
      await proxy[Symbol.asyncDispose]()
      throw error
    }
    return proxy
  }

  /** Where a name is served, without a final slash. */
  get url(): string {
    return `https://${AGGREGATOR_NAME}:${this.port}`
  }

  /** Multiaddr of a name's WebSocket, without a peer id. */
  addressOf(name: string): string {
    return `/dns4/${name}/tcp/${this.port}/wss`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, 'exit')
      this.#child.kill('SIGTERM')
      await ended
    }
    await rm(this.#folder, { recursive: true })
  }
}

interface Order {
  readonly folder: string
  readonly port: number
  readonly upstreams: Upstreams
  readonly tls: Certificate
}

const STARTERS: Record<ProxyKind, (order: Order) => Promise<ChildProcess>> = {
  caddy: async ({ folder, port, upstreams, tls }) => {
    const recipe = await readFile(join(RECIPES, 'caddy/Caddyfile'), 'utf8')
    const file = join(folder, 'Caddyfile')
    const text = replaceEach(recipe, [
      [/^\{$/m, '{\n\tadmin off\n\tauto_https disable_redirects'],
      [/^\{\$(RELAY|AGGREGATOR)_NAME\S+ \{$/gm, `$&\n\ttls ${tls.certificate} ${tls.key}`]
    ])
    await writeFile(file, text)
    const env = {
      ...process.env,
      XDG_DATA_HOME: folder,
      XDG_CONFIG_HOME: folder,
      RELAY_NAME: `${RELAY_NAME}:${port}`,
      AGGREGATOR_NAME: `${AGGREGATOR_NAME}:${port}`,
      RELAY_UPSTREAM: `127.0.0.1:${upstreams.relay}`,
      AGGREGATOR_UPSTREAM: `127.0.0.1:${upstreams.aggregator}`,
      HTTP_UPSTREAM: `127.0.0.1:${upstreams.http}`
    }
    return spawn('caddy', ['run', '--adapter', 'caddyfile', '--config', file], { env })
  },
  nginx: async ({ folder, port, upstreams, tls }) => {
    const recipe = await readFile(join(RECIPES, 'nginx/fil-heartbeat.conf'), 'utf8')
    const text = replaceEach(recipe, [
      [/listen \[::\]:\d+.*\n/g, '\n'],
      [/listen 80;/g, `listen 127.0.0.1:${await keptPort()};`],
      [/listen 443 ssl;/g, `listen 127.0.0.1:${port} ssl;`],
      [/ssl_certificate .*;/g, `ssl_certificate ${tls.certificate};`],
      [/ssl_certificate_key .*;/g, `ssl_certificate_key ${tls.key};`],
      [/(server_name.*)\brelay\.example/g, `$1${RELAY_NAME}`],
      [/127\.0\.0\.1:4001/g, `127.0.0.1:${upstreams.relay}`],
      [/127\.0\.0\.1:4002/g, `127.0.0.1:${upstreams.aggregator}`],
      [/127\.0\.0\.1:4003/g, `127.0.0.1:${upstreams.http}`]
    ])
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    const paths = temporary.map((each) => `${each}_temp_path ${folder}/${each};`).join('\n')
    const user = process.getuid?.() === 0 ? 'user root;' : ''
    const file = join(folder, 'nginx.conf')
    await writeFile(
      file,
      `${user}\ndaemon off;\npid ${folder}/nginx.pid;\nworker_processes 1;\nevents {}\nhttp {\n${paths}\n${text}\n}\n`
    )
    return spawn('nginx', ['-p', folder, '-e', 'stderr', '-c', file])
  }
}

function replaceEach(recipe: string, changes: readonly (readonly [RegExp, string])[]): string {
  return changes.reduce((text, [pattern, other]) => {
    assert.match(text, pattern)
    return text.replace(pattern, other)
  }, recipe)
}

/** Resolves when the port is open; rejects with what the program said when it ends before. */
async function accepting(child: ChildProcess, port: number): Promise<void> {
  let said = ''
  child.stdout?.resume()
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk).slice(-10_000)
  })
  const failed = once(child, 'exit').then(() => {
    throw new Error(`the proxy ended:\n${said}`)
  })
  failed.catch(() => {})
  while (!(await Promise.race([isOpen(port), failed]))) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
