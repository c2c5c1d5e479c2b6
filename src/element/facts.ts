import { html, nothing, type TemplateResult } from 'lit'
import type { ClientState } from '../client/index.ts'
import type { Language } from './language.ts'
import type { MessageKey } from './messages/messages.ts'
import type { PanelHost } from './panel.ts'
import { routeName } from './route-picture.ts'
import type { TripLog } from './trip-log.ts'

/**
 * The numbers behind the sentences, in two columns.
 *
 * @param state of the tab that reports
 * @param now ms since 1970
 */
export function drawFacts(
  { lastBeat, view, state: own, sharesTabs }: PanelHost,
  state: ClientState,
  log: TripLog,
  { language, now }: { readonly language: Language; readonly now: number }
): TemplateResult {
  const fact = (name: MessageKey, value: string | undefined): TemplateResult =>
    html`<div><dt>${language.say(name)}</dt><dd>${value ?? language.say('unknown')}</dd></div>`
  const epochs = (count: number | undefined): string | undefined =>
    count === undefined ? undefined : language.say('epochs', { count })
  const beating = state.phase === 'beating' ? state : undefined
  return html`
    <dl>
      ${fact('route', routeName(state, language))}
      ${fact('round-trip', beating?.rtt === undefined ? undefined : language.trip(beating.rtt))}
      ${fact('last-report', lastBeat === undefined ? language.say('none-yet') : language.ago(lastBeat.at, now))}
      ${fact('next-report', beating && language.until(beating.nextBeatAt, now))}
      ${beating?.delivery.kind === 'unconfirmed' ? nothing : fact('delivered', delivered(log, language))}
      ${sharesTabs === undefined ? nothing : fact('tabs', language.say(tabs(own, sharesTabs)))}
      ${fact('epoch', view.height === undefined ? undefined : language.number(view.height))}
      ${fact('behind-clock', epochs(view.behindClock))}
      ${view.behindNetwork === undefined ? nothing : fact('behind-network', epochs(view.behindNetwork))}
    </dl>
  `
}

function delivered({ settled }: TripLog, language: Language): string | undefined {
  if (settled.length === 0) return undefined
  const taken = settled.filter(({ isConfirmed }) => isConfirmed).length
  return language.say('delivered-of', { taken, sent: settled.length })
}

function tabs(state: ClientState, sharesTabs: boolean): MessageKey {
  if (!sharesTabs) return 'tabs-alone'
  return state.phase === 'following' ? 'tabs-following' : 'tabs-leading'
}
