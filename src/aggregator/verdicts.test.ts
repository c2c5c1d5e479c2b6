// Verdicts on generated hours of a network: nobody who runs is ever down, and who died is found in
// time. `npm run verdicts` plays more of them, and writes the table in README.md.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { LIVENESS_GRACE, ROSTER_SWEEP_PERIOD } from '../constants.ts'
import { formatDuration } from '../timing/index.ts'
import { type Outcome, play, type Trace } from './traces.kit.test.ts'

const README = join(import.meta.dirname, 'README.md')
const { VERDICT_SEEDS } = process.env
const SEEDS = Number(VERDICT_SEEDS ?? 1)
const PERIODS = [3_000, 30_000]
/** Nodes that must be found dead with each seed, over all hours: without any, nothing is shown. */
const MIN_FOUND = 100

const TRACES: readonly Omit<Trace, 'period'>[] = [
  { name: 'a quiet network', deaths: 10 },
  { name: '1% of packets lost', loss: 0.01, deaths: 10 },
  { name: '5% of packets lost', loss: 0.05, deaths: 10 },
  { name: 'jitter of 2 s', jitter: 2_000, deaths: 10 },
  { name: 'half of all pages hidden, timers once a minute', hidden: 0.5, deaths: 10 },
  { name: 'a third of all pages frozen, nine minutes at a time', frozen: 0.33, deaths: 10 },
  { name: 'a fifth of all laptops asleep for ten minutes', sleeping: 0.2, deaths: 10 },
  {
    name: 'relay restarted every ten minutes, 5 s down, 80% behind it',
    relay: { every: 600_000, downFor: 5_000, share: 0.8 },
    deaths: 10
  },
  {
    name: 'relay down for a minute twice, all behind it',
    relay: { every: 1_500_000, downFor: 60_000, share: 1 }
  },
  { name: 'aggregator stopped for 20 s, five times', halts: { every: 600_000, length: 20_000 } },
  {
    name: 'all of it at once',
    loss: 0.05,
    jitter: 2_000,
    hidden: 0.3,
    frozen: 0.1,
    sleeping: 0.1,
    relay: { every: 900_000, downFor: 5_000, share: 0.5 },
    halts: { every: 1_100_000, length: 20_000 }
  }
]

/** How late a death may be found after its beat was due: the grace, and one look. */
const ALLOWED = LIVENESS_GRACE + ROSTER_SWEEP_PERIOD
/** What became of each hour that was judged rightly, over all seeds. */
const judged: Judged[] = []

interface Judged {
  readonly name: string
  readonly period: number
  readonly sum: Outcome
}

describe('verdicts', () => {
  for (const trace of TRACES) {
    for (const period of PERIODS) {
      test(`are right of ${trace.name}, a beat every ${formatDuration(period)}`, () => {
        const outcomes = Array.from({ length: SEEDS }, (_, seed) =>
          play({ ...trace, period }, seed + 1)
        )
        const sum = total(outcomes)
        assert.ok(sum.beats > 1_000, 'hardly a beat was heard')
        assert.equal(sum.falseDowns, 0)
        assert.equal(sum.falseAlerts, 0)
        assert.equal(sum.found, sum.deaths)
        assert.equal(sum.deaths, SEEDS * (trace.deaths ?? 0))
        if (trace.relay === undefined) assert.ok(sum.slowest <= ALLOWED, `${sum.slowest} ms`)
        judged.push({ name: trace.name, period, sum })
      })
    }
  }

  test('that anybody is down are given by these hours at all', () => {
    const { found } = total(judged.map(({ sum }) => sum))
    assert.ok(found >= SEEDS * MIN_FOUND, `${found} were found`)
  })

  after(() => {
    if (VERDICT_SEEDS !== undefined) writeTable()
  })
})

/** Has the table say what became of all hours; one that was judged wrongly leaves it as it was. */
function writeTable(): void {
  if (judged.length < TRACES.length * PERIODS.length) return
  const text = readFileSync(README, 'utf8')
  const table = /(?<=\|--:\|\n)(\|.*\n)+/
  assert.match(text, table)
  writeFileSync(README, text.replace(table, `${judged.map(rowOf).join('\n')}\n`))
}

function total(outcomes: readonly Outcome[]): Outcome {
  const sum = (of: (outcome: Outcome) => number): number =>
    outcomes.reduce((all, outcome) => all + of(outcome), 0)
  return {
    beats: sum(({ beats }) => beats),
    falseDowns: sum(({ falseDowns }) => falseDowns),
    deaths: sum(({ deaths }) => deaths),
    found: sum(({ found }) => found),
    slowest: Math.max(...outcomes.map(({ slowest }) => slowest)),
    unwell: sum(({ unwell }) => unwell),
    falseAlerts: sum(({ falseAlerts }) => falseAlerts)
  }
}

function rowOf({ name, period, sum }: Judged): string {
  const { beats, falseDowns, deaths, found, slowest, unwell, falseAlerts } = sum
  const late = deaths === 0 ? '–' : `${(slowest / 1_000).toFixed(1)} s`
  const dead = deaths === 0 ? '–' : `${found} of ${deaths}`
  const all = beats.toLocaleString('en')
  return `| ${name} | ${formatDuration(period)} | ${all} | ${falseDowns} | ${falseAlerts} | ${dead} | ${late} | ${unwell} |`
}
