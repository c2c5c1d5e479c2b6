// The local network of `npm start`, as a process of its own on free ports.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Chain } from '../../src/timing/index.ts'

/** What the demo's page is told of its network: the part that specs look at. */
export interface DemoConfig {
  /** The development chain's node. */
  readonly rpc: { readonly http: string; readonly ws: string }
  readonly chain: Chain
  /** The aggregator's HTTP API. */
  readonly api: string
}

/** The demo, running. */
export interface Demo {
  /** The page to open. */
  readonly url: string
  readonly config: DemoConfig
  /** Ends it as Ctrl-C does; resolves when its process is gone. */
  stop(): Promise<void>
}

const ROOT = join(import.meta.dirname, '../..')
const FREE_PORTS = ['--port', '--relay-port', '--aggregator-port', '--http-port', '--chain-port']

/** Starts the demo with an epoch of one second. */
export async function startDemo(): Promise<Demo> {
  const data = await mkdtemp(join(tmpdir(), 'fil-heartbeat-demo-'))
  const ports = FREE_PORTS.flatMap((flag) => [flag, '0'])
  const args = ['demo/start.ts', ...ports, '--epoch', '1s', '--data', data]
  const child = spawn('node', args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] })
  const text = await printed(child, 'Ctrl-C')
  const url = text.match(/Open (\S+)/)?.[1] ?? ''
  const config = await (await fetch(`${url}demo/config.json`)).json()
  return {
    url,
    config,
    stop: async () => {
      const ended = new Promise((resolve) => child.on('exit', resolve))
      child.kill('SIGINT')
      await ended
      await rm(data, { recursive: true })
    }
  }
}

async function printed(child: ChildProcess, words: string): Promise<string> {
  let text = ''
  await new Promise<void>((resolve, reject) => {
    child.on('exit', () => reject(new Error(`the demo ended: ${text}`)))
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk
      if (text.includes(words)) resolve()
    })
  })
  return text
}
