import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import {
  MAX_CLIENT_BURST,
  MAX_CLIENT_CONNECTIONS,
  MAX_CLIENTS_KNOWN,
  MAX_CLIENTS_PER_SECOND
} from '../constants.ts'
import { OptionError, refuseUnknown } from '../errors.ts'
import { type Clock, systemClock } from '../timing/index.ts'
import {
  clientOf,
  forwardedFor,
  isLoopbackAddress,
  type Networks,
  plainAddress
} from './client-address.ts'
import { quote } from './server-options.ts'

/** What one client, known by its IP address or its IPv6 /64, may take. */
export interface ClientLimits {
  /** Connections at once. @default 4000 */
  readonly connections?: number
  /** New connections a second, in the long run. @default 200 */
  readonly perSecond?: number
  /** New connections at once. @default 4000 */
  readonly burst?: number
}

/** Why a connection was refused before it cost anything. */
export type ClientRefusal = 'too-many-connections' | 'too-many-new-connections'

/** What limits by client are made of. */
export interface ClientGateInit {
  readonly limits: Required<ClientLimits>
  /** Whose word about whom they stand for is believed. */
  readonly proxies: Networks
  readonly onRefusal?: ((reason: ClientRefusal) => void) | undefined
  readonly clock?: Clock
}

type Forwarded = Pick<IncomingMessage, 'headers' | 'socket'>

interface Client {
  open: number
  tokens: number
  at: number
}

/** @throws {OptionError} naming the limit that is wrong */
export function checkClientLimits(given: ClientLimits = {}): Required<ClientLimits> {
  if (typeof given !== 'object' || given === null) {
    throw new OptionError('clientLimits', `${quote(given)} is not an object`)
  }
  const usual = {
    connections: MAX_CLIENT_CONNECTIONS,
    perSecond: MAX_CLIENTS_PER_SECOND,
    burst: MAX_CLIENT_BURST
  }
  refuseUnknown(given, Object.keys(usual), 'clientLimits.')
  for (const [name, number] of Object.entries(given)) {
    if (Number.isSafeInteger(number) && number > 0) continue
    throw new OptionError(`clientLimits.${name}`, `${quote(number)} is not a whole number from 1`)
  }
  return { ...usual, ...given }
}

/**
 * Lets sockets in or not by the client that they come from. This machine is let in, and so is a
 * proxy: what counts is whom it stands for.
 */
export class ClientGate {
  readonly #init: ClientGateInit
  readonly #clock: Clock
  readonly #clients = new Map<string, Client>()

  constructor(init: ClientGateInit) {
    this.#init = init
    this.#clock = init.clock ?? systemClock
  }

  /** What the other end of a socket is known by, proxy or not. */
  clientOf({ remoteAddress = '' }: Pick<Socket, 'remoteAddress'>): string {
    return clientOf(remoteAddress)
  }

  /** Whether a socket may go on that was accepted just now; it then counts until it closes. */
  letsIn(socket: Socket): boolean {
    const { remoteAddress: address = '' } = socket
    const isExempt = isLoopbackAddress(address) || this.#isProxy(address)
    return isExempt || this.#admit(this.clientOf(socket), socket)
  }

  /** The same of one that a proxy passes on, once its request has come. */
  letsForward(request: Forwarded): boolean {
    const client = this.forwardedClient(request)
    return client === undefined || this.#admit(client, request.socket)
  }

  /** Whom a proxy passes it on for; `undefined` where no trusted one says so. */
  forwardedClient({ headers, socket }: Forwarded): string | undefined {
    if (!this.#isProxy(socket.remoteAddress ?? '')) return undefined
    const header = [headers['x-forwarded-for']].flat().join(',')
    const address = forwardedFor(header, this.#init.proxies)
    return address === undefined ? undefined : clientOf(address)
  }

  #isProxy(address: string): boolean {
    return this.#init.proxies.has(plainAddress(address))
  }

  #admit(name: string, socket: Socket): boolean {
    const { limits, onRefusal } = this.#init
    const client = this.#fill(name)
    const refusal =
      client.open >= limits.connections
        ? 'too-many-connections'
        : client.tokens < 1
          ? 'too-many-new-connections'
          : undefined
    if (refusal !== undefined) {
      onRefusal?.(refusal)
      return false
    }
    client.tokens--
    client.open++
    socket.once('close', () => client.open--)
    return true
  }

  #fill(name: string): Client {
    const { perSecond, burst } = this.#init.limits
    const now = this.#clock.elapsed()
    const known = this.#clients.get(name)
    const client = known ?? { open: 0, tokens: burst, at: now }
    client.tokens = Math.min(burst, client.tokens + ((now - client.at) / 1_000) * perSecond)
    client.at = now
    // Who comes goes to the end, so that the first is the one who was not seen for longest.
    this.#clients.delete(name)
    this.#clients.set(name, client)
    if (known === undefined && this.#clients.size > MAX_CLIENTS_KNOWN) this.#forget()
    return client
  }

  #forget(): void {
    for (const [name, { open }] of this.#clients) {
      if (open > 0) continue
      this.#clients.delete(name)
      return
    }
  }
}
