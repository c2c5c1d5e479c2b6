// What a kill leaves of history: a file that is whole, and all but the last second. KILLS tells how
// many processes are killed.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { store } from './kit/built.ts'

const KILLS = Number(process.env.KILLS ?? 3)

const WRITER = join(import.meta.dirname, 'kit/history-writer.ts')

/** How long a process writes before it is killed, in ms: at least long enough that something must be left. */
const SHORTEST = 1_300
const LONGEST = 2_800

/** What a kill may cost, in ms. */
const LAST_SECOND = 1_000

/** What a writer said: it had given all beats up to this height, at this moment. */
interface Told {
  readonly height: number
  readonly at: number
}

interface Killed {
  readonly told: readonly Told[]
  readonly at: number
}

test(`${KILLS} processes that are killed while they write leave all but the last second`, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'fil-heartbeat-'))
  t.after(() => rm(folder, { recursive: true }))
  const file = join(folder, 'history.db')
  const losses: number[] = []
  let height = 0
  for (let kill = 0; kill < KILLS; kill++) {
    const killed = await writeAndKill(file, height)
    losses.push(check(file, height, killed))
    height = killed.told.at(-1)?.height ?? height
  }
  const worst = Math.max(...losses).toFixed(0)
  console.log(`${KILLS} kills, ${KILLS} whole files; the most that one cost was ${worst} ms`)
  await goesOn(file, height)
})

async function writeAndKill(file: string, after: number): Promise<Killed> {
  const writer = spawn(process.execPath, [WRITER, file, String(after)], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const told: Told[] = []
  const lines = createInterface({ input: writer.stdout })
  lines.on('line', (line) => {
    const [height = 0, at = 0] = line.split(' ').map(Number)
    told.push({ height, at })
  })
  await Promise.race([once(lines, 'line'), ended(writer)])
  await delay(SHORTEST + Math.random() * (LONGEST - SHORTEST))
  const at = Date.now()
  writer.kill('SIGKILL')
  await once(writer, 'close')
  return { told, at }
}

async function ended(writer: ChildProcess): Promise<never> {
  await once(writer, 'exit')
  throw new Error('the writer ended before it wrote')
}

/** Holds a file against what was told before a kill; returns what that cost, in ms. */
function check(file: string, after: number, { told, at }: Killed): number {
  const db = new DatabaseSync(file)
  try {
    assert.equal(db.prepare('PRAGMA integrity_check').get()?.integrity_check, 'ok')
    const heights = db
      .prepare('SELECT height FROM beats ORDER BY height')
      .all()
      .map((row) => Number(Buffer.from(row.height as Uint8Array).readBigUInt64BE()))
    const mine = heights.filter((each) => each > after)
    const last = mine.at(-1) ?? after
    assert.equal(new Set(heights).size, heights.length, 'a beat was written twice')
    assert.equal(mine.length, last - after, 'there is a hole')
    const { beats } = db.prepare('SELECT sum(beats) AS beats FROM minutes').get() ?? {}
    assert.equal(beats, heights.length, 'minutes and beats differ')
    const due = told.findLast((each) => each.at < at - LAST_SECOND)
    assert.ok(due !== undefined && due.height > after, 'nothing had to be there')
    assert.ok(last >= due.height, `${due.height} was told a second before, ${last} is there`)
    const { since } = db.prepare('SELECT max(since) AS since FROM alerts').get() ?? {}
    assert.ok(Number(since) >= due.height, 'an alert is gone')
    return at - (told.findLast((each) => each.height <= last)?.at ?? at)
  } finally {
    db.close()
  }
}

/** After all of it the store opens the file as ever. */
async function goesOn(file: string, height: number): Promise<void> {
  const { openStore } = await store()
  const history = openStore({ file })
  const { alerts } = await history.remembered()
  assert.ok(alerts.length > 0)
  const at = Date.now()
  history.write({ kind: 'beat', peer: 'last', at, height: BigInt(height), route: 'webrtc' })
  await history.close()
  assert.deepEqual([history.status.problem, history.status.lost], [undefined, 0])
}
