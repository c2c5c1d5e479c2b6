// Two hundred wallets that lose one relay in the same instant: all of them come back, and none of
// them in a stampede.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HeartbeatClient } from '../../src/index.ts'
import { lasts } from '../kit/browser-faults.ts'
import { library } from '../kit/built.ts'
import { FaultNetwork, nextLook } from '../kit/fault-network.ts'

const CLIENTS = 200

/** How often they beat, in ms. */
const PERIOD = 10_000

/** First window of their back-off, in ms. */
const WINDOW = 5_000

/** How long the relay is away, in ms. */
const OUTAGE = 15_000

/** In ms: the longest wait between two tries, and what two cores need for a crowd's handshakes. */
const RETURN_TIMEOUT = 60_000 + 30_000

const HEAD = { cids: ['bafy2bzacecnamqgqmifpluoeldx7zzglxcljo6oja4vrmtj7432rphldpdmm2'], height: 1 }

test(`${CLIENTS} clients come back after their relay does, at most 3 × clients ÷ window a second`, async () => {
  await using network = await FaultNetwork.start({ relays: 1 })
  await using crowd = await Crowd.gather(network)
  const [stand] = network.relays
  assert.ok(stand)
  await crowd.reports('before')

  const cutAt = performance.now()
  await stand.relay.kill()
  await lasts(OUTAGE)
  await stand.relay.restart()
  await network.reserved()
  const backAt = Date.now()
  await crowd.reports('after', backAt)

  const dials = stand.fromPage.dials.filter((at) => at > cutAt)
  const peak = peakPerSecond(dials)
  const allowed = (3 * CLIENTS) / (WINDOW / 1_000)
  console.log(
    `${dials.length} dials of ${CLIENTS} clients, at most ${peak} a second (${allowed} allowed)`
  )
  assert.ok(peak <= allowed, `${peak} dials in a second, more than ${allowed}`)
})

class Crowd implements AsyncDisposable {
  readonly #clients: readonly HeartbeatClient[]
  readonly #network: FaultNetwork

  private constructor(clients: readonly HeartbeatClient[], network: FaultNetwork) {
    this.#clients = clients
    this.#network = network
  }

  static async gather(network: FaultNetwork): Promise<Crowd> {
    const { createHeartbeatClient } = await library()
    const clients: HeartbeatClient[] = []
    for (let index = 0; index < CLIENTS; index++) {
      const client = createHeartbeatClient({
        target: network.target,
        relay: network.relayAddresses,
        routes: 'relayed',
        nickname: `Client ${index}`,
        beatPeriod: PERIOD,
        reconnectPeriod: WINDOW
      })
      client.setHead(HEAD)
      await client.start({ consent: true })
      clients.push(client)
    }
    return new Crowd(clients, network)
  }

  /** Resolves when every client beats and the roster has heard it since that moment, in ms since 1970. */
  async reports(when: string, since = 0): Promise<void> {
    const end = performance.now() + RETURN_TIMEOUT
    for (;;) {
      const beating = this.#clients.filter(({ state }) => state.phase === 'beating').length
      const rows = (await this.#network.nodes()) ?? []
      const heard = rows.filter(
        ({ connected, lastBeatAt = 0 }) => connected && lastBeatAt > since
      ).length
      if (beating === CLIENTS && heard === CLIENTS) return
      if (performance.now() > end) {
        assert.fail(`${when}: of ${CLIENTS} clients ${beating} beat, and ${heard} were heard`)
      }
      await nextLook()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.stop()))
  }
}

/** The most of these moments, in ms and in order, that lie within one second. */
function peakPerSecond(moments: readonly number[]): number {
  let first = 0
  let peak = 0
  for (const [index, moment] of moments.entries()) {
    while (moment - (moments[first] ?? moment) >= 1_000) first++
    peak = Math.max(peak, index - first + 1)
  }
  return peak
}
