import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AggregatorInit } from '../aggregator/index.ts'
import {
  DEFAULT_AGGREGATOR_LISTEN,
  DEFAULT_HTTP_PORT,
  DEFAULT_MAX_WEBRTC_CONNECTIONS
} from '../constants.ts'
import { UsageError } from '../errors.ts'
import { CLIENT_LIMIT_OPTIONS } from './client-limit-options.ts'
import { ICE_SERVER_OPTION, readIceServers } from './client-options.ts'
import type { Context } from './command.ts'
import { type Option, present, type Told } from './option.ts'
import { readHostPort, readPairs } from './usage.ts'

/** What an aggregator can be told, one row for each of its options. */
export const AGGREGATOR_OPTIONS: readonly Option[] = [
  {
    name: 'listen',
    kind: 'list',
    value: 'MULTIADDR',
    help: 'where to listen for wallets, over WebSocket',
    default: DEFAULT_AGGREGATOR_LISTEN
  },
  {
    name: 'announce',
    kind: 'list',
    value: 'MULTIADDR',
    help: 'what to tell others instead, where a proxy with TLS stands in front'
  },
  {
    name: 'relay',
    kind: 'list',
    value: 'MULTIADDR',
    help: 'a relay to be reached through, ending in its /p2p/<peer id>',
    names: ['relays']
  },
  {
    name: 'max-webrtc',
    kind: 'number',
    value: 'COUNT',
    help: 'WebRTC connections at once; each costs about 0.8 MB',
    default: String(DEFAULT_MAX_WEBRTC_CONNECTIONS),
    names: ['maxWebRtcConnections']
  },
  {
    name: 'webrtc-port',
    kind: 'number',
    value: 'PORT',
    help: 'the one UDP port of all WebRTC connections, to be let through a firewall',
    default: 'any free one for each',
    names: ['webRtcPort']
  },
  ...CLIENT_LIMIT_OPTIONS,
  ICE_SERVER_OPTION,
  {
    name: 'http',
    kind: 'text',
    value: 'HOST:PORT',
    help: 'where to answer HTTP; any host but this machine needs a token',
    default: `127.0.0.1:${DEFAULT_HTTP_PORT}`,
    names: ['http', 'http.host', 'http.port']
  },
  {
    name: 'http-token-file',
    kind: 'text',
    value: 'FILE',
    help: 'a file with the secret that whoever asks must give',
    names: ['http.token']
  },
  {
    name: 'http-host',
    kind: 'list',
    value: 'NAME',
    help: 'another name by which HTTP is asked, as where a proxy stands in front',
    names: ['http.hosts']
  },
  {
    name: 'cors-origin',
    kind: 'list',
    value: 'ORIGIN',
    help: 'an origin whose pages may read the HTTP answers',
    names: ['corsOrigins']
  },
  {
    name: 'dashboard',
    kind: 'text',
    value: 'FOLDER',
    help: 'the built dashboard, shown at /',
    default: 'the one that came with this program'
  },
  { name: 'no-dashboard', kind: 'switch', help: 'show no dashboard' },
  {
    name: 'genesis',
    kind: 'text',
    value: 'CID',
    help: 'the genesis block of the network; beats of another are rejected',
    default: "the references', if all that answer agree"
  },
  {
    name: 'epoch',
    kind: 'text',
    value: 'DURATION',
    help: "length of the network's epochs",
    default: '30s',
    names: ['epochPeriod']
  },
  {
    name: 'reference',
    kind: 'list',
    value: 'URL',
    help: 'a Lotus node of your own (http:, https:) that heads are compared with',
    names: ['references']
  },
  {
    name: 'watched',
    kind: 'list',
    value: 'PEERID',
    help: 'a node to be watched: it has a history, raises alerts, and is compared with'
  },
  {
    name: 'pace',
    kind: 'text',
    value: 'DURATION',
    help: 'the period that every client is asked to beat at',
    default: 'its own'
  },
  {
    name: 'allow',
    kind: 'list',
    value: 'PEERID',
    help: 'a peer that may beat; all others are refused'
  },
  { name: 'deny', kind: 'list', value: 'PEERID', help: 'a peer that is refused' },
  {
    name: 'limit',
    kind: 'list',
    value: 'NAME=NUMBER',
    help: 'what strangers may cost, such as nodes=5000; a wrong name is answered with all there are',
    names: ['limits.']
  },
  { name: 'no-store', kind: 'switch', help: 'keep no history' },
  {
    name: 'keep-beats',
    kind: 'text',
    value: 'DURATION',
    help: 'how long single beats of watched nodes are kept',
    default: '168h, a week',
    names: ['store.beats']
  },
  {
    name: 'keep-rollups',
    kind: 'text',
    value: 'DURATION',
    help: 'how long everything else is kept',
    default: '2160h, 90 days',
    names: ['store.rollups']
  },
  {
    name: 'max-store',
    kind: 'number',
    value: 'BYTES',
    help: 'most bytes of history on disk; the oldest beats go first',
    default: '1 GiB',
    names: ['store.maxBytes']
  },
  {
    name: 'webhook-file',
    kind: 'text',
    value: 'FILE',
    help: 'a file with the URL that each alert is told to, once when it is raised and once when it is over',
    names: ['webhook']
  },
  {
    name: 'webhook',
    kind: 'text',
    isSecret: true,
    help: 'that URL itself'
  }
]

/**
 * Puts together what an aggregator is told.
 *
 * @param folder of its key and history
 * @throws {UsageError} when HOST:PORT is none, or the file of a secret cannot be read
 */
export function aggregatorInit({ told, home }: Context, folder: string): AggregatorInit {
  return {
    keyFile: join(folder, 'aggregator.key'),
    ...present({
      listen: told.list('listen'),
      announce: told.list('announce'),
      relays: told.list('relay'),
      maxWebRtcConnections: told.number('max-webrtc'),
      iceServers: readIceServers(told),
      corsOrigins: told.list('cors-origin'),
      dashboard: dashboardOf(told, home),
      genesis: told.text('genesis'),
      epochPeriod: told.text('epoch'),
      references: told.list('reference'),
      watched: told.list('watched'),
      pace: told.text('pace'),
      allow: told.list('allow'),
      deny: told.list('deny'),
      limits: readPairs(told, 'limit'),
      webRtcPort: told.number('webrtc-port'),
      trustedProxies: told.list('trusted-proxy'),
      clientLimits: readPairs(told, 'client-limit'),
      webhook: told.text('webhook') ?? readSecret(told, 'webhook-file')
    }),
    http: {
      ...readHostPort(told, 'http'),
      ...present({
        token: readSecret(told, 'http-token-file'),
        hosts: told.list('http-host')
      })
    },
    ...(!told.isOn('no-store') && { store: storeOf(told, folder) })
  }
}

function storeOf(told: Told, folder: string): NonNullable<AggregatorInit['store']> {
  return {
    file: join(folder, 'history.db'),
    ...present({
      beats: told.text('keep-beats'),
      rollups: told.text('keep-rollups'),
      maxBytes: told.number('max-store')
    })
  }
}

function dashboardOf(told: Told, home: string): string | undefined {
  if (told.isOn('no-dashboard')) return undefined
  const built = join(home, '../dashboard')
  return told.text('dashboard') ?? (existsSync(join(built, 'index.html')) ? built : undefined)
}

function readSecret(told: Told, name: string): string | undefined {
  const path = told.text(name)
  if (path === undefined) return undefined
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (cause) {
    throw new UsageError(`${told.origin(name)} ${(cause as Error).message}`, { cause })
  }
}
