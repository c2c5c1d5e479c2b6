// `npm start`: the local network and the demo wallet, until Ctrl-C.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { OptionError } from '../src/errors.ts'
import { formatDuration } from '../src/timing/index.ts'
import { type DemoOptions, HELP, readArguments } from './arguments.ts'
import { endOnSignal } from './ending.ts'
import { type Network, startNetwork } from './network.ts'

const ROOT = join(import.meta.dirname, '..')
const EXIT_FAILURE = 1
const EXIT_USAGE = 2

/** Runs the program; what it starts goes on until a signal. */
async function main(args: readonly string[]): Promise<void> {
  const options = readArguments(args)
  if (options.help) return console.log(HELP)
  if (!existsSync(join(ROOT, 'dist'))) {
    console.error('dist/ is missing, so the page will be empty: run "npm run build" first')
  }
  // A Ctrl-C while it starts ends it too.
  const starting = startNetwork(ROOT, options)
  endOnSignal(async () => (await starting).stop(), process)
  print(await starting, options)
}

function print({ url, config }: Network, { rpc, epochPeriod }: DemoOptions): void {
  const chain = rpc ? `${rpc.host} (a real node)` : `${config.rpc.http}, also ws:`
  const epoch = formatDuration(rpc ? config.chain.epochPeriod : epochPeriod)
  console.log(`
  relay       ${config.relay}
  aggregator  ${config.direct}
  dashboard   ${config.dashboard}
  API, feed   ${config.api}, ${config.feed}
  chain       ${chain}, one epoch is ${epoch}
  playground  ${url}demo/playground.html

  Open ${url}

  Ctrl-C ends everything.
`)
}

main(process.argv.slice(2)).catch((error: Error) => {
  const isUsage = error instanceof OptionError && /^(--|arguments)/.test(error.option)
  console.error(error.message)
  if (isUsage) console.error('--help lists the flags')
  process.exit(isUsage ? EXIT_USAGE : EXIT_FAILURE)
})
