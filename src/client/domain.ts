/** Addresses of a document, sorted out. What a page cannot dial is in neither list. */
export interface SortedAddresses {
  readonly own: readonly string[]
  /** Under another domain. */
  readonly refused: readonly string[]
}

/** Sorts out which addresses a page can dial, and which of those are under a domain. */
export function sortByDomain(addresses: readonly string[], domain: string): SortedAddresses {
  const dialled = addresses.filter((each) => hostIn(each) !== undefined)
  const own = dialled.filter((each) => isUnder(hostIn(each), domain))
  return { own, refused: dialled.filter((each) => !own.includes(each)) }
}

/**
 * The addresses that a page can dial, and nothing else that could lead it elsewhere: a name or a
 * number, a port, a WebSocket, and the peers on the way.
 */
const PAGE_ADDRESS =
  /^\/(?:(?:dns[46]?|ip4)\/([0-9A-Za-z.-]+)|ip6\/([0-9A-Fa-f:.]+))\/tcp\/\d+\/(?:tls\/)?wss?(?:\/p2p\/\w+(?:\/p2p-circuit(?:\/webrtc)?(?:\/p2p\/\w+)?)?)?$/

/** The host that a page would dial; `undefined` for what it cannot. */
function hostIn(address: string): string | undefined {
  const [, host, ip6] = PAGE_ADDRESS.exec(address) ?? []
  return host ?? ip6
}

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/

/** Whether a host is a domain's own, or below it: then one line of a page's policy covers both. */
function isUnder(given: string | undefined, givenDomain: string): boolean {
  const [host = '', domain = ''] = [given, givenDomain].map((each) =>
    each?.toLowerCase().replace(/\.$/, '')
  )
  if (LOOPBACK.test(domain)) return LOOPBACK.test(host)
  return host === domain || host.endsWith(`.${domain}`)
}
