/** What the page shows. */
export type Route =
  | { readonly name: 'overview' }
  | { readonly name: 'alerts' }
  | { readonly name: 'node'; readonly peer: string }

/** Reads the part of the address after `#`; whatever it does not know is the overview. */
export function parseRoute(hash: string): Route {
  const [, name, rest = ''] = /^#\/(\w+)(?:\/([^/]+))?$/.exec(hash) ?? []
  if (name === 'alerts') return { name }
  const peer = decode(rest)
  return name === 'node' && peer !== '' ? { name, peer } : { name: 'overview' }
}

/** The address of a node's page, to be a link. */
export function nodeLink(peer: string): string {
  return `#/node/${encodeURIComponent(peer)}`
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
