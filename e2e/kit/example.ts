// An example of demo/examples, as an author has it: copied into a folder of its own, with links to the
// package as it is built here and to what it needs, and built and served as its README says.

import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, extname, join, normalize } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from 'playwright/test'

const ROOT = join(import.meta.dirname, '../..')
const EPOCH_SECONDS = 30
const GENESIS = 1_598_306_400

const run = promisify(execFile)

/** The provider that the examples are given; `answerAsProvider` stands for it. */
export const PROVIDER = 'https://provider.example/rpc/v1'

/** Where an example is told that everything is. */
export interface Places {
  readonly target: string
  readonly relay: string
}

/** An example in a folder of its own. */
export class Example implements AsyncDisposable {
  readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  static async copy(name: string): Promise<Example> {
    const folder = await mkdtemp(join(tmpdir(), `example-${name}-`))
    const isSource = (path: string): boolean => !path.endsWith('/dist')
    await cp(join(ROOT, 'demo/examples', name), folder, { recursive: true, filter: isSource })
    await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
    const example = new Example(folder)
    await example.#link('fil-heartbeat', ROOT)
    for (const each of ['react', 'react-dom', 'esbuild']) {
      await example.#link(each, join(ROOT, 'node_modules', each))
    }
    return example
  }

  async read(file: string): Promise<string> {
    return await readFile(join(this.folder, file), 'utf8')
  }

  /** Puts other words where words stand in a file. */
  async fill(file: string, words: Record<string, string>): Promise<void> {
    let text = await this.read(file)
    for (const [word, other] of Object.entries(words)) {
      if (!text.includes(word)) throw new Error(`${file} has no ${word}`)
      text = text.replaceAll(word, other)
    }
    await writeFile(join(this.folder, file), text)
  }

  /** Runs a command of its README; the answer is what that prints. */
  async run(command: string, env: Record<string, string> = {}): Promise<string> {
    const options = { cwd: this.folder, env: { ...process.env, ...env } }
    const { stdout } = await run('bash', ['-c', command], options)
    return stdout
  }

  /** Starts its own server; the answer is the address that it prints, and how to end it. */
  async start(file: string, env: Record<string, string>): Promise<Serving> {
    const child = spawn(process.execPath, [file], {
      cwd: this.folder,
      env: { ...process.env, ...env, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit']
    })
    const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()))
    for await (const chunk of child.stdout) {
      const [url] = /http:\S+/.exec(String(chunk)) ?? []
      if (url === undefined) continue
      const stop = async (): Promise<void> => {
        child.kill()
        await ended
      }
      return { url, [Symbol.asyncDispose]: stop }
    }
    throw new Error(`${file} ended before it served anything`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true })
  }

  async #link(name: string, target: string): Promise<void> {
    const path = join(this.folder, 'node_modules', name)
    await mkdir(dirname(path), { recursive: true })
    await symlink(target, path, 'dir')
  }
}

/** A server that runs. */
export interface Serving extends AsyncDisposable {
  readonly url: string
}

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' }

/** Serves a folder, under a policy that names the import map in its page by its hash. */
export async function serve(folder: string, connect: string): Promise<Serving> {
  const page = await readFile(join(folder, 'index.html'), 'utf8')
  const [, map = ''] = /<script type="importmap">([\s\S]*?)<\/script>/.exec(page) ?? []
  const policy = [
    "default-src 'none'",
    `script-src 'self' 'sha256-${createHash('sha256').update(map).digest('base64')}'`,
    `connect-src ${connect}`,
    "require-trusted-types-for 'script'",
    'trusted-types lit-html'
  ].join('; ')
  const server = createServer(async ({ url = '/' }, response) => {
    const path = normalize(url === '/' ? '/index.html' : url)
    const type = TYPES[extname(path)] ?? 'text/plain'
    try {
      const body = await readFile(join(folder, path))
      response.writeHead(200, { 'content-type': type, 'content-security-policy': policy }).end(body)
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const stop = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { url: `http://127.0.0.1:${port}/`, [Symbol.asyncDispose]: stop }
}

/** Answers what a page asks its provider: heads of mainnet, as its clock expects them. */
export async function answerAsProvider(page: Page): Promise<void> {
  await page.route(PROVIDER, async (route) => {
    const { id, method } = route.request().postDataJSON()
    const height = Math.floor((Date.now() / 1_000 - GENESIS) / EPOCH_SECONDS)
    const cid = 'bafy2bzacecnamqgqmifpluoeldx7zzglxcljo6oja4vrmtj7432rphldpdmm2'
    const block = { Miner: 'f01000', Height: height, Timestamp: GENESIS + height * EPOCH_SECONDS }
    const result = { Cids: [{ '/': cid }], Blocks: [block], Height: height }
    const answer =
      method === 'Filecoin.ChainHead' ? { result } : { error: { code: 1, message: 'not known' } }
    await route.fulfill({
      json: { jsonrpc: '2.0', id, ...answer },
      headers: { 'access-control-allow-origin': '*' }
    })
  })
}

/** Everything that a page complains of: it must stay empty. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', ({ message }) => complaints.push(message))
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  return complaints
}
