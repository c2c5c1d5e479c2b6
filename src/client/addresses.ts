import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { OptionError } from '../errors.ts'
import type { Way } from '../heartbeat/index.ts'
import { parseAddress, parseAddresses } from '../heartbeat/options.ts'

/** Straight to the aggregator. */
export interface Direct {
  readonly way: 'websocket'
  readonly address: Multiaddr
}

/** To the aggregator through a relay. */
export interface Circuit {
  readonly way: 'relayed'
  readonly address: Multiaddr
  readonly relay: Multiaddr
  /** Peer id of the relay. */
  readonly relayId: string
  /** Address of a WebRTC connection that is arranged over this circuit. */
  readonly webrtc: Multiaddr
}

/** One way to begin. */
export type Candidate = Direct | Circuit

/** Where an aggregator is to be found, in the order to try. */
export interface Addresses {
  readonly peerId: string
  readonly candidates: readonly Candidate[]
  /** Host of the first candidate, to be shown. */
  readonly via: string
  /** Addresses of a discovery document that are not under its own domain, and so not dialled. */
  readonly refused?: readonly string[]
}

const CIRCUIT = '/p2p-circuit'

/**
 * Works out the ways to an aggregator: direct addresses first, then a circuit through each relay.
 *
 * @param targets multiaddrs ending in the aggregator's `/p2p/<id>`; a bare `/p2p/<id>` needs a relay
 * @param relays multiaddrs of relays, each ending in its `/p2p/<id>`
 * @param ways the ways that may be used
 * @throws {OptionError} naming the address that is wrong, or when no way is left
 */
export function findCandidates(
  targets: readonly string[],
  relays: readonly string[],
  ways: readonly Way[]
): Addresses {
  const { addresses, peerId } = parseAddresses(targets, 'target')
  const relayAddresses = relays.map((text) => parseAddress(text, 'relay').address)
  const direct = addresses.filter(isDirect)
  const circuits = addresses
    .filter((each) => each.toString().includes(CIRCUIT))
    .map((each) => parseAddress(each.toString().split(CIRCUIT)[0] ?? '', 'target').address)
  const all: readonly Candidate[] = [
    ...(ways.includes('websocket') ? direct.map(straight) : []),
    ...(ways.includes('relayed') || ways.includes('webrtc')
      ? [...circuits, ...relayAddresses].map((relay) => through(relay, peerId))
      : [])
  ]
  const candidates = all.filter(
    ({ address }, index) => all.findIndex((each) => each.address.equals(address)) === index
  )
  const [first] = candidates
  if (first === undefined) throw noWay(targets, relays, ways)
  return { peerId, candidates, via: hostOf(first.way === 'relayed' ? first.relay : first.address) }
}

/** The host that a multiaddr names, to be shown to people. */
export function hostOf(address: Multiaddr): string {
  return address.getComponents()[0]?.value ?? address.toString()
}

/** @throws {OptionError} when a page cannot go that way */
function isDirect(address: Multiaddr): boolean {
  const names = address.getComponents().map(({ name }) => name)
  if (names.length === 1 || names.includes('p2p-circuit')) return false
  if (names.includes('ws') || names.includes('wss')) return true
  throw new OptionError('target', `"${address}" is neither a WebSocket's address nor a circuit's`)
}

function straight(address: Multiaddr): Candidate {
  return { way: 'websocket', address }
}

function through(relay: Multiaddr, peerId: string): Candidate {
  const { peerId: relayId } = parseAddress(relay.toString(), 'relay')
  return {
    way: 'relayed',
    relay,
    relayId,
    address: multiaddr(`${relay}${CIRCUIT}/p2p/${peerId}`),
    webrtc: multiaddr(`${relay}${CIRCUIT}/webrtc/p2p/${peerId}`)
  }
}

function noWay(
  targets: readonly string[],
  relays: readonly string[],
  ways: readonly Way[]
): OptionError {
  if (relays.length > 0 || ways.length < 3) {
    return new OptionError('routes', `"${ways.join(' ')}" leaves no way to "${targets.join(' ')}"`)
  }
  return new OptionError('target', `"${targets.join(' ')}" names no host: it needs a relay`)
}
