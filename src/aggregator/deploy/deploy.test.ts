import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { NO_COUNTS, QUIET } from '../examples.kit.test.ts'
import { ALERT_KINDS } from '../http/schemas.ts'
import { DEFAULT_LIMITS } from '../limits.ts'
import { AggregatorMetrics } from '../metrics/index.ts'
import { Roster } from '../roster.ts'

const PROMETHEUS = join(import.meta.dirname, 'prometheus')
const GRAFANA = join(import.meta.dirname, 'grafana/fil-heartbeat.json')

/** Names of all that an aggregator with a store tells. */
async function metricNames(): Promise<Set<string>> {
  const metrics = new AggregatorMetrics()
  metrics.observe({
    network: () => QUIET,
    alerts: () => [],
    counts: () => NO_COUNTS,
    feed: { size: 0, cuts: 0 },
    store: { status: { state: 'open', since: 0, queued: 0, lost: 0, bytes: 0 } },
    now: () => 0,
    roster: new Roster(DEFAULT_LIMITS),
    watched: []
  })
  const text = await metrics.metrics()
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)]
  return new Set(
    types.flatMap(([, name = '', type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name]
    )
  )
}

/** Names of metrics in a text of expressions. */
const namesIn = (text: string): string[] => [
  ...new Set(
    [...text.matchAll(/\b(?:fil_heartbeat|process|nodejs|libp2p)_[a-z0-9_]+/g)].map(String)
  )
]

test('rules speak of metrics that there are, and of every kind of alert', async () => {
  const rules = readFileSync(join(PROMETHEUS, 'rules.yml'), 'utf8')
  const known = await metricNames()
  const named = namesIn(rules)
  assert.ok(named.length > 8)
  for (const name of named) assert.ok(known.has(name), `${name} is not told`)
  const kinds = [...rules.matchAll(/^ +kind: (\S+)$/gm)].map(([, kind]) => kind)
  assert.deepEqual(kinds.sort(), [...ALERT_KINDS].sort())
  assert.match(rules, /alert: AggregatorGone/)
})

test('the Grafana dashboard speaks of metrics that there are, and of all of ours', async () => {
  const { panels } = JSON.parse(readFileSync(GRAFANA, 'utf8'))
  const expressions = panels.flatMap(({ targets }: { targets: { expr: string }[] }) =>
    targets.map(({ expr }) => expr)
  )
  const known = await metricNames()
  const named = namesIn(expressions.join('\n'))
  for (const name of named) assert.ok(known.has(name), `${name} is not told`)
  const ours = [...known].filter((name) => /^fil_heartbeat_.*(?<!_sum|_count)$/.test(name))
  assert.deepEqual(
    ours.filter((name) => !named.includes(name)),
    []
  )
  const ids = panels.map(({ id }: { id: number }) => id)
  assert.equal(new Set(ids).size, ids.length)
})

const promtool = spawnSync('promtool', ['--version'])
const missing = 'promtool is not installed; on Debian it is in the package "prometheus"'

test('rules do what their own tests say', { skip: promtool.error && missing }, () => {
  for (const words of [
    ['check', 'config', 'prometheus.yml'],
    ['test', 'rules', 'rules.test.yml']
  ]) {
    const { status, stdout, stderr } = spawnSync('promtool', words, { cwd: PROMETHEUS })
    assert.equal(status, 0, `${stdout}${stderr}`)
  }
})

test('Prometheus reads what compose.yaml gives it', { skip: promtool.error && missing }, () => {
  const words = ['check', 'config', '--syntax-only', 'compose.yml']
  const { status, stdout, stderr } = spawnSync('promtool', words, { cwd: PROMETHEUS })
  assert.equal(status, 0, `${stdout}${stderr}`)
})
