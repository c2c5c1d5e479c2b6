// `npm run bench:nodes`: what ten thousand nodes that beat every 30 s cost an aggregator, with its
// store, metrics and feeds; prints a table. Takes about six minutes.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { lasts } from '../kit/browser-faults.ts'
import { Figures } from '../kit/figures.ts'
import { LOOPBACK } from '../kit/net.ts'
import { Service } from '../kit/service.ts'
import { BEARER } from '../kit/service-process.ts'
import type { CrowdOrder, CrowdReport } from './crowd-process.ts'

const NODES = Number(process.env.NODES ?? 10_000)
const PERIOD = 30_000
const MEASURED = 120_000
const PROGRAM = join(import.meta.dirname, 'crowd-process.ts')

/** Nodes in a process of their own. */
class Crowd {
  readonly #child: ChildProcess
  report: CrowdReport = { joined: 0, sent: 0 }

  constructor(order: CrowdOrder) {
    const args = [PROGRAM, JSON.stringify(order)]
    this.#child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    if (this.#child.stdout === null) throw new Error('nothing is heard of the crowd')
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.report = JSON.parse(line)
    })
  }

  /** They beat no more, and stay. */
  hush(): void {
    this.#child.stdin?.write('\n')
  }

  async end(): Promise<void> {
    this.#child.stdin?.end()
    await once(this.#child, 'exit')
  }
}

const folder = await mkdtemp(join(tmpdir(), 'fil-heartbeat-bench-'))
const service = await Service.start({
  kind: 'aggregator',
  keyFile: join(folder, 'key'),
  listen: LOOPBACK,
  relays: [],
  host: '127.0.0.1',
  port: 0,
  options: { store: { file: join(folder, 'history.db') } }
})
const api = service.report.api ?? ''
const { address } = service.report
const empty = await Figures.of(api)
const crowds = [0, 1].map(() => new Crowd({ count: NODES / 2, address, period: PERIOD }))
const sum = (of: (report: CrowdReport) => number): number =>
  crowds.reduce((all, { report }) => all + of(report), 0)
while (sum(({ joined }) => joined) < NODES) await lasts(1_000)

const feeds = { watched: await count('watched'), all: await count('all') }
await lasts(PERIOD)
const before = { figures: await Figures.of(api), at: performance.now(), bytes: bytesRead() }
await lasts(MEASURED)
const after = { figures: await Figures.of(api), at: performance.now(), bytes: bytesRead() }
for (const crowd of crowds) crowd.hush()
await lasts(3_000)
const sent = sum((report) => report.sent)
const last = await Figures.of(api)
const taken = last.value('fil_heartbeat_beats_total')
const seconds = (after.at - before.at) / 1_000
const cpu = (after.figures.cpu - before.figures.cpu) / seconds
const page = await timed(`${api}/api/nodes?limit=50`)
const found = await timed(`${api}/api/nodes?search=node%2099&limit=50`)

console.log(`
| ${NODES.toLocaleString('en')} nodes, a beat every 30 s each | |
|---|--:|
| beats sent, taken, lost | ${sent}, ${taken}, ${sent - taken} |
| processor, share of one core | ${(100 * cpu).toFixed(1)}% |
| memory, of which ${mb(empty.memory)} before the first | ${mb(after.figures.memory)} |
| feed of watched nodes, bytes a second | ${rate('watched')} |
| feed of all nodes, bytes a second | ${rate('all')} |
| a page of 50 nodes, and of those that a search found | ${page} ms, ${found} ms |
`)
await Promise.all(crowds.map((each) => each.end()))
await service[Symbol.asyncDispose]()
await rm(folder, { recursive: true })
process.exit(sent === taken ? 0 : 1)

function bytesRead(): Record<keyof typeof feeds, number> {
  return { watched: feeds.watched.bytes, all: feeds.all.bytes }
}

function rate(which: keyof typeof feeds): string {
  return Math.round((after.bytes[which] - before.bytes[which]) / seconds).toLocaleString('en')
}

function mb(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`
}

/** Reads a feed for ever, and counts its bytes. */
async function count(nodes: string): Promise<{ bytes: number }> {
  const { body } = await ask(`${api}/feed?nodes=${nodes}`)
  const told = { bytes: 0 }
  void (async () => {
    for await (const chunk of body ?? []) told.bytes += chunk.byteLength
  })().catch(() => {})
  return told
}

async function timed(url: string): Promise<number> {
  const startedAt = performance.now()
  await (await ask(url)).text()
  return Math.round(performance.now() - startedAt)
}

async function ask(url: string): Promise<Response> {
  return await fetch(url, { headers: BEARER })
}
