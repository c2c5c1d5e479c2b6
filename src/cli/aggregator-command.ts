import { type Aggregator, type AggregatorInit, createAggregator } from '../aggregator/index.ts'
import { AGGREGATOR_OPTIONS, aggregatorInit } from './aggregator-options.ts'
import { COMMON_OPTIONS, type Command, type Context, DATA_OPTION, untilAborted } from './command.ts'
import { openDataFolder } from './data-folder.ts'
import type { Option } from './option.ts'
import { naming } from './usage.ts'
import { watchAggregator } from './watch.ts'

const OPTIONS = [...AGGREGATOR_OPTIONS, DATA_OPTION, ...COMMON_OPTIONS]

/** Runs an aggregator until a signal. */
export const aggregatorCommand: Command = {
  name: 'aggregator',
  summary: 'Receives heartbeats, answers them, and shows who is there',
  options: OPTIONS,
  examples: [
    'fil-heartbeat aggregator --reference http://127.0.0.1:1234/rpc/v1',
    'fil-heartbeat aggregator --relay /dns4/relay.example/tcp/443/wss/p2p/12D3KooW…',
    'fil-heartbeat aggregator --announce /dns4/heartbeat.example/tcp/443/wss --watched 12D3KooW…'
  ],
  run: async (context) => {
    const aggregator = await startAggregator(context, await openDataFolder(context), OPTIONS)
    await untilAborted(context.ending)
    await aggregator.stop()
    context.log.info({ beats: aggregator.counts.beats }, 'the aggregator has ended')
    return 0
  }
}

/**
 * Starts an aggregator as it is told, and logs where it is and what changes about it.
 *
 * @param folder of its key and history
 * @param options that name what is wrong
 * @param more what it is not told by any of them
 * @throws {UsageError} when one is wrong
 */
export async function startAggregator(
  context: Context,
  folder: string,
  options: readonly Option[],
  more: Partial<AggregatorInit> = {}
): Promise<Aggregator> {
  const { told, log, ending } = context
  const aggregator = await naming(options, told, () =>
    createAggregator({ ...aggregatorInit(context, folder), ...more })
  )
  await aggregator.start()
  const { peerId, addresses, httpUrl } = aggregator
  log.info({ peerId, addresses, http: httpUrl }, 'the aggregator listens')
  void watchAggregator(aggregator, log, ending)
  return aggregator
}
