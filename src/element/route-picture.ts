import { html, type SVGTemplateResult, svg, type TemplateResult } from 'lit'
import type { ClientState } from '../client/index.ts'
import type { Language } from './language.ts'
import type { MessageKey } from './messages/messages.ts'

type LegLook = 'live' | 'trying' | 'broken' | 'idle'

interface Legs {
  readonly direct: LegLook
  readonly toRelay: LegLook
  readonly toServer: LegLook
}

const IDLE: Legs = { direct: 'idle', toRelay: 'idle', toServer: 'idle' }

/**
 * The route as a small picture: page, relay and server, with the live leg marked by its round trip.
 *
 * @param hasRelay whether reports may go through one; none is drawn otherwise
 */
export function drawRoute(
  state: ClientState,
  language: Language,
  hasRelay: boolean
): TemplateResult {
  const { direct, toRelay, toServer } = hasRelay ? legs(state) : straight(legs(state))
  const name = `${language.say('route')}: ${routeName(state, language)}`
  const mirrored = language.direction === 'rtl'
  const place = (x: number, key: MessageKey): SVGTemplateResult =>
    svg`<circle class="place" cx=${x} cy="54" r="9" /><text x=${x} y="82">${language.say(key)}</text>`
  return html`
    <svg class="route" viewBox="0 0 320 88" role="img" aria-label=${name}>
      ${svg`
        ${hasRelay ? drawLeg(mirrored ? toServer : toRelay, 'M48 54 H136', 'M48 54 H80 M104 54 H136') : ''}
        ${hasRelay ? drawLeg(mirrored ? toRelay : toServer, 'M184 54 H272', 'M184 54 H216 M240 54 H272') : ''}
        ${drawLeg(direct, 'M42 44 C96 12 224 12 278 44', 'M42 44 C70 28 108 20 144 20 M176 20 C212 20 250 28 278 44')}
        ${place(mirrored ? 288 : 32, 'place-page')}${hasRelay ? place(160, 'place-relay') : ''}
        ${place(mirrored ? 32 : 288, 'place-server')}
        ${drawRoundTrip(state, language)}
      `}
    </svg>
  `
}

// A broken leg is cut in the middle.
function drawLeg(look: LegLook, whole: string, cut: string): SVGTemplateResult {
  return svg`<path class="leg ${look}" d=${look === 'broken' ? cut : whole} />`
}

function drawRoundTrip(state: ClientState, language: Language): SVGTemplateResult | string {
  if (state.phase !== 'beating' || state.rtt === undefined) return ''
  // Over the leg, or over the relay that both legs meet at.
  const y = state.route === 'relayed' ? 36 : 14
  return svg`<text class="rtt" x="160" y=${y}>${language.trip(state.rtt)}</text>`
}

/** The way that reports go, in words. */
export function routeName(state: ClientState, language: Language): string {
  return language.say(state.phase === 'beating' ? `route-${state.route}` : 'route-none')
}

function legs(state: ClientState): Legs {
  switch (state.phase) {
    case 'beating':
      if (state.route !== 'relayed') return { ...IDLE, direct: 'live' }
      return {
        direct: state.upgrade === 'trying' ? 'trying' : 'idle',
        toRelay: 'live',
        toServer: 'live'
      }
    case 'connecting':
      return { ...IDLE, toRelay: 'trying', toServer: 'trying' }
    case 'failing':
      return state.layer === 'relay' || state.layer === 'discovery'
        ? { ...IDLE, toRelay: 'broken' }
        : { ...IDLE, toServer: 'broken' }
    default:
      return IDLE
  }
}

// Without a relay there is one leg, and whatever happens happens on it.
function straight({ direct, toRelay, toServer }: Legs): Legs {
  const look = [direct, toRelay, toServer].find((each) => each !== 'idle')
  return { ...IDLE, direct: look ?? 'idle' }
}
