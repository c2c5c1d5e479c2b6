import { BlockList, isIP, isIPv6 } from 'node:net'
import { OptionError } from '../errors.ts'
import { checkTexts, quote } from './server-options.ts'

/** Networks of addresses, and whether one of theirs is asked for. */
export interface Networks {
  has(address: string): boolean
}

/**
 * Reads networks: addresses, or CIDRs such as `10.0.0.0/8`.
 *
 * @throws {OptionError} naming the one that is wrong
 */
export function checkNetworks(given: unknown, option: string): Networks {
  const list = new BlockList()
  for (const text of checkTexts(given, option, (each) => each)) {
    const [address = '', prefix, ...rest] = text.split('/')
    const bits = isIP(address) === 6 ? 128 : 32
    const length = prefix === undefined ? bits : Number(prefix)
    const isLength = /^\d{1,3}$/.test(prefix ?? '0') && length <= bits
    if (isIP(address) === 0 || !isLength || rest.length > 0) {
      throw new OptionError(option, `${quote(text)} is no address, nor a network like 10.0.0.0/8`)
    }
    list.addSubnet(address, length, familyOf(address))
  }
  return { has: (address) => isIP(address) !== 0 && list.check(address, familyOf(address)) }
}

const LOOPBACK = checkNetworks(['127.0.0.0/8', '::1'], 'loopback')

/** Whether an address is this machine's own. */
export function isLoopbackAddress(address: string): boolean {
  return LOOPBACK.has(plainAddress(address))
}

/** An IPv4 address as it is, also where it comes in the clothes of an IPv6 one. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '')
}

/**
 * Whom a socket of a proxy stands for: the last address that it was forwarded for which is none of
 * the proxies themselves, since all before that may be made up.
 */
export function forwardedFor(header: string | undefined, proxies: Networks): string | undefined {
  const addresses = (header ?? '').split(',').map((each) => plainAddress(withoutPort(each.trim())))
  const client = addresses.findLast((each) => !proxies.has(each))
  return client !== undefined && isIP(client) !== 0 ? client : undefined
}

// Some proxies write it behind the address, of which limits would otherwise know nothing.
function withoutPort(text: string): string {
  const [, v4, v6] = /^(?:([\d.]+)(?::\d+)?|\[([^\]]+)\](?::\d+)?)$/.exec(text) ?? []
  return v4 ?? v6 ?? text
}

/** What one client is known by: an IPv4 address, or the /64 that one line of IPv6 has. */
export function clientOf(address: string): string {
  const plain = plainAddress(address)
  if (!isIPv6(plain)) return plain
  const [head = '', tail] = plain.replace(/%.*$/, '').split('::')
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'))
  const [before, after] = [groups(head), groups(tail ?? '')]
  const missing = tail === undefined ? 0 : 8 - before.length - after.length
  const all = [...before, ...Array.from({ length: missing }, () => '0'), ...after]
  const network = all.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16))
  return `${network.join(':')}::/64`
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4'
}
