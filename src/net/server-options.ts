import { isIP } from 'node:net'
import { peerIdFromString } from '@libp2p/peer-id'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { OptionError } from '../errors.ts'

// What relay and aggregator are both told, checked once. Each check throws an `OptionError` that
// names the option and the words in it that are wrong.

/** The path of a key's file. @throws {OptionError} */
export function checkKeyFile(given: unknown): string {
  if (typeof given === 'string' && given !== '') return given
  throw new OptionError('keyFile', `${quote(given)} is not the path of a file`)
}

/** Each text of a list, checked by `check`. @throws {OptionError} */
export function checkTexts<T>(given: unknown, option: string, check: (text: string) => T): T[] {
  if (!Array.isArray(given)) throw new OptionError(option, `${quote(given)} is not a list`)
  return given.map((text: unknown) => {
    if (typeof text !== 'string') throw new OptionError(option, `${quote(text)} is not text`)
    return check(text)
  })
}

/** A multiaddr. @throws {OptionError} */
export function checkMultiaddr(text: string, option: string): Multiaddr {
  try {
    return multiaddr(text)
  } catch (cause) {
    throw new OptionError(option, `"${text}" is not a multiaddr`, { cause })
  }
}

/** Addresses to listen on: WebSocket over TCP, without TLS, which is a proxy's. @throws {OptionError} */
export function checkListen(given: unknown): string[] {
  return checkTexts(given, 'listen', (text) => {
    const [host = '', transport, last, ...rest] = protocolsOf(text, 'listen')
    const isWebSocket = /^ip[46]$/.test(host) && transport === 'tcp' && last === 'ws'
    if (isWebSocket && rest.length === 0) return text
    throw new OptionError('listen', `"${text}" is not like /ip4/0.0.0.0/tcp/4001/ws`)
  })
}

/** Addresses to tell others: each ends at a WebSocket of this server itself. @throws {OptionError} */
export function checkAnnounce(given: unknown): string[] {
  return checkTexts(given, 'announce', (text) => {
    const protocols = protocolsOf(text, 'announce')
    const isWebSocket = protocols.some((each) => each === 'ws' || each === 'wss')
    if (isWebSocket && !protocols.includes('p2p-circuit')) return text
    throw new OptionError(
      'announce',
      `"${text}" is not the address of a WebSocket, such as /dns4/relay.example/tcp/443/wss`
    )
  })
}

/** Where to answer HTTP; on this machine alone when no host is named. @throws {OptionError} */
export function checkHttpAddress(
  host: unknown = '127.0.0.1',
  port: unknown
): { readonly host: string; readonly port: number } {
  if (typeof host !== 'string' || (isIP(host) === 0 && host !== 'localhost')) {
    throw new OptionError('http.host', `${quote(host)} is neither an IP address nor "localhost"`)
  }
  const isPort = typeof port === 'number' && Number.isInteger(port) && port >= 0 && port <= 65_535
  if (isPort) return { host, port }
  throw new OptionError('http.port', `${quote(port)} is not a whole number from 0 to 65535`)
}

/** A peer id, which has two spellings, as connections report it. @throws {OptionError} */
export function checkPeer(text: string, option: string): string {
  try {
    return peerIdFromString(text).toString()
  } catch (cause) {
    throw new OptionError(option, `"${text}" is not a peer id`, { cause })
  }
}

/** What was given, for an error message. */
export function quote(given: unknown): string {
  return typeof given === 'string' ? `"${given}"` : (JSON.stringify(given) ?? String(given))
}

function protocolsOf(text: string, option: string): string[] {
  return checkMultiaddr(text, option)
    .getComponents()
    .map(({ name }) => name)
}
