import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClientState } from '../../src/index.ts'
import * as built from './built.ts'
import { first, LOOPBACK, type Net, until } from './net.ts'
import { startWire } from './wire.ts'

const HEAD = { cids: ['bafy2bzacecnamqgqmifpluoeldx7zzglxcljo6oja4vrmtj7432rphldpdmm2'], height: 1 }

/** Starts the built relay and the built aggregator, `oneWayDelay` ms apart. */
export async function startOurs(oneWayDelay: number): Promise<Net> {
  await using started = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'fil-heartbeat-'))
  started.defer(() => rm(folder, { recursive: true }))

  const { createRelay } = await built.relay()
  const keyFile = join(folder, 'relay.key')
  const relay = await createRelay({ keyFile, listen: [LOOPBACK], aggregators: 'any' })
  started.defer(() => relay.stop())
  await relay.start()
  const wire = await startWire(first(relay.addresses), oneWayDelay)
  started.defer(() => wire.close())

  const { createAggregator } = await built.aggregator()
  const aggregator = await createAggregator({
    keyFile: join(folder, 'aggregator.key'),
    listen: [LOOPBACK],
    relays: [wire.address],
    http: { port: 0 }
  })
  started.defer(() => aggregator.stop())
  await aggregator.start()
  const direct = first(aggregator.addresses)
  await until('a reservation', () => aggregator.relays().every(({ reserved }) => reserved))

  const { createHeartbeatClient } = await built.library()
  const all = started.move()
  return {
    async beat({ address }, routes) {
      const client = createHeartbeatClient({
        routes,
        ...(routes === 'websocket'
          ? { target: address }
          : { target: `/p2p/${aggregator.peerId}`, relay: address })
      })
      client.setHead(HEAD)
      await client.start({ consent: true })
      return {
        climbs: () => isClimbing(client.state),
        isDirect: () => client.state.phase === 'beating' && client.state.route === 'webrtc',
        stop: () => client.stop()
      }
    },
    addressOf: (who) => (who === 'relay' ? first(relay.addresses) : direct),
    heard: () => aggregator.nodes().filter(({ beats }) => beats > 0).length,
    stop: () => all.disposeAsync()
  }
}

function isClimbing(state: ClientState): boolean {
  return state.phase === 'beating' && (state.upgrade === 'trying' || state.route === 'webrtc')
}
