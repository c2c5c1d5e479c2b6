import { join } from 'node:path'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { type Aggregator, createAggregator } from '../aggregator/index.ts'
import { loadOrCreateKey } from '../net/server.ts'
import { createRelay, type Relay } from '../relay/index.ts'
import { AGGREGATOR_OPTIONS, aggregatorInit } from './aggregator-options.ts'
import { COMMON_OPTIONS, type Command, type Context, DATA_OPTION, untilAborted } from './command.ts'
import { openDataFolder } from './data-folder.ts'
import { RELAY_OPTIONS, relayInit } from './relay-options.ts'
import { naming } from './usage.ts'
import { watchAggregator } from './watch.ts'

const PREFIX = 'relay-'
const OF_RELAY = RELAY_OPTIONS.map((option) => ({
  ...option,
  name: `${PREFIX}${option.name}`,
  help: `the relay: ${option.help}`
}))
const OF_AGGREGATOR = AGGREGATOR_OPTIONS.filter(({ name }) => name !== 'relay')
const RELAY_ROWS = OF_RELAY.map((row, index) => ({
  ...row,
  names: RELAY_OPTIONS[index]?.names ?? [RELAY_OPTIONS[index]?.name ?? '']
}))

/** Runs a relay and an aggregator that are made for each other, until a signal. */
export const upCommand: Command = {
  name: 'up',
  summary: 'Runs a relay, an aggregator and its dashboard, tied together',
  options: [...OF_AGGREGATOR, ...OF_RELAY, DATA_OPTION, ...COMMON_OPTIONS],
  examples: [
    'fil-heartbeat up',
    'fil-heartbeat up --reference http://127.0.0.1:1234/rpc/v1',
    'fil-heartbeat up --announce /dns4/heartbeat.example/tcp/443/wss --relay-announce /dns4/relay.example/tcp/443/wss'
  ],
  run: async (context) => {
    const { log, ending, print } = context
    const folder = await openDataFolder(context)
    await using started = new AsyncDisposableStack()
    const relay = await startRelay(context, folder)
    started.defer(() => relay.stop())
    const aggregator = await startAggregator(context, folder, wideAddress(relay.addresses))
    started.defer(() => aggregator.stop())
    const relayHttp = relay.httpUrl && { http: relay.httpUrl }
    log.info(
      { peerId: relay.peerId, addresses: relay.addresses, ...relayHttp },
      'the relay listens'
    )
    const { peerId, addresses, httpUrl } = aggregator
    log.info({ peerId, addresses, http: httpUrl }, 'the aggregator listens')
    print(describe(relay, aggregator, !context.told.isOn('no-dashboard')))
    void watchAggregator(aggregator, log, ending)
    await untilAborted(ending)
    await started.disposeAsync()
    log.info({ beats: aggregator.counts.beats }, 'all has ended')
    return 0
  }
}

async function startRelay({ told }: Context, folder: string): Promise<Relay> {
  const key = await loadOrCreateKey(join(folder, 'aggregator.key'))
  const aggregators = [peerIdFromPrivateKey(key).toString()]
  const relay = await naming(RELAY_ROWS, told, () =>
    createRelay(relayInit(told, folder, aggregators, PREFIX))
  )
  await relay.start()
  return relay
}

async function startAggregator(
  context: Context,
  folder: string,
  relay: string
): Promise<Aggregator> {
  const init = await naming(OF_AGGREGATOR, context.told, () => aggregatorInit(context, folder))
  const aggregator = await naming(OF_AGGREGATOR, context.told, () =>
    createAggregator({ ...init, relays: [relay] })
  )
  await aggregator.start()
  return aggregator
}

/** The address that most others can dial: none of this machine alone, where there is another. */
export function wideAddress(addresses: readonly string[]): string {
  const isWide = (address: string): boolean => !/^\/(ip4\/127\.|ip6\/::1\/)/.test(address)
  return addresses.find(isWide) ?? addresses[0] ?? ''
}

function describe(relay: Relay, aggregator: Aggregator, hasDashboard: boolean): string {
  const own = aggregator.addresses.filter((address) => !address.includes('/p2p-circuit'))
  const [target, through] = [wideAddress(own), wideAddress(relay.addresses)]
  return `
  aggregator  ${target}
  relay       ${through}
${hasDashboard ? `  dashboard   ${aggregator.httpUrl}/\n` : ''}
  In a wallet's page:

  <script type="module" src="/dist/define.js"></script>
  <fil-heartbeat target="${target}" relay="${through}" nickname="My wallet"></fil-heartbeat>
`
}
