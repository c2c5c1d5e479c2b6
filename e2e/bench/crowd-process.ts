// Run as a program: so many nodes of their own keys, each of which beats at a pace of its own. Told by
// JSON in its argument; tells by lines of JSON how many have joined and how many beats they sent.

import { createInterface } from 'node:readline'
import { crowdOf, lineOf } from '../kit/strangers.ts'

/** What such a process is told. */
export interface CrowdOrder {
  readonly count: number
  /** Address of the aggregator. */
  readonly address: string
  /** How often each beats, in ms. */
  readonly period: number
}

/** What it tells each second. */
export interface CrowdReport {
  readonly joined: number
  readonly sent: number
}

/** Nodes that shake hands at once: as many as two cores finish within a second. */
const AT_ONCE = 50

const [, program, argument] = process.argv
if (program === import.meta.filename && argument !== undefined) await run(JSON.parse(argument))

async function run({ count, address, period }: CrowdOrder): Promise<void> {
  let joined = 0
  let sent = 0
  const timers: NodeJS.Timeout[] = []
  const report = (): void => console.log(JSON.stringify({ joined, sent } satisfies CrowdReport))
  setInterval(report, 1_000)
  // Asked to be quiet, they stay; then what was sent can be compared with what arrived.
  createInterface({ input: process.stdin })
    .on('line', () => timers.forEach(clearInterval))
    .on('close', () => process.exit())
  for (let left = count; left > 0; left -= AT_ONCE) {
    const crowd = await crowdOf(Math.min(AT_ONCE, left), address)
    await Promise.all(
      crowd.map(async (each, index) => {
        const stream = await each.open()
        joined += 1
        const beat = (): void => {
          sent += 1
          stream.send(
            lineOf(1_000 + Math.floor(performance.now() / 30_000), `node ${left - index}`)
          )
        }
        beat()
        timers.push(setInterval(beat, period))
      })
    )
  }
}
