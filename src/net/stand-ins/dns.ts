// Stands in for @multiformats/dns in the page's bundle. libp2p uses that only to resolve
// `/dnsaddr`, by asking two companies over DNS-over-HTTPS about each user; a page never does.

import { UnreachableError } from '../../errors.ts'

export const RecordType = { A: 1, CNAME: 5, TXT: 16, AAAA: 28 } as const

/** A resolver that refuses. */
export function dns(): { query(name: string): Promise<never> } {
  return {
    query: async (name) => {
      throw new UnreachableError(`${name}: a page does not resolve /dnsaddr`)
    }
  }
}
