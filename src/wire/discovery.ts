import {
  MAX_CID_CHARACTERS,
  MAX_DISCOVERED_ADDRESSES,
  MAX_DISCOVERED_CHARACTERS,
  MAX_DISCOVERY_BYTES
} from '../constants.ts'
import { DiscoveryError } from '../errors.ts'

/** What an operator's site says about its aggregator, at `/.well-known/fil-heartbeat.json`. */
export interface Discovery {
  /** Peer id of the aggregator, as text. */
  readonly peer: string
  /** Where the aggregator listens itself; each with or without `/p2p/` and its peer id at the end. */
  readonly multiaddrs: readonly string[]
  /** Relays that lead to it, each with `/p2p/` and the relay's peer id at the end. */
  readonly relays: readonly string[]
  /** CID of the genesis block of the chain whose heads it gathers. */
  readonly genesis?: string
  /** Heartbeat protocols that it speaks. */
  readonly protocols: readonly string[]
}

/**
 * Reads a discovery document, and copies what it knows of it. Looks at the shape of addresses and
 * ids alone: whether they lead anywhere shows when they are dialled.
 *
 * @throws {DiscoveryError} naming what is wrong; nothing else
 */
export function readDiscovery(text: string): Discovery {
  if (new TextEncoder().encode(text).length > MAX_DISCOVERY_BYTES) {
    throw new DiscoveryError(`is longer than ${MAX_DISCOVERY_BYTES} bytes`)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new DiscoveryError('is not JSON', { cause })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new DiscoveryError('is not a JSON object')
  }
  const own = (key: string): unknown =>
    Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined
  const genesis = own('genesis')
  return {
    peer: readText(own('peer'), 'peer', ID, 'a peer id'),
    multiaddrs: readList(own('multiaddrs'), 'multiaddrs', MULTIADDR, 'a multiaddr'),
    relays: readList(
      own('relays'),
      'relays',
      RELAY,
      'a multiaddr that ends in /p2p/ and a peer id'
    ),
    ...(genesis !== undefined && { genesis: readText(genesis, 'genesis', ID, 'a CID') }),
    protocols: readList(own('protocols'), 'protocols', PROTOCOL, 'a protocol id')
  }
}

const ID = new RegExp(`^[0-9A-Za-z]{1,${MAX_CID_CHARACTERS}}$`)
// Each begins with a slash and a name; nothing in it could end a line or a header.
const MULTIADDR = /^\/[a-z0-9-]+\/[!-~]+$/
const RELAY = /^\/[a-z0-9-]+\/[!-~]+\/p2p\/[0-9A-Za-z]+$/
const PROTOCOL = /^[!-~]+$/

function readText(value: unknown, name: string, shape: RegExp, what: string): string {
  if (typeof value === 'string' && value.length <= MAX_DISCOVERED_CHARACTERS && shape.test(value)) {
    return value
  }
  throw new DiscoveryError(value === undefined ? `has no ${name}` : `${name} is not ${what}`)
}

function readList(value: unknown, name: string, shape: RegExp, what: string): string[] {
  if (value === undefined) throw new DiscoveryError(`has no ${name}`)
  if (!Array.isArray(value) || value.length > MAX_DISCOVERED_ADDRESSES) {
    throw new DiscoveryError(`${name} is not a list of at most ${MAX_DISCOVERED_ADDRESSES}`)
  }
  return value.map((each: unknown, at) => readText(each, `${name}[${at}]`, shape, what))
}
