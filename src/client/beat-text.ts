import type { Version } from '../heartbeat/index.ts'
import type { Beat } from '../wire/index.ts'

/** What a beat says, for people: a line for each thing that was sent, by its name on the wire. */
export function beatText(beat: Beat, bytes: Uint8Array, version: Version): string {
  if (version === 1) return new TextDecoder().decode(bytes)
  const { seq, session, head, height, next, stale, genesis, nickname, minerAddress, page } = beat
  const lines: [string, unknown][] = [
    ['Seq', seq],
    ['Session', session.join(' ')],
    ['Head', head.join('\n  ')],
    ['Height', height],
    ['Next', `${next} ms`],
    ['Stale', stale],
    ['Genesis', genesis],
    ['Nickname', nickname],
    ['MinerAddress', minerAddress],
    ['Page', page],
    ['Rtt', beat.rtt === undefined ? '' : `${beat.rtt} ms`],
    ['Settled', beat.settled && `${beat.settled.height}\n  ${beat.settled.head.join('\n  ')}`]
  ]
  const said = lines.filter(([, value]) => value !== undefined && value !== '')
  return said.map(([name, value]) => `${name}: ${value}\n`).join('')
}
