// What operators put in front of a relay and an aggregator, by the recipes that they are given, with
// real wallets of the built library on the other side.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import type { OutgoingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { cleanup } from 'node-datachannel'
import type { Aggregator } from '../src/aggregator/index.ts'
import * as built from './kit/built.ts'
import { CONSENT, until as untilTold } from './kit/clients.ts'
import { EventReader } from './kit/event-reader.ts'
import { until } from './kit/net.ts'
import { ownNames, type Proxied, startProxied } from './kit/proxied.ts'
import {
  AGGREGATOR_NAME,
  type Certificate,
  FrontProxy,
  isInstalled,
  RELAY_NAME
} from './kit/proxy.ts'
import { Recorder } from './kit/recorder.ts'
import { BEARER, HTTP_TOKEN } from './kit/service-process.ts'

const DOCUMENT = '/.well-known/fil-heartbeat.json'
const HEAD = { cids: ['bafy2bzacecnamqgqmifpluoeldx7zzglxcljo6oja4vrmtj7432rphldpdmm2'], height: 1 }

/** Addresses of a client, as its options spell them. */
interface Way {
  readonly target: string
  readonly relay?: string
}

const PROGRAMS = { caddy: 'version', nginx: '-v', openssl: 'version' }
const missing = Object.entries(PROGRAMS).flatMap(([program, flag]) =>
  isInstalled(program, flag) ? [] : [program]
)

for (const kind of ['caddy', 'nginx'] as const) {
  const lacking = missing.find((program) => program === kind || program === 'openssl')
  const skip = lacking === undefined ? false : `${lacking} is not installed`

  describe(`behind ${kind}`, { skip }, () => {
    let folder: string
    let tls: Certificate
    let all: Proxied

    /** A proxy that passes everything on to one recorder. */
    const startBefore = ({ port }: Recorder): Promise<FrontProxy> =>
      FrontProxy.start(kind, { relay: port, aggregator: port, http: port }, tls)

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'fil-heartbeat-names-'))
      tls = await ownNames(folder)
      all = await startProxied(kind, tls)
    })

    after(async () => {
      await all?.[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
      // A native peer connection would keep the process alive otherwise.
      cleanup()
    })

    test('an aggregator has a slot on its relay, and tells of its own name', async () => {
      const { aggregator, relay, proxy } = all
      await until('a reservation', () => aggregator.relays().every(({ reserved }) => reserved))
      assert.equal(relay.status().reservations, 1)
      const own = `${proxy.addressOf(AGGREGATOR_NAME)}/p2p/${aggregator.peerId}`
      assert.ok(aggregator.addresses.includes(own))
    })

    test('a wallet beats straight to it', async () => {
      assert.equal(await beatOnce({ target: directTo(all) }, 'websocket'), 'websocket')
    })

    test('a wallet beats through a circuit', async () => {
      const { proxy, aggregator, relay } = all
      const through = `${proxy.addressOf(RELAY_NAME)}/p2p/${relay.peerId}`
      const way = { target: `/p2p/${aggregator.peerId}`, relay: through }
      assert.equal(await beatOnce(way, 'relayed'), 'relayed')
    })

    test('a wallet finds both by the discovery document', async () => {
      const { proxy, aggregator } = all
      const target = `${proxy.url}${DOCUMENT}#${aggregator.peerId}`
      assert.equal(await beatOnce({ target }, 'websocket'), 'websocket')
      assert.equal(await beatOnce({ target }, 'relayed'), 'relayed')
      const document = await fetch(proxy.url + DOCUMENT)
      const { headers } = document
      assert.equal(headers.get('access-control-allow-origin'), '*')
      assert.equal((await document.json()).peer, aggregator.peerId)
    })

    test('the dashboard is shown, and what it shows needs the token', async () => {
      const { url } = all.proxy
      const page = await fetch(url)
      assert.equal(page.status, 200)
      const [, script] = /<script[^>]+src="([^"]+)"/.exec(await page.text()) ?? []
      assert.ok(script !== undefined)
      assert.equal(await statusOf(new URL(script, url)), 200)
      for (const path of ['/api/nodes', '/openapi.json', '/feed']) {
        assert.equal(await statusOf(url + path), 401, path)
      }
      assert.equal(await statusOf(`${url}/api/nodes`, { headers: BEARER }), 200)
    })

    test('a browser that gives the token gets a cookie for https alone', async () => {
      const { url } = all.proxy
      const body = JSON.stringify({ token: HTTP_TOKEN })
      const { status, headers } = await fetch(`${url}/api/session`, { method: 'POST', body })
      assert.equal(status, 204)
      const [session = '', ...rules] = (headers.get('set-cookie') ?? '').split('; ')
      assert.ok(rules.includes('Secure'))
      assert.equal(await statusOf(`${url}/api/nodes`, { headers: { cookie: session } }), 200)
    })

    test('figures and probes, which are for machines of the operator, are not there', async () => {
      for (const path of ['/metrics', '/livez', '/readyz']) {
        assert.equal(await statusOf(all.proxy.url + path, { headers: BEARER }), 404, path)
      }
      assert.equal(await statusOf(`https://${RELAY_NAME}:${all.proxy.port}/`), 404)
    })

    test('events come as they happen, and a reader that goes is let go', async () => {
      const { proxy, aggregator } = all
      const near = await EventReader.open(aggregator.httpUrl ?? '', BEARER)
      const far = await EventReader.open(proxy.url, BEARER)
      await Promise.all([near.next('snapshot'), far.next('snapshot')])
      await beatOnce({ target: directTo(all) }, 'websocket')
      const [first, same] = await Promise.all([near.next('node'), far.next('node')])
      assert.deepEqual(same.data, first.data)
      // Whoever gathers what it passes on waits for kilobytes, or for the end.
      assert.ok(same.at - first.at < 500, `${same.at - first.at} ms later`)
      far.close()
      await untilReaders(aggregator, 1)
      near.close()
    })

    test('it says where a client is, whatever that says itself', async () => {
      await using seen = await Recorder.start()
      await using proxy = await startBefore(seen)
      const lies = { 'x-forwarded-for': '203.0.113.66', 'x-forwarded-proto': 'gopher' }
      await ask(`${proxy.url}/api/nodes`, lies)
      const upgrade = { connection: 'Upgrade', upgrade: 'websocket' }
      await ask(proxy.url, { ...lies, ...upgrade })
      await ask(`https://${RELAY_NAME}:${proxy.port}`, { ...lies, ...upgrade })
      const told = seen.headers.map((headers) => [
        headers.upgrade,
        headers['x-forwarded-for'],
        headers['x-forwarded-proto']
      ])
      assert.deepEqual(told, [
        [undefined, '127.0.0.1', 'https'],
        ['websocket', '127.0.0.1', 'https'],
        ['websocket', '127.0.0.1', 'https']
      ])
    })

    test('a body that is longer than any token is cut off', async () => {
      await using seen = await Recorder.start()
      await using proxy = await startBefore(seen)
      const body = 'x'.repeat(1_000_000)
      const status = await statusOf(`${proxy.url}/api/session`, { method: 'POST', body })
      // Caddy has begun to pass it on when it turns out to be too long.
      assert.ok([413, 502].includes(status), `status ${status}`)
      assert.ok(seen.bodyBytes <= 4_096, `${seen.bodyBytes} bytes came through`)
    })
  })
}

function directTo({ proxy, aggregator }: Proxied): string {
  return `${proxy.addressOf(AGGREGATOR_NAME)}/p2p/${aggregator.peerId}`
}

/** Runs a fresh client until its first beat is answered; tells by which way it went. */
async function beatOnce(way: Way, routes: 'websocket' | 'relayed'): Promise<string> {
  const { createHeartbeatClient } = await built.library()
  const client = createHeartbeatClient({ ...way, routes })
  client.setHead(HEAD)
  await client.start(CONSENT)
  try {
    await untilTold(client, () => {
      const { state } = client
      if (state.phase === 'failing') throw new Error(`${state.layer}: ${state.problem}`)
      return state.phase === 'beating' && state.delivery.kind === 'acknowledged'
    })
    return client.state.phase === 'beating' ? client.state.route : client.state.phase
  } finally {
    await client.stop()
  }
}

/** Resolves when so many read the feed. */
async function untilReaders({ httpUrl }: Aggregator, count: number): Promise<void> {
  const figure = new RegExp(`^fil_heartbeat_feed_readers ${count}$`, 'm')
  let text = ''
  do {
    text = await (await fetch(`${httpUrl}/metrics`, { headers: BEARER })).text()
  } while (!figure.test(text))
}

async function statusOf(url: string | URL, init?: RequestInit): Promise<number> {
  const response = await fetch(url, init)
  await response.arrayBuffer()
  return response.status
}

async function ask(url: string, headers: OutgoingHttpHeaders): Promise<void> {
  const asking = request(url, { headers }).end()
  const [response] = await once(asking, 'response')
  await once(response.resume(), 'end')
}
