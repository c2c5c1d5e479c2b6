import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { OptionError } from '../src/errors.ts'
import { parseDuration } from '../src/timing/index.ts'
import {
  DEFAULT_DEV_EPOCH_PERIOD,
  DEFAULT_PORTS,
  DEFAULT_SEED,
  MAX_DEV_EPOCH_PERIOD,
  MIN_DEV_EPOCH_PERIOD
} from './constants.ts'

/** The services of the demo, by the names of their ports. */
export type ServiceName = keyof typeof DEFAULT_PORTS

/** The flag that changes each service's port. */
export const PORT_FLAGS: Readonly<Record<ServiceName, string>> = {
  page: '--port',
  relay: '--relay-port',
  aggregator: '--aggregator-port',
  http: '--http-port',
  chain: '--chain-port'
}

/** What the demo is told. */
export interface DemoOptions {
  readonly help: boolean
  readonly ports: Readonly<Record<ServiceName, number>>
  /** A real Lotus node instead of the development chain. */
  readonly rpc?: URL
  /** Length of the development chain's epoch, in ms. */
  readonly epochPeriod: number
  readonly seed: string
  /** Share of epochs of the development chain without a block. */
  readonly nullRounds: number
  /** Where the keys are kept. */
  readonly data: string
}

export const HELP = `Starts a local network and the demo wallet: relay, aggregator, development chain, page.

  --port N             the page (${DEFAULT_PORTS.page})
  --relay-port N       the relay, libp2p over WebSocket (${DEFAULT_PORTS.relay})
  --aggregator-port N  the aggregator, libp2p over WebSocket (${DEFAULT_PORTS.aggregator})
  --http-port N        the aggregator's HTTP API (${DEFAULT_PORTS.http})
  --chain-port N       the development chain (${DEFAULT_PORTS.chain})
  --rpc URL            a real Lotus node instead of the development chain
  --epoch 4s           the development chain's epoch: whole seconds, 1s to 1m
  --seed TEXT          another development chain
  --null-rounds SHARE  epochs without a block, from 0 to below 1 (0)
  --data FOLDER        where the keys are kept (.data)
  --help               this text

Port 0 takes any that is free.
`

const FLAGS = {
  port: { type: 'string' },
  'relay-port': { type: 'string' },
  'aggregator-port': { type: 'string' },
  'http-port': { type: 'string' },
  'chain-port': { type: 'string' },
  rpc: { type: 'string' },
  epoch: { type: 'string' },
  seed: { type: 'string' },
  'null-rounds': { type: 'string' },
  data: { type: 'string' },
  help: { type: 'boolean', short: 'h' }
} as const

const OF_DEVELOPMENT_CHAIN = ['chain-port', 'epoch', 'seed', 'null-rounds'] as const

/**
 * Reads the command line.
 *
 * @param args without the program's own name
 * @throws {OptionError} naming the flag and what was wrong with it
 */
export function readArguments(args: readonly string[]): DemoOptions {
  const values = parse(args)
  const surplus = OF_DEVELOPMENT_CHAIN.find((flag) => values[flag] !== undefined)
  if (values.rpc !== undefined && surplus) {
    throw new OptionError(`--${surplus}`, 'is for the development chain, which --rpc replaces')
  }
  const { seed = DEFAULT_SEED, data = '.data', help = false } = values
  return {
    help,
    ports: readPorts(values),
    ...(values.rpc !== undefined && { rpc: readUrl(values.rpc) }),
    epochPeriod: readEpoch(values.epoch),
    seed,
    nullRounds: readShare(values['null-rounds']),
    data: resolve(data)
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, allowPositionals: false }).values
  } catch (cause) {
    // The first sentence says what is wrong; the rest teaches the syntax of positional arguments.
    const [problem = ''] = (cause as Error).message.split(/\.\s/)
    throw new OptionError('arguments', problem, { cause })
  }
}

type Values = ReturnType<typeof parse>

function readPorts(values: Values): Record<ServiceName, number> {
  const ports = {
    page: readPort('--port', values.port, DEFAULT_PORTS.page),
    relay: readPort('--relay-port', values['relay-port'], DEFAULT_PORTS.relay),
    aggregator: readPort('--aggregator-port', values['aggregator-port'], DEFAULT_PORTS.aggregator),
    http: readPort('--http-port', values['http-port'], DEFAULT_PORTS.http),
    chain: readPort('--chain-port', values['chain-port'], DEFAULT_PORTS.chain)
  }
  const users = new Map<number, string>()
  for (const [name, port] of Object.entries(ports) as Array<[ServiceName, number]>) {
    if (port === 0 || (name === 'chain' && values.rpc !== undefined)) continue
    const other = users.get(port)
    if (other) throw new OptionError(PORT_FLAGS[name], `${port} is the port of ${other} too`)
    users.set(port, PORT_FLAGS[name])
  }
  return ports
}

function readPort(flag: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new OptionError(flag, `"${text}" is not a port from 0 to 65535`)
}

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && /^(https?|wss?):$/.test(url.protocol) && !url.username && !url.password) return url
  throw new OptionError('--rpc', 'not a URL such as "https://api.node.glif.io/rpc/v1"')
}

function readEpoch(text: string | undefined): number {
  if (text === undefined) return DEFAULT_DEV_EPOCH_PERIOD
  const [min, max] = [MIN_DEV_EPOCH_PERIOD, MAX_DEV_EPOCH_PERIOD]
  const period = parseDuration(text, '--epoch', { min, max })
  if (period % 1_000 === 0) return period
  throw new OptionError('--epoch', `"${text}" is not in whole seconds`)
}

function readShare(text: string | undefined): number {
  const share = Number(text ?? 0)
  if (text !== '' && share >= 0 && share < 1) return share
  throw new OptionError('--null-rounds', `"${text}" is not a share from 0 to below 1`)
}
