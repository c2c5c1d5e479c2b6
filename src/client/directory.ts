import { DISCOVERY_REFRESH_PERIOD, DISCOVERY_TIMEOUT, MAX_DISCOVERY_BYTES } from '../constants.ts'
import { DiscoveryError, OptionError, RouteError } from '../errors.ts'
import { asError, type Way } from '../heartbeat/index.ts'
import { type Clock, withTimeout } from '../timing/index.ts'
import { type Discovery, readDiscovery } from '../wire/index.ts'
import { type Addresses, findCandidates } from './addresses.ts'

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
  if (/^https?:/.test(target)) return new Discovered(new URL(target), init)
  const addresses = findCandidates(targets, relays, routes)
  return { via: addresses.via, addresses: async () => addresses }
}

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
    try {
      this.#known = this.#believe(await this.#read(signal))
      this.#askedAt = now
    } catch (error) {
      signal.throwIfAborted()
      if (this.#known === undefined || !isUnreachable(error)) throw this.#failure(error)
    }
    return this.#known
  }

  async #read(signal: AbortSignal): Promise<Discovery> {
    return await withTimeout(
      'the discovery document',
      DISCOVERY_TIMEOUT,
      signal,
      async (each) => {
        try {
          return readDiscovery(await get(this.#url, 'no-cache', each))
        } catch (error) {
          // What the browser itself has kept is better than nothing.
          if (this.#known !== undefined || !isUnreachable(error)) throw error
          return readDiscovery(await get(this.#url, 'force-cache', each))
        }
      },
      this.#init.clock
    )
  }

  #believe({ peer, multiaddrs, relays }: Discovery): Addresses {
    if (this.#pinned !== '' && peer !== this.#pinned) {
      throw new DiscoveryError(`names ${peer}, not ${this.#pinned}, which the wallet expects`)
    }
    const named = [...multiaddrs, ...relays]
    const strange = named.filter((each) => !isUnder(hostIn(each), this.#url.hostname))
    const may = (address: string): boolean => !strange.includes(address)
    const targets = multiaddrs
      .filter(may)
      .filter(isForPages)
      .map((each) => withPeer(each, peer))
    const ownRelays = relays.filter(may)
    if (targets.length + ownRelays.length === 0) {
      const problem = `names no address under ${this.#url.hostname}`
      throw new DiscoveryError(strange.length > 0 ? `${problem}: ${strange.join(', ')}` : problem)
    }
    const { relays: further, routes } = this.#init
    try {
      return findCandidates([...targets, `/p2p/${peer}`], [...ownRelays, ...further], routes)
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

/** Whether there was no document at all, rather than one that is wrong. */
function isUnreachable(error: unknown): boolean {
  return !(error instanceof DiscoveryError)
}

/** Whether a page can go there: an aggregator may listen in other ways too. */
function isForPages(address: string): boolean {
  return /\/(?:wss?|p2p-circuit)(?:\/|$)/.test(address)
}

/** The host of a multiaddr, by its shape alone. */
function hostIn(address: string): string {
  return address.split('/')[2] ?? ''
}

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/

/** Whether a host is a domain's own, or below it: then one line of a page's policy covers both. */
function isUnder(host: string, domain: string): boolean {
  if (LOOPBACK.test(domain)) return LOOPBACK.test(host)
  return host === domain || host.endsWith(`.${domain}`)
}

function withPeer(address: string, peer: string): string {
  return address.endsWith(`/p2p/${peer}`) ? address : `${address}/p2p/${peer}`
}
