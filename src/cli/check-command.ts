import { randomBytes } from 'node:crypto'
import { type Attempt, attemptWays } from '../client/attempts.ts'
import { CHECK_ANSWER_TIMEOUT, DEFAULT_BEAT_PERIOD, SESSION_BYTES } from '../constants.ts'
import { RouteError, UsageError } from '../errors.ts'
import type { Leg } from '../heartbeat/index.ts'
import { withTimeout } from '../timing/index.ts'
import { readIceServers, readRoutes, WAY_OPTIONS } from './client-options.ts'
import { COMMON_OPTIONS, type Command } from './command.ts'
import { faultOf, faultOfDiscovery } from './fault.ts'
import { type Option, present, type Told } from './option.ts'
import { naming } from './usage.ts'

const NICKNAME = 'fil-heartbeat check'
const EXIT_BROKEN = 1
const ADDRESS = 'ADDRESS'

const OPTIONS: readonly Option[] = [
  ...WAY_OPTIONS,
  {
    name: 'beat',
    kind: 'switch',
    help: `send one beat as well, as "${NICKNAME}", which the operator then sees`
  },
  { name: 'json', kind: 'switch', help: 'write each way as a line of JSON instead of a table' },
  ...COMMON_OPTIONS
]

interface Row {
  readonly way: string
  readonly works: boolean
  /** In ms. */
  readonly elapsed: number
  readonly address: string
  /** Which layer failed, or what works less well than it might. */
  readonly problem?: string
}

/** Tries every way to an aggregator once, and says which work. */
export const checkCommand: Command = {
  name: 'check',
  summary: 'Dials an aggregator as a wallet would, by every way, and says what fails where',
  operand: ADDRESS,
  options: OPTIONS,
  examples: [
    'fil-heartbeat check https://heartbeat.example/.well-known/fil-heartbeat.json',
    'fil-heartbeat check /p2p/12D3KooW… --relay /dns4/relay.example/tcp/443/wss/p2p/12D3KooW…',
    'fil-heartbeat check /dns4/heartbeat.example/tcp/443/wss/p2p/12D3KooW… --routes websocket --beat'
  ],
  run: async ({ told, print, ending, log }) => {
    const target = told.text(ADDRESS)
    if (target === undefined) throw new UsageError('the address to check is missing')
    const rows: Row[] = []
    try {
      await naming(TARGET_ROWS, told, async () => {
        for await (const attempt of attemptWays(initOf(told, target), ending)) {
          if (!attempt.works) log.debug({ err: attempt.error }, 'a way failed')
          rows.push(await rowOf(attempt))
          const row = rows.at(-1)
          if (row !== undefined && told.isOn('json')) print(JSON.stringify(row))
        }
      })
    } catch (error) {
      if (!(error instanceof RouteError)) throw error
      rows.push({
        way: error.layer,
        works: false,
        elapsed: 0,
        address: target,
        problem: faultOfDiscovery(error)
      })
      if (told.isOn('json')) print(JSON.stringify(rows.at(-1)))
    }
    if (!told.isOn('json')) print(tableOf(rows))
    return rows.length > 0 && rows.every(({ works }) => works) ? 0 : EXIT_BROKEN
  }
}

// The address stands without a flag.
const TARGET_ROWS: readonly Option[] = [
  ...OPTIONS,
  { name: ADDRESS, kind: 'text', help: '', names: ['target'] }
]

function initOf(told: Told, target: string): Parameters<typeof attemptWays>[0] {
  return {
    target,
    ...present({
      relay: told.list('relay'),
      routes: readRoutes(told),
      iceServers: readIceServers(told),
      onOpen: told.isOn('beat') ? sendOne : undefined
    })
  }
}

// It leaves in the same breath, so that nobody waits for a second one.
async function sendOne(leg: Leg, outer: AbortSignal): Promise<void> {
  const answered = Promise.withResolvers<void>()
  leg.listen((answer) => {
    if (answer.type !== 'ack') answered.reject(new Error('the aggregator ends'))
    else if (answer.reason === undefined) answered.resolve()
    else answered.reject(new Error(`the beat is rejected: ${answer.reason}`))
  })
  const session = new Uint8Array(randomBytes(SESSION_BYTES))
  const beat = { seq: 1, session, next: DEFAULT_BEAT_PERIOD, page: 'leaving' } as const
  leg.send({ ...beat, head: [], height: 0n, nickname: NICKNAME, minerAddress: '' })
  if (leg.version === 1) return
  await withTimeout('the answer', CHECK_ANSWER_TIMEOUT, outer, () => answered.promise)
}

async function rowOf(attempt: Attempt): Promise<Row> {
  const { way, address, elapsed, works } = attempt
  const row = { way, works, elapsed: Math.round(elapsed), address }
  if (!attempt.works) return { ...row, problem: await faultOf(attempt) }
  if (attempt.version === 2) return row
  return { ...row, problem: 'speaks version 1 only, which never says what arrived' }
}

/** The ways as people read them. */
function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(({ way, works, elapsed, address, problem }) => {
    const result = works ? `works, ${elapsed} ms` : `fails, ${elapsed} ms`
    const start = `${way.padEnd(10)} ${result.padEnd(17)} ${address}`
    return problem === undefined ? start : `${start}\n${' '.repeat(11)}${problem}`
  })
  return lines.join('\n')
}
