import { DISCOVERY_REFRESH_PERIOD, DISCOVERY_TIMEOUT, MAX_DISCOVERY_BYTES } from '../constants.ts'
import { DiscoveryError, OptionError, RouteError } from '../errors.ts'
import { asError } from '../heartbeat/beat-source.ts'
import type { Way } from '../heartbeat/index.ts'
import { type Clock, withTimeout } from '../timing/index.ts'
import { type Discovery, readDiscovery } from '../wire/index.ts'
import { type Addresses, findCandidates } from './addresses.ts'
import { sortByDomain } from './domain.ts'

/** What a directory is asked with. */
export interface DirectoryInit {
  /** Multiaddrs of one aggregator, or the URL of its discovery document. */
  readonly targets: readonly string[]
  readonly relays: readonly string[]
  readonly routes: readonly Way[]
  readonly clock: Clock
}

/** Knows where an aggregator is to be found. */
export interface Directory {
  /** Host to be named before anything was reached. */
  readonly via: string
  /**
   * The ways to the aggregator, as they are now.
   *
   * @throws {RouteError} when a discovery document cannot be had, or may not be believed
   */
  addresses(signal: AbortSignal): Promise<Addresses>
}

/** @throws {OptionError} naming the address that is wrong */
export function createDirectory(init: DirectoryInit): Directory {
  const { targets, relays, routes } = init
  const [target = ''] = targets
  if (/^https?:/.test(target)) return new Discovered(checkUrl(target), init)
  const addresses = findCandidates(targets, relays, routes)
  return { via: addresses.via, addresses: async () => addresses }
}

function checkUrl(target: string): URL {
  const url = new URL(target)
  if (url.username !== '' || url.password !== '') {
    throw new OptionError('target', 'names a user: the document is for everybody')
  }
  const pinned = url.hash.slice(1)
  if (pinned !== '' && !PEER_ID.test(pinned)) {
    throw new OptionError('target', `"${pinned}" is not a peer id`)
  }
  return url
}

const PEER_ID = /^[1-9A-HJ-NP-Za-km-z]{40,}$/

/**
 * An aggregator that is found by its discovery document, so that its operator can move relays and
 * certificates. The last good document is used while there is no newer one.
 */
class Discovered implements Directory {
  readonly #url: URL
  readonly #init: DirectoryInit
  readonly #pinned: string
  #known: Addresses | undefined
  #askedAt = 0

  constructor(url: URL, init: DirectoryInit) {
    this.#init = init
    this.#pinned = url.hash.slice(1)
    this.#url = new URL(url)
    this.#url.hash = ''
  }

  get via(): string {
    return this.#url.hostname
  }

  async addresses(signal: AbortSignal): Promise<Addresses> {
    const now = this.#init.clock.elapsed()
    if (this.#known !== undefined && now - this.#askedAt < DISCOVERY_REFRESH_PERIOD) {
      return this.#known
    }
    let discovery: Discovery | undefined
    try {
      discovery = await this.#read(signal)
    } catch (error) {
      // What came may be another's page, of a network that wants a login first.
      signal.throwIfAborted()
      if (this.#known === undefined) throw this.#failure(error)
      return this.#known
    }
    try {
      this.#known = this.#believe(discovery)
      this.#askedAt = now
      return this.#known
    } catch (error) {
      throw this.#failure(error)
    }
  }

  async #read(signal: AbortSignal): Promise<Discovery> {
    try {
      return await this.#get('no-cache', signal)
    } catch (error) {
      signal.throwIfAborted()
      // What the browser itself has kept is better than nothing.
      if (this.#known !== undefined || error instanceof DiscoveryError) throw error
      return await this.#get('force-cache', signal)
    }
  }

  async #get(cache: RequestCache, signal: AbortSignal): Promise<Discovery> {
    const { clock } = this.#init
    const work = async (each: AbortSignal): Promise<Discovery> =>
      readDiscovery(await get(this.#url, cache, each))
    return await withTimeout('the discovery document', DISCOVERY_TIMEOUT, signal, work, clock)
  }

  #believe({ peer, multiaddrs, relays }: Discovery): Addresses {
    if (this.#pinned !== '' && peer !== this.#pinned) {
      throw new DiscoveryError(`names ${peer}, not ${this.#pinned}, which the wallet expects`)
    }
    const { own, refused } = sortByDomain([...multiaddrs, ...relays], this.#url.hostname)
    if (own.length === 0) {
      const problem = `names no address under ${this.#url.hostname}`
      throw new DiscoveryError(refused.length > 0 ? `${problem}: ${refused.join(', ')}` : problem)
    }
    const may = (address: string): boolean => own.includes(address)
    const targets = multiaddrs.filter(may).map((each) => withPeer(each, peer))
    const { relays: further, routes } = this.#init
    try {
      const all = [...relays.filter(may), ...further]
      return { ...findCandidates([...targets, `/p2p/${peer}`], all, routes), refused }
    } catch (cause) {
      if (!(cause instanceof OptionError)) throw cause
      throw new DiscoveryError(`leads nowhere: ${cause.message}`, { cause })
    }
  }

  #failure(cause: unknown): RouteError {
    const { message } = asError(cause)
    const problem =
      cause instanceof DiscoveryError ? message : `the discovery document cannot be had: ${message}`
    return new RouteError('discovery', problem, { cause, host: this.via })
  }
}

async function get(url: URL, cache: RequestCache, signal: AbortSignal): Promise<string> {
  // A redirect would lead to another host than the one that was agreed to.
  const response = await fetch(url, {
    signal,
    cache,
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    redirect: 'error'
  })
  if (!response.ok) throw new Error(`${url.host} answers ${response.status}`)
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true }
    text += decoder.decode(value, { stream: !done })
    if (done) return text
    if (text.length <= MAX_DISCOVERY_BYTES) continue
    await reader?.cancel()
    throw new DiscoveryError(`is longer than ${MAX_DISCOVERY_BYTES} bytes`)
  }
}

function withPeer(address: string, peer: string): string {
  return address.endsWith(`/p2p/${peer}`) ? address : `${address}/p2p/${peer}`
}
