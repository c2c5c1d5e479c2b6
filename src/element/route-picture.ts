import { type SVGTemplateResult, svg } from 'lit'
import type { ClientState } from '../client/index.ts'

type LegLook = 'live' | 'trying' | 'broken' | 'idle'

/** The route as a small picture: page, relay and server, with the live leg marked. */
export function drawRoute(state: ClientState): SVGTemplateResult {
  const { direct, toRelay, toServer } = legs(state)
  return svg`
    <path class="leg ${toRelay}" d="M44 46 H140" />
    <path class="leg ${toServer}" d="M180 46 H276" />
    <path class="leg ${direct}" d="M34 30 C90 4 230 4 286 30" />
    ${place(24, 'Page')}${place(160, 'Relay')}${place(296, 'Server')}
  `
}

function legs(state: ClientState): Record<'direct' | 'toRelay' | 'toServer', LegLook> {
  const idle = { direct: 'idle', toRelay: 'idle', toServer: 'idle' } as const
  switch (state.phase) {
    case 'beating':
      if (state.route !== 'relayed') return { ...idle, direct: 'live' }
      return {
        direct: state.upgrade === 'trying' ? 'trying' : 'idle',
        toRelay: 'live',
        toServer: 'live'
      }
    case 'connecting':
      return { ...idle, toRelay: 'trying', toServer: 'trying' }
    case 'failing':
      return state.layer === 'relay'
        ? { ...idle, toRelay: 'broken' }
        : { ...idle, toRelay: 'idle', toServer: 'broken' }
    default:
      return idle
  }
}

function place(x: number, name: string): SVGTemplateResult {
  return svg`<circle class="place" cx=${x} cy="46" r="9" /><text x=${x} y="74">${name}</text>`
}
