import { isIP } from 'node:net'
import {
  DEFAULT_HTTP_PORT,
  MAX_HTTP_HOSTS,
  MAX_TOKEN_CHARACTERS,
  MIN_TOKEN_CHARACTERS
} from '../../constants.ts'
import { OptionError, refuseUnknown } from '../../errors.ts'
import { checkHttpAddress, checkTexts, quote } from '../../net/server.ts'
import { isLoopback } from './host-guard.ts'

/** Where an aggregator answers HTTP, and to whom. */
export interface HttpOptions {
  /** An IP address or `localhost`. Any but this machine's own loopback needs a token. @default 127.0.0.1 */
  readonly host?: string
  /** 0 for any. @default 4003 */
  readonly port?: number
  /** Secret that whoever asks must give, at least 16 characters. @default none */
  readonly token?: string
  /** Other names by which it is asked, without a port, as where a proxy stands in front. @default none */
  readonly hosts?: readonly string[]
}

/** The same, checked and complete. */
export interface HttpSettings {
  readonly host: string
  readonly port: number
  readonly token: string | undefined
  readonly hosts: readonly string[]
}

const HTTP_OPTIONS = ['host', 'port', 'token', 'hosts']

/** @throws {OptionError} naming the option and the words in it that are wrong, but never a token */
export function checkHttp(http: HttpOptions): HttpSettings {
  if (typeof http !== 'object' || http === null) {
    throw new OptionError('http', `${quote(http)} is not an object of host and port`)
  }
  refuseUnknown(http, HTTP_OPTIONS, 'http.')
  const { port = DEFAULT_HTTP_PORT, hosts = [] } = http
  const address = checkHttpAddress(http.host, port)
  const token = checkToken(http.token)
  if (token === undefined && !isLoopback(address.host)) {
    throw new OptionError(
      'http.host',
      `${quote(address.host)} can be reached by others, so that http.token is needed`
    )
  }
  return { ...address, token, hosts: checkHosts(hosts) }
}

/** @throws {OptionError} when it is no path */
export function checkDashboard(folder: unknown): string | undefined {
  if (folder === undefined || (typeof folder === 'string' && folder !== '')) return folder
  throw new OptionError('dashboard', `${quote(folder)} is not the path of a folder`)
}

function checkToken(token: unknown): string | undefined {
  if (token === undefined) return undefined
  const form = new RegExp(`^[!-~]{${MIN_TOKEN_CHARACTERS},${MAX_TOKEN_CHARACTERS}}$`)
  if (typeof token === 'string' && form.test(token)) return token
  throw new OptionError(
    'http.token',
    `is not a text of ${MIN_TOKEN_CHARACTERS} to ${MAX_TOKEN_CHARACTERS} letters, digits and signs`
  )
}

function checkHosts(given: unknown): string[] {
  const hosts = checkTexts(given, 'http.hosts', (text) => {
    if (isIP(text) !== 0 || /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i.test(text)) return text
    throw new OptionError('http.hosts', `"${text}" is not a name or an address without a port`)
  })
  if (hosts.length <= MAX_HTTP_HOSTS) return hosts
  throw new OptionError('http.hosts', `${hosts.length} are more than ${MAX_HTTP_HOSTS}`)
}
