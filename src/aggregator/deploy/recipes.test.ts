import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  CLI_END_TIMEOUT,
  DEFAULT_HTTP_PORT,
  DEFAULT_RELAY_HTTP_PORT,
  FEED_KEEP_ALIVE_PERIOD,
  MAX_CONNECTIONS,
  MAX_PERIOD,
  MAX_REQUEST_BODY_BYTES,
  MINUTE
} from '../../constants.ts'

const UNITS = ['relay', 'aggregator'].map((name) => `systemd/fil-heartbeat-${name}.service`)

const read = (file: string): string => readFileSync(join(import.meta.dirname, file), 'utf8')

/** All numbers that follow a word, of which there is one at least. */
function numbers(text: string, pattern: RegExp): number[] {
  const found = [...text.matchAll(pattern)].map(([, digits]) => Number(digits))
  assert.ok(found.length > 0, String(pattern))
  return found
}

test('nginx cuts no wallet between two beats, and no feed between two comments', () => {
  const timeouts = numbers(read('nginx/fil-heartbeat.conf'), /proxy_read_timeout (\d+)m;/g)
  for (const minutes of timeouts) {
    assert.ok(minutes * MINUTE > MAX_PERIOD)
    assert.ok(minutes * MINUTE > FEED_KEEP_ALIVE_PERIOD)
  }
})

test('Caddy is told of no time after which it would cut a silent WebSocket', () => {
  const orders = read('caddy/Caddyfile').replace(/#.*/g, '')
  assert.match(orders, /reverse_proxy/)
  assert.doesNotMatch(orders, /stream_timeout|read_timeout|write_timeout|flush_interval/)
  assert.doesNotMatch(orders, /\blog\b/)
})

test('both proxies let a token of any length through', () => {
  const [nginx = 0] = numbers(read('nginx/fil-heartbeat.conf'), /client_max_body_size (\d+)k;/g)
  const [caddy = 0] = numbers(read('caddy/Caddyfile'), /max_size (\d+)KB/g)
  assert.equal(nginx * 1_024, MAX_REQUEST_BODY_BYTES)
  assert.ok(Math.abs(caddy * 1_000 - MAX_REQUEST_BODY_BYTES) < 100)
})

test('a service has more time to end than it takes, and a file for every connection', () => {
  for (const unit of UNITS) {
    const text = read(unit)
    for (const stop of numbers(text, /TimeoutStopSec=(\d+)/g)) {
      assert.ok(stop * 1_000 > CLI_END_TIMEOUT)
    }
    for (const files of numbers(text, /LimitNOFILE=(\d+)/g)) assert.ok(files > 2 * MAX_CONNECTIONS)
  }
  for (const stop of numbers(read('compose.yaml'), /stop_grace_period: (\d+)s/g)) {
    assert.ok(stop * 1_000 > CLI_END_TIMEOUT)
  }
})

test('Prometheus asks aggregator and relay where each of them answers', () => {
  const ports = [DEFAULT_HTTP_PORT, DEFAULT_RELAY_HTTP_PORT]
  for (const file of ['prometheus/prometheus.yml', 'prometheus/compose.yml']) {
    assert.deepEqual(numbers(read(file), /targets: \["[^"]+:(\d+)"\]/g), ports, file)
  }
  const compose = read('compose.yaml')
  assert.deepEqual(numbers(compose, /_HTTP: 0\.0\.0\.0:(\d+)/g).sort(), ports)
  assert.deepEqual(numbers(compose, /127\.0\.0\.1:(\d+)\/readyz/g), [DEFAULT_RELAY_HTTP_PORT])
})
