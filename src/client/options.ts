import { DEFAULT_ELEMENT_BEAT_PERIOD, DEFAULT_RECONNECT_PERIOD, SEED_BYTES } from '../constants.ts'
import { OptionError, refuseUnknown } from '../errors.ts'
import { checkNickname, checkPeriod } from '../heartbeat/checks.ts'
import type { Way } from '../heartbeat/index.ts'
import type { IceServer } from '../net/ice-server.ts'
import { CALIBRATION, type Chain, type Duration, MAINNET } from '../timing/index.ts'
import { minerAddressProblem } from '../wire/display.ts'
import type { TabOptions } from './tab.ts'

/** A list of words: an array, or text with the words parted by white space. */
export type Words = string | readonly string[]

/** What a client is told. Everything but `target` may be left out. */
export interface ClientOptions {
  /**
   * Multiaddrs of the aggregator, each ending in its `/p2p/<peer id>`; a bare `/p2p/<peer id>` needs
   * a relay. Or the URL of its discovery document (`https:`; `http:` on loopback), with
   * `#<peer id>` at its end to take no other aggregator for it.
   */
  readonly target: Words
  /** Multiaddrs of relays, each ending in its `/p2p/<peer id>`. */
  readonly relay?: Words
  /** A name to be shown to the operator; at most 64 code points. @default none */
  readonly nickname?: string
  /** Address of a miner; one that belongs to a person is refused. @default none */
  readonly minerAddress?: string
  /** How often to report: ms, or text such as `"30s"`. @default one epoch, 30 s */
  readonly beatPeriod?: Duration
  /** First window of the back-off after a failure. @default 10 s */
  readonly reconnectPeriod?: Duration
  /** The ways that may be used. @default websocket relayed webrtc */
  readonly routes?: Words
  /** URL of a Lotus RPC to follow once there is consent, where the page hands in no heads. */
  readonly rpc?: string
  /** The chain that heads are judged against. @default mainnet */
  readonly chain?: 'mainnet' | 'calibration' | Chain
  /** STUN and TURN servers. @default none */
  readonly iceServers?: IceServer[]
  /** Seed of the Ed25519 key to be known by, 32 bytes. @default a fresh key each session */
  readonly identity?: Uint8Array
  /**
   * Where the network code runs: in the page, or in a sandboxed frame of opaque origin, where it can
   * reach no DOM, no storage and no key. `'frame'` needs `frameUrl`. @default page
   */
  readonly isolation?: 'page' | 'frame'
  /** URL of the package's `frame.html`, where the wallet hosts it. @default none */
  readonly frameUrl?: string
}

const OPTIONS: readonly string[] = [
  'target',
  'relay',
  'nickname',
  'minerAddress',
  'beatPeriod',
  'reconnectPeriod',
  'routes',
  'rpc',
  'chain',
  'iceServers',
  'identity',
  'isolation',
  'frameUrl'
] satisfies (keyof ClientOptions)[]

const WAYS: readonly Way[] = ['websocket', 'relayed', 'webrtc']
const CHAINS: Record<string, Chain> = { mainnet: MAINNET, calibration: CALIBRATION }
const PEER_ADDRESS = /^\/(?:[^\s]+\/)?p2p\/[A-Za-z0-9]+$/
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/**
 * Checks options before anything is loaded. What only a multiaddr's own code can tell is checked
 * again when the network side starts.
 *
 * @throws {OptionError} naming the option and the words in it that are wrong
 */
export function checkOptions(options: ClientOptions): TabOptions {
  refuseUnknown(options, OPTIONS)
  const { nickname = '', minerAddress = '', rpc } = options
  const targets = checkTarget(options.target)
  checkNickname(nickname)
  const problem = minerAddressProblem(minerAddress)
  if (problem !== undefined) throw new OptionError('minerAddress', problem)
  const frameUrl = checkIsolation(options)
  return {
    targets,
    relays: checkAddresses(options.relay, 'relay'),
    routes: checkRoutes(options.routes),
    nickname,
    minerAddress,
    beatPeriod: checkPeriod(options.beatPeriod ?? DEFAULT_ELEMENT_BEAT_PERIOD, 'beatPeriod'),
    reconnectPeriod: checkPeriod(
      options.reconnectPeriod ?? DEFAULT_RECONNECT_PERIOD,
      'reconnectPeriod'
    ),
    chain: checkChain(options.chain),
    ...(rpc && { rpc: checkRpc(rpc) }),
    iceServers: checkIceServers(options.iceServers ?? []),
    ...(options.identity && { identity: checkIdentity(options.identity) }),
    onLoopback: isOnLoopback(),
    ...(frameUrl !== undefined && { frameUrl })
  }
}

/** The words of a list, however it was given. */
function words(given: Words | undefined, option: string): string[] {
  if (typeof given === 'string') return given.split(/\s+/).filter(Boolean)
  const list: unknown = given ?? []
  if (Array.isArray(list) && list.every((each) => typeof each === 'string')) return list
  throw new OptionError(option, 'is neither text nor a list of texts')
}

function checkTarget(given: Words): string[] {
  const [first, ...more] = words(given, 'target')
  if (first === undefined) throw new OptionError('target', 'is missing: where is the aggregator?')
  if (!/^https?:/.test(first)) return checkAddresses(given, 'target')
  if (more.length > 0) throw new OptionError('target', 'is a URL and more: one URL stands alone')
  const url = URL.canParse(first) ? new URL(first) : undefined
  if (url === undefined) throw new OptionError('target', `"${first}" is not a URL`)
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    throw new OptionError('target', `"${first}" is not https, and not on loopback`)
  }
  return [url.href]
}

function checkAddresses(given: Words | undefined, option: string): string[] {
  const addresses = words(given, option)
  for (const address of addresses) {
    if (PEER_ADDRESS.test(address)) continue
    throw new OptionError(option, `"${address}" is not a multiaddr that ends in /p2p/<peer id>`)
  }
  return addresses
}

function checkRoutes(given: Words | undefined): Way[] {
  const routes = words(given, 'routes')
  for (const route of routes) {
    if (WAYS.includes(route as Way)) continue
    throw new OptionError('routes', `"${route}" is not one of ${WAYS.join(', ')}`)
  }
  return routes.length === 0 ? [...WAYS] : (routes as Way[])
}

/** @throws {OptionError} when it names no chain, or describes none */
export function checkChain(chain: ClientOptions['chain'] = 'mainnet'): Chain {
  const known = typeof chain === 'string' ? CHAINS[chain] : chain
  if (known === undefined) {
    throw new OptionError('chain', `"${chain}" is not one of ${Object.keys(CHAINS).join(', ')}`)
  }
  const { genesis, genesisTimestamp, epochPeriod } = known
  if (!Number.isFinite(genesisTimestamp)) throw new OptionError('chain', 'has no genesisTimestamp')
  if (!(epochPeriod > 0)) throw new OptionError('chain', 'has no epochPeriod')
  if (genesis !== undefined && typeof genesis !== 'string') {
    throw new OptionError('chain', 'genesis is not text')
  }
  return { genesisTimestamp, epochPeriod, ...(genesis !== undefined && { genesis }) }
}

function checkIceServers(servers: IceServer[]): RTCIceServer[] {
  if (!Array.isArray(servers)) throw new OptionError('iceServers', 'is not a list')
  for (const server of servers) {
    if (server?.urls) continue
    throw new OptionError('iceServers', `${JSON.stringify(server)} has no urls`)
  }
  return [...servers]
}

function checkIdentity(seed: Uint8Array): Uint8Array {
  if (seed instanceof Uint8Array && seed.length === SEED_BYTES) return seed
  throw new OptionError('identity', `is not a Uint8Array of ${SEED_BYTES} bytes`)
}

function checkRpc(rpc: string): string {
  const url = URL.canParse(rpc) ? new URL(rpc) : undefined
  if (url === undefined || !/^(?:http|ws)s?:$/.test(url.protocol)) {
    throw new OptionError('rpc', `"${rpc}" is not a URL of http, https, ws or wss`)
  }
  return url.href
}

// Whoever asks for a frame and misspells it must not get less: nothing here falls back to the page.
function checkIsolation({ isolation, frameUrl }: ClientOptions): string | undefined {
  if (isolation === undefined && frameUrl !== undefined) {
    throw new OptionError('isolation', 'is missing: a frameUrl is for isolation "frame"')
  }
  if (isolation === undefined || isolation === 'page') return undefined
  if (isolation !== 'frame') {
    throw new OptionError('isolation', `"${isolation}" is not one of page, frame`)
  }
  if (!frameUrl) throw new OptionError('frameUrl', 'is missing: where is frame.html hosted?')
  if (typeof document === 'undefined') {
    throw new OptionError('isolation', '"frame" needs a document to put the frame into')
  }
  const url = URL.canParse(frameUrl, document.baseURI)
    ? new URL(frameUrl, document.baseURI)
    : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new OptionError('frameUrl', `"${frameUrl}" is not a URL of http or https`)
  }
  return url.href
}

// A page from loopback is a developer's: only that may reach private, unencrypted addresses.
function isOnLoopback(): boolean {
  return typeof location === 'undefined' || LOOPBACK.test(location.hostname)
}
