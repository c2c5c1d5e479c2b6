import { join, resolve } from 'node:path'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { type ClientOptions, createHeartbeatClient, type HeartbeatClient } from '../client/index.ts'
import { ALERT_TARGET_PERIOD, DEFAULT_BEAT_PERIOD, SEED_BYTES } from '../constants.ts'
import { IdentityError, UnsupportedError, UsageError } from '../errors.ts'
import { loadOrCreateKey } from '../net/server.ts'
import { BeatLog } from './beat-log.ts'
import { CLIENT_OPTIONS, clientOptions } from './client-options.ts'
import { COMMON_OPTIONS, type Command, type Context, DATA_OPTION, untilAborted } from './command.ts'
import { openDataFolder } from './data-folder.ts'
import type { Option, Told } from './option.ts'
import { complaintOf, naming } from './usage.ts'

const ALERTS = 'alerts'

const OPTIONS: readonly Option[] = [
  ...CLIENT_OPTIONS,
  {
    name: ALERTS,
    kind: 'text',
    value: 'MULTIADDR',
    help: 'a second target, which is beaten every 10 s',
    variable: 'FIL_HEARTBEAT_ALERTS'
  },
  {
    name: 'identity',
    kind: 'text',
    value: 'FILE',
    help: 'the key to be known by; made on the first run',
    default: 'beat.key in the data folder',
    names: ['identity', 'keyFile']
  },
  { name: 'json', kind: 'switch', help: 'write each state as a line of JSON to standard output' },
  DATA_OPTION,
  ...COMMON_OPTIONS
]

/** Sends heartbeats until a signal. */
export const beatCommand: Command = {
  name: 'beat',
  summary: "Reports the head of a Lotus node, as a wallet's page would report its own",
  options: OPTIONS,
  examples: [
    'fil-heartbeat beat --rpc http://127.0.0.1:1234/rpc/v1 --target /dns4/heartbeat.example/tcp/443/wss/p2p/12D3KooW…',
    'fil-heartbeat beat --rpc wss://lotus.example/rpc/v1 --target https://heartbeat.example/.well-known/fil-heartbeat.json',
    'fil-heartbeat beat --rpc http://127.0.0.1:1234/rpc/v1 --target /p2p/12D3KooW… --relay /dns4/relay.example/tcp/443/wss/p2p/12D3KooW… --json'
  ],
  run: async (context) => {
    const { told, log, ending } = context
    for (const name of ['target', 'rpc']) {
      if (told.text(name) === undefined && told.list(name) === undefined) {
        throw new UsageError(`--${name} is missing`)
      }
    }
    checkAlerts(told)
    const identity = await openIdentity(context)
    const main = { beatPeriod: DEFAULT_BEAT_PERIOD, ...clientOptions(told), identity }
    const clients = [await beat(context, 'main', main, OPTIONS)]
    const alerts = told.text(ALERTS)
    if (alerts !== undefined) {
      const periods = { beatPeriod: ALERT_TARGET_PERIOD, reconnectPeriod: ALERT_TARGET_PERIOD }
      const options = { ...main, ...periods, target: alerts }
      const others = OPTIONS.filter(({ name }) => name !== 'target')
      const rows = others.map((row) => (row.name === ALERTS ? { ...row, names: ['target'] } : row))
      clients.push(await beat(context, ALERTS, options, rows))
    }
    // What is found wrong only while it runs ends the program.
    const failed = Promise.race(clients.map(({ failed }) => failed))
    try {
      await Promise.race([untilAborted(ending), failed])
    } finally {
      await Promise.all(clients.map(({ client }) => client.stop()))
    }
    const acknowledged = clients.map(({ said }) => said.acknowledged)
    log.info({ acknowledged }, 'beats no more')
    return 0
  }
}

// To an aggregator two sessions with one key are a key that somebody else uses, too.
function checkAlerts(told: Told): void {
  const alerts = told.text(ALERTS)
  const targets = told.list('target') ?? []
  if (alerts === undefined || !targets.map(peerOf).includes(peerOf(alerts))) return
  throw new UsageError(
    `${told.origin(ALERTS)} leads to the aggregator of ${told.origin('target')}, which has the beats already`
  )
}

/** The peer id at the end of an address; all of it where there is none. */
function peerOf(address: string): string {
  return /(?:\/p2p\/|#)([^/#]+)$/.exec(address)?.[1] ?? address
}

interface Beating {
  readonly client: HeartbeatClient
  readonly said: BeatLog
  /** Rejects when what it was told turns out wrong. */
  readonly failed: Promise<never>
}

async function beat(
  { told, log, print }: Context,
  target: string,
  options: ClientOptions,
  rows: readonly Option[]
): Promise<Beating> {
  const client = await naming(rows, told, () => createHeartbeatClient(options))
  const said = new BeatLog({ client, target, log, ...(told.isOn('json') && { print }) })
  const failed = Promise.withResolvers<never>()
  client.subscribe(() => {
    said.look()
    const { state } = client
    if (state.phase === 'misconfigured') {
      const { option, problem: message } = state
      failed.reject(complaintOf(rows, told, { option, message }) ?? new UsageError(message))
    }
    if (state.phase === 'unsupported') failed.reject(new UnsupportedError(state.problem))
  })
  await client.start({ consent: true })
  return { client, said, failed: failed.promise }
}

/** @returns the seed of the key to be known by */
async function openIdentity(context: Context): Promise<Uint8Array> {
  const { told, log } = context
  const given = told.text('identity')
  const file =
    given === undefined ? join(await openDataFolder(context), 'beat.key') : resolve(given)
  const rows = given === undefined ? [] : OPTIONS
  const key = await naming(rows, told, () => loadOrCreateKey(file))
  if (key.type !== 'Ed25519') throw new IdentityError(file, `is a key of ${key.type}, not Ed25519`)
  log.info({ peerId: peerIdFromPrivateKey(key).toString(), file }, 'is known by this peer id')
  return key.raw.slice(0, SEED_BYTES)
}
