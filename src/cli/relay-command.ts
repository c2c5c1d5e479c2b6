import { UsageError } from '../errors.ts'
import { type AllowedAggregators, createRelay, type Relay, type RelayInit } from '../relay/index.ts'
import { COMMON_OPTIONS, type Command, type Context, DATA_OPTION, untilAborted } from './command.ts'
import { openDataFolder } from './data-folder.ts'
import type { Option, Told } from './option.ts'
import { RELAY_OPTIONS, relayInit } from './relay-options.ts'
import { naming } from './usage.ts'

const OPTIONS = [
  {
    name: 'aggregator',
    kind: 'list',
    value: 'PEERID',
    help: 'an aggregator that may be reached through this relay, or "any"',
    names: ['aggregators']
  } as const,
  ...RELAY_OPTIONS,
  DATA_OPTION,
  ...COMMON_OPTIONS
]

/** Runs a relay until a signal. */
export const relayCommand: Command = {
  name: 'relay',
  summary: 'Passes circuits from wallets to the aggregators that it serves',
  options: OPTIONS,
  examples: [
    'fil-heartbeat relay --aggregator 12D3KooW…',
    'fil-heartbeat relay --aggregator 12D3KooW… --announce /dns4/relay.example/tcp/443/wss',
    'fil-heartbeat relay --aggregator any --listen /ip4/127.0.0.1/tcp/4001/ws'
  ],
  run: async (context) => {
    const { told, log, ending } = context
    const aggregators = readAggregators(told)
    const folder = await openDataFolder(context)
    const relay = await startRelay(context, OPTIONS, relayInit(told, folder, aggregators))
    await untilAborted(ending)
    await relay.stop()
    log.info('the relay has ended')
    return 0
  }
}

/**
 * Starts a relay, and logs where it is.
 *
 * @param options that name what is wrong
 * @throws {UsageError} when one is wrong
 */
export async function startRelay(
  { told, log }: Context,
  options: readonly Option[],
  init: RelayInit
): Promise<Relay> {
  const relay = await naming(options, told, () => createRelay(init))
  await relay.start()
  const { peerId, addresses, httpUrl } = relay
  log.info({ peerId, addresses, ...(httpUrl && { http: httpUrl }) }, 'the relay listens')
  return relay
}

function readAggregators(told: Told): AllowedAggregators {
  const listed = told.list('aggregator') ?? []
  if (listed.length === 1 && listed[0] === 'any') return 'any'
  if (listed.length > 0) return listed
  throw new UsageError('--aggregator is missing: whom may wallets reach through this relay?')
}
