import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startPlainNode, until } from '../../net/test-kit.ts'
import { ALERT, QUIET } from '../examples.kit.test.ts'
import { DEFAULT_LIMITS } from '../limits.ts'
import type { NetworkState } from '../network-state.ts'
import { Roster } from '../roster.ts'
import { beatOfV1, bytes, came, line, openLeg, openStream, startAggregator } from '../test-kit.ts'
import { AggregatorMetrics, type MetricsSource } from './index.ts'

const COUNTS = {
  beats: 7,
  late: 1,
  doubles: 2,
  rejected: { replayed: 3 },
  dropped: 4,
  resets: 5,
  refused: 6,
  malformed: { json: 8 }
}

/** Metrics over ports that are made by hand. */
function metricsOf(source: Partial<MetricsSource> = {}) {
  const metrics = new AggregatorMetrics()
  metrics.observe({
    network: () => QUIET,
    alerts: () => [],
    counts: () => COUNTS,
    feed: { size: 2, cuts: 1 },
    store: undefined,
    now: () => 31_000,
    roster: new Roster(DEFAULT_LIMITS),
    watched: [],
    ...source
  })
  return metrics
}

/** Every series but those of the process itself, which come and go with its garbage and its sockets. */
const series = (text: string): string[] =>
  text.split('\n').filter((each) => each !== '' && !/^(#|nodejs_|process_)/.test(each))

/** The value of a series, written as Prometheus shows it. */
const figure = (text: string, name: string): number | undefined => {
  const found = series(text).find((each) => each.startsWith(`${name} `))
  return found === undefined ? undefined : Number(found.slice(name.length + 1))
}

/** What a roster is told of a beat of somebody who would forge a series. */
const evil = (nickname: string, height = 1n) =>
  came(1_000, beatOfV1(height, { nickname, minerAddress: 'f01"} 1\nevil 1' }))

describe('metrics', () => {
  test('tell the network, what was counted, and what is kept', async () => {
    const network: NetworkState = {
      ...QUIET,
      nodes: { beating: 5, asleep: 1, overdue: 1, left: 3, down: 1 },
      watched: { beating: 2, asleep: 0, overdue: 0, left: 0, down: 1 },
      consensus: { inConsensus: 4, inDispute: 2 },
      agreement: { same: 3, differs: 1, unknown: 3 },
      topHeight: '4000000',
      topSince: 1_000,
      references: { ok: 1, all: 2 },
      frozen: 'it slept'
    }
    const status = { state: 'failing', since: 0, queued: 9, lost: 8, bytes: 7 } as const
    const alerts = () => [ALERT, { ...ALERT, id: 'b', subject: 'b' }]
    const text = await metricsOf({ network: () => network, store: { status }, alerts }).metrics()
    for (const [name, value] of Object.entries({
      fil_heartbeat_connected_nodes: 7,
      fil_heartbeat_nodes_in_consensus: 4,
      fil_heartbeat_nodes_in_dispute: 2,
      fil_heartbeat_seconds_since_block: 30,
      fil_heartbeat_network_height: 4_000_000,
      'fil_heartbeat_nodes{group="watched",status="down"}': 1,
      'fil_heartbeat_nodes{group="visitors",status="beating"}': 3,
      'fil_heartbeat_nodes_by_agreement{agreement="differs"}': 1,
      'fil_heartbeat_references{state="ok"}': 1,
      'fil_heartbeat_references{state="all"}': 2,
      fil_heartbeat_observer_frozen: 1,
      'fil_heartbeat_alerts{kind="node-down"}': 2,
      'fil_heartbeat_alerts{kind="nothing-heard"}': 0,
      fil_heartbeat_feed_readers: 2,
      fil_heartbeat_feed_cut_readers_total: 1,
      fil_heartbeat_store_queued_records: 9,
      fil_heartbeat_store_lost_records_total: 8,
      fil_heartbeat_store_bytes: 7,
      fil_heartbeat_store_failing: 1,
      fil_heartbeat_beats_total: 7,
      fil_heartbeat_late_beats_total: 1,
      fil_heartbeat_double_beats_total: 2,
      'fil_heartbeat_rejected_beats_total{reason="replayed"}': 3,
      'fil_heartbeat_rejected_beats_total{reason="refused"}': 0,
      'fil_heartbeat_malformed_total{reason="json"}': 8,
      fil_heartbeat_dropped_beats_total: 4,
      fil_heartbeat_stream_resets_total: 5,
      fil_heartbeat_refused_streams_total: 6
    })) {
      assert.equal(figure(text, name), value, name)
    }
    assert.match(text, /^process_resident_memory_bytes \d/m)
  })

  test('say nothing of a height that nobody told', async () => {
    const text = await metricsOf().metrics()
    assert.equal(figure(text, 'fil_heartbeat_network_height'), undefined)
    assert.equal(figure(text, 'fil_heartbeat_seconds_since_block'), undefined)
  })

  test('tell of each watched node, of one that was never heard too', async () => {
    const roster = new Roster(DEFAULT_LIMITS)
    roster.open('w1', 0)
    roster.beat('w1', { ...evil('a', 12n), opinion: { agreement: 'differs', networkHeight: 15n } })
    const text = await metricsOf({ roster, watched: ['w1', 'w2'] }).metrics()
    for (const [name, node, value] of [
      ['up', 'w1', 1],
      ['up', 'w2', 0],
      ['height', 'w1', 12],
      ['height', 'w2', undefined],
      ['behind_epochs', 'w1', 3],
      ['on_other_chain', 'w1', 1],
      ['last_beat_timestamp_seconds', 'w1', 1],
      ['round_trip_seconds', 'w1', undefined],
      ['duplicate_identity', 'w1', 0],
      ['duplicate_identity', 'w2', 0]
    ] as const) {
      const series = `fil_heartbeat_node_${name}{node="${node}"}`
      assert.equal(figure(text, series), value, series)
    }
  })

  test('have as many series with a thousand hostile visitors as without', async () => {
    const roster = new Roster(DEFAULT_LIMITS)
    const metrics = metricsOf({ roster, watched: ['w1'] })
    const before = series(await metrics.metrics())
    for (let n = 0; n < 1_000; n++) {
      roster.open(`visitor${n}`, 0)
      roster.beat(`visitor${n}`, evil(`"} 1\nevil_${n}{a="`, BigInt(n)))
      metrics.intake.beat(n, n)
      metrics.intake.ingest(n)
    }
    const after = series(await metrics.metrics())
    const names = (all: string[]): string[] => all.map((each) => each.replace(/ [^ ]*$/, ''))
    assert.deepEqual(names(after), names(before))
    assert.ok(!after.some((each) => /evil|visitor\d/.test(each)))
  })

  test('belong to one aggregator alone', async () => {
    const [one, other] = [metricsOf(), metricsOf()]
    one.intake.beat(1_000, undefined)
    assert.equal(figure(await one.metrics(), 'fil_heartbeat_beat_age_seconds_count'), 1)
    assert.equal(figure(await other.metrics(), 'fil_heartbeat_beat_age_seconds_count'), 0)
  })
})

describe('/metrics of an aggregator', () => {
  const scrape = async (url: string | undefined): Promise<string> => {
    const answer = await fetch(`${url}/metrics`)
    assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
    return await answer.text()
  }

  test('counts beats, how long they took, and what they report', async (t) => {
    const aggregator = await startAggregator(t)
    const node = await startPlainNode(t)
    const leg = await openLeg(node, aggregator)
    await leg.beat(1, { rtt: 40 })
    await leg.beat(2, { rtt: 60 })
    const text = await scrape(aggregator.httpUrl)
    assert.equal(figure(text, 'fil_heartbeat_beats_total'), 2)
    assert.equal(figure(text, 'fil_heartbeat_beat_age_seconds_count'), 1)
    assert.equal(figure(text, 'fil_heartbeat_round_trip_seconds_count'), 2)
    assert.equal(figure(text, 'fil_heartbeat_round_trip_seconds_sum'), 0.1)
    assert.equal(figure(text, 'fil_heartbeat_ingest_seconds_count'), 2)
    assert.ok((figure(text, 'fil_heartbeat_ingest_seconds_sum') ?? 0) > 0)
  })

  test('has as many series after strangers came, beat and talked nonsense', async (t) => {
    const aggregator = await startAggregator(t)
    const visit = async (nickname: string): Promise<void> => {
      const node = await startPlainNode(t)
      const stream = await openStream(node, aggregator)
      stream.send(line(1, nickname))
      for (let n = 0; n < 3; n++) stream.send(bytes(`nonsense ${n}\n`))
      await until('a reset', () => stream.status !== 'open')
    }
    await visit('first')
    const before = series(await scrape(aggregator.httpUrl)).length
    for (const name of ['evil_a{b=', 'c', 'd']) await visit(name)
    const after = await scrape(aggregator.httpUrl)
    assert.equal(series(after).length, before)
    assert.equal(figure(after, 'fil_heartbeat_malformed_total{reason="json"}'), 12)
    assert.match(after, /^libp2p_/m)
    assert.doesNotMatch(after, /12D3KooW/)
  })
})
