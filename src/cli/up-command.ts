import { join } from 'node:path'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import type { Aggregator } from '../aggregator/index.ts'
import { loadOrCreateKey } from '../net/server.ts'
import type { Relay } from '../relay/index.ts'
import { startAggregator } from './aggregator-command.ts'
import { AGGREGATOR_OPTIONS } from './aggregator-options.ts'
import { COMMON_OPTIONS, type Command, DATA_OPTION, untilAborted } from './command.ts'
import { openDataFolder } from './data-folder.ts'
import { startRelay } from './relay-command.ts'
import { RELAY_OPTIONS, relayInit } from './relay-options.ts'

const PREFIX = 'relay-'
const OF_RELAY = RELAY_OPTIONS.map((option) => ({
  ...option,
  name: `${PREFIX}${option.name}`,
  help: `the relay: ${option.help}`,
  names: option.names ?? [option.name]
}))
const OF_AGGREGATOR = AGGREGATOR_OPTIONS.filter(({ name }) => name !== 'relay')

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
    const { told, log, ending, print } = context
    const folder = await openDataFolder(context)
    await using started = new AsyncDisposableStack()
    const key = await loadOrCreateKey(join(folder, 'aggregator.key'))
    const served = [peerIdFromPrivateKey(key).toString()]
    const relay = await startRelay(context, OF_RELAY, relayInit(told, folder, served, PREFIX))
    started.defer(() => relay.stop())
    const relays = [wideAddress(relay.addresses)]
    const aggregator = await startAggregator(context, folder, OF_AGGREGATOR, { relays })
    started.defer(() => aggregator.stop())
    print(describe(relay, aggregator, !told.isOn('no-dashboard')))
    await untilAborted(ending)
    await started.disposeAsync()
    log.info({ beats: aggregator.counts.beats }, 'all has ended')
    return 0
  }
}

/** The address that most others can dial: none of this machine alone, where there is another. */
function wideAddress(addresses: readonly string[]): string {
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
