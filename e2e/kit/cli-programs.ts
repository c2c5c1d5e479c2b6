// Relays, aggregators and light clients of the built command line, each for as long as one test.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { NodeRow } from '../../src/aggregator/index.ts'
import { LotusNode, SpecChain } from './lotus-node.ts'
import { Program } from './program.ts'
import { readLines } from './services.ts'

/** The peer id of nobody who is there. */
export const NOBODY = '12D3KooWKgCRWSMaay3wT8EaPpPnbaHxsQN1B1yc7Az6trUvcU3D'

/** Where to listen, for whatever port is free. */
export const ANY_PORT = '/ip4/127.0.0.1/tcp/0/ws'

/** A folder that goes with the test. */
export async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'fil-heartbeat-cli-'))
  t.after(() => rm(path, { recursive: true, force: true }))
  return path
}

/** Runs the program until the test ends. */
export function run(
  t: TestContext,
  args: readonly string[],
  env?: Record<string, string>
): Program {
  const program = new Program(args, env)
  t.after(async () => {
    program.kill('SIGKILL')
    await program.ended
  })
  return program
}

/** Starts a relay for every aggregator. */
export async function startRelay(t: TestContext, listen = ANY_PORT) {
  const own = ['--listen', listen, '--http', '127.0.0.1:0', '--data', await folder(t)]
  const program = run(t, ['relay', '--aggregator', 'any', ...own])
  const { addresses } = await program.logged('the relay listens')
  return { program, address: (addresses as string[])[0] ?? '' }
}

/** Starts an aggregator, in a folder that was one's before or in a new one. */
export async function startAggregator(
  t: TestContext,
  { flags = [], data, listen = ANY_PORT }: { flags?: string[]; data?: string; listen?: string } = {}
) {
  const where = data ?? (await folder(t))
  const own = ['--listen', listen, '--http', '127.0.0.1:0', '--data', where]
  const program = run(t, ['aggregator', ...own, ...flags])
  const { peerId, addresses, http } = await program.logged('the aggregator listens')
  const address = (addresses as string[])[0] ?? ''
  return { program, data: where, peerId: `${peerId}`, address, api: `${http}/api` }
}

/** Starts a light client, and a node of Lotus for it. `beating` waits for beats by a route. */
export async function startBeat(t: TestContext, flags: readonly string[], data?: string) {
  const chain = new SpecChain(t.name)
  const node = await LotusNode.start(chain)
  t.after(() => node.stop())
  const where = data ?? (await folder(t))
  const of = ['--rpc', node.url, '--genesis-timestamp', `${chain.genesisTimestamp}`]
  const program = run(t, ['beat', ...of, '--epoch', '1000', '--data', where, '--json', ...flags])
  const { peerId } = await program.logged('is known by this peer id')
  const beating = (route: string) =>
    program.output.find((line) => {
      const { state, acknowledged } = JSON.parse(line)
      return state.phase === 'beating' && state.route === route ? acknowledged : undefined
    })
  return { program, peerId: `${peerId}`, beating }
}

/** All nodes: what is asked page by page may be a second old, this is told at once. */
export async function rosterOf(api: string): Promise<NodeRow[]> {
  return readLines(await (await fetch(`${api}/export?topic=roster`)).text())
}
