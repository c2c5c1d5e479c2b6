import { isIP } from 'node:net'

/** What tells whether a request means this server. */
export interface HostGuardInit {
  /** Where the server listens. */
  readonly host: string
  /** Other names that it has. */
  readonly hosts: readonly string[]
}

const EVERY_INTERFACE = new Set(['0.0.0.0', '::'])

/**
 * Whether the `Host` of a request names this server, whatever the port. A page of another site
 * can have its own name point to this machine (DNS rebinding), but cannot choose what is sent here.
 *
 * @param localAddress where the connection came in: its name where the server listens everywhere
 */
export function isOwnHost(
  header: string | undefined,
  { host, hosts }: HostGuardInit,
  localAddress: string | undefined
): boolean {
  const name = nameOf(header)
  if (name === undefined) return false
  if (isLoopback(name)) return true
  if (name === host.toLowerCase()) return true
  if (hosts.some((each) => each.toLowerCase() === name)) return true
  const own = localAddress?.replace(/^::ffff:/, '')
  return EVERY_INTERFACE.has(host) && isIP(name) !== 0 && name === own
}

/** Whether a name or an address can only be this machine. */
export function isLoopback(name: string): boolean {
  if (name === 'localhost' || name.endsWith('.localhost') || name === '::1') return true
  return isIP(name) === 4 && name.startsWith('127.')
}

/** The name in a `Host` header, without its port and brackets. */
function nameOf(header = ''): string | undefined {
  const [, inBrackets, plain] =
    /^(?:\[([0-9a-f:.]+)\]|([^:/?#@\s]+))(?::\d{1,5})?$/i.exec(header) ?? []
  return (inBrackets ?? plain)?.toLowerCase().replace(/\.$/, '')
}
