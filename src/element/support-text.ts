import type { PanelHost } from './panel-host.ts'

/**
 * What somebody who helps wants to know, as text: addresses, states and what was last sent, in the
 * words of the code. It holds no key; of the page it names the origin alone.
 */
export function supportText(host: PanelHost): string {
  const { options, state, view, lastBeat, sharesTabs, problem } = host
  const facts: [string, unknown][] = [
    ['at', new Date().toISOString()],
    ['page', globalThis.location?.origin],
    ['browser', globalThis.navigator?.userAgent],
    ['options', options],
    ['state', state],
    ['view', view],
    ['shares tabs', sharesTabs],
    ['problem', problem?.message],
    ['last beat', lastBeat?.text]
  ]
  return facts
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : plain(value)}`)
    .join('\n')
}

/** As JSON; heights are beyond its numbers. */
function plain(value: unknown): string {
  return JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? String(each) : each), 2)
}
